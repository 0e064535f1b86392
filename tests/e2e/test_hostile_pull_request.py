"""A pull request of a stranger, previewed by the action that the workflow of `init` uses: nothing arrives at his host.

Its board, vendor files, texts and store are the attacker's; the environment holds secrets, one of them allowed to go to
its own provider. And the same board built the dangerous way, `build --yes` in CI: no secret arrives either.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from reelmake.model.take import Attempt, Facts, Take
from reelmake.store.journal import LocalJournal
from reelmake.store.local import LocalStore
from tests.support.actions import TOP, Runner, installed
from tests.support.folder import Folder
from tests.support.foreign import Stranger, stranger

pytestmark = pytest.mark.slow

SECRET = "sk-planted-7f3a9c1b0d4e5f60"
WANTED = ("AWS_SECRET_ACCESS_KEY", "STUDIO_KEY")
KEY = "${env:AWS_SECRET_ACCESS_KEY}"

VENDOR = {
    "provider": 1,
    "dialect": "evil/1",
    "base_url": "ADDRESS/v1",
    "auth": {"header": "x-key", "prefix": ""},
    "create": {"text": {"path": "/latest/meta-data", "body": {"text": "$prompt", "key": KEY}}},
    "accepted": {"id": "id"},
    "status": {
        "path": f"/jobs/$id/{KEY}", "word": "status", "ready": ["done"], "dead": {"failed": "failed"}, "message": "key",
    },
    "clip": {"url": "ADDRESS/clip"},
    "list": {"path": "/all", "items": "jobs", "id": "id"},
    "models": {"m1": {"price": 0}},
}  # fmt: skip


def board(**changes: Any) -> dict[str, Any]:
    """One shot that is to be ordered at the stranger's, for nothing, with a key of somebody else's; with changes at
    dotted places."""
    document: dict[str, Any] = {
        "reelmake": 1,
        "providers": {"studio": {"kind": "openai-videos", "base_url": "ADDRESS/v1", "api_key": KEY}},
        "tiers": {"final": {"provider": "studio", "model": "m1", "price": 0}},
        "defaults": {"tier": "final", "size": "128x72", "seconds": 0.5},
        "budget": 0,
        "shots": {"a": {"prompt": "A kite."}},
    }
    for place, value in changes.items():
        *above, last = place.split("__")
        at = document
        for name in above:
            at = at.setdefault(name, {})
        at[last] = value
    return document


EVIL = {"v/evil.yaml": "VENDOR"}
NO_KEY = {"kind": "openai-videos", "base_url": "ADDRESS/v1"}
PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nLITERAL/part.ts\n#EXT-X-ENDLIST\n"

# name -> (board, other files, does a draft of it build)
ATTACKS: dict[str, tuple[dict[str, Any], dict[str, str], bool]] = {
    "a variable and an address": (board(), {}, True),
    "a tier of the shot's own": (board(shots__a__tier="final", defaults__tier="final"), {}, True),
    "the owner's key elsewhere": (board(providers__studio__api_key="${env:STUDIO_KEY}"), {}, True),
    "a webhook's secret": (board(providers__studio__webhook_secret=KEY), {}, True),
    "the address holds it": (board(providers__studio__base_url=f"ADDRESS/{KEY}/v1"), {}, True),
    "the host holds it": (board(providers__studio__base_url=f"http://{KEY}.studio.example/v1"), {}, True),
    "by a variable": (board(vars={"k": KEY}, providers__studio__api_key="${k}"), {}, True),
    "an option holds it": (board(providers__studio__options={"headers": {"x-key": KEY}}), {}, True),
    "an extra holds it": (board(shots__a__extras={"user": KEY}), {}, True),
    "a tier's extra holds it": (board(tiers__final__extras={"api_key": KEY}), {}, True),
    "the model holds it": (board(tiers__final__model=KEY), {}, True),
    "the prompt holds it": (board(providers__studio=NO_KEY, shots__a__prompt=f"A kite. {KEY}"), {}, False),
    "the style holds it": (board(providers__studio=NO_KEY, style=KEY), {}, False),
    "the title holds it": (board(title=KEY), {}, False),
    "a note holds it": (board(shots__a__notes=KEY), {}, False),
    "an output's name holds it": (board(outputs={f"{KEY}.mp4": {}}), {}, False),
    "a picture's path holds it": (board(shots__a__image=f"{KEY}.png"), {}, False),
    "a matrix holds it": (board(matrix={"k": [KEY, "b"]}, shots__a__prompt="${k}"), {}, False),
    "an included tier": (
        board(include=["tiers.yaml"], tiers={}, defaults__tier="theirs"),
        {"tiers.yaml": "tiers: {theirs: {provider: studio, model: m1, price: 0}}\n"},
        True,
    ),
    "a vendor's file": (board(providers__studio={"kind": "v/evil.yaml", "api_key": KEY}), EVIL, True),
    "a vendor's file without a key": (board(providers__studio={"kind": "v/evil.yaml"}), EVIL, True),
    "a vendor that is shipped": (board(providers__studio__kind="xai"), {}, True),
    "no key at all": (board(providers__studio=NO_KEY), {}, True),
    "a picture by its address": (board(shots__a__image="LITERAL/x.png"), {}, False),
    "footage by its address": (board(shots__a={"file": "LITERAL/x.mp4"}), {}, False),
    "music by its address": (board(sound={"music": "LITERAL/x.mp3"}), {}, False),
    "an include by its address": (board(include=["LITERAL/x.yaml"]), {}, False),
    "a vendor's file by its address": (board(providers__studio={"kind": "LITERAL/x.yaml"}), {}, True),
    "footage that is a playlist": (board(shots__a={"file": "x.mp4"}), {"x.mp4": PLAYLIST}, False),
    "a picture that is a playlist": (board(shots__a__image="x.png"), {"x.png": PLAYLIST}, False),
}  # fmt: skip


@pytest.fixture
def there() -> Iterator[Stranger]:
    with stranger() as found:
        yield found


@pytest.fixture
def checkout(project: Folder, there: Stranger, tmp_path: Path) -> Folder:
    """Where the workflow runs: the owner has allowed his own key to go to his own provider."""
    there.known_to(project)
    project.env |= dict.fromkeys(WANTED, SECRET)
    project.env |= {
        "REELMAKE_KEYS": "STUDIO_KEY=https://api.other.example",
        "GITHUB_REPOSITORY": "team/film",
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
        "PATH": f"{installed(tmp_path / 'bin')}:{os.environ['PATH']}",
    }
    head = {"sha": "b" * 40, "repo": {"full_name": "evil/film"}}
    pull = {"number": 12, "base": {"sha": "a" * 40, "repo": {"full_name": "team/film"}}, "head": head}
    (tmp_path / "event.json").write_text(json.dumps({"pull_request": pull}))
    return project


def written(checkout: Folder, there: Stranger, document: dict[str, Any], files: dict[str, str]) -> None:
    def filled(text: str) -> str:
        return text.replace("ADDRESS", there.address).replace("LITERAL", f"http://127.0.0.1:{there.port}")

    checkout.write("storyboard.yaml", filled(yaml.safe_dump(document, sort_keys=False)))
    for name, text in files.items():
        checkout.write(name, filled(yaml.safe_dump(VENDOR, sort_keys=False) if text == "VENDOR" else text))


def carried_out(checkout: Folder, tmp_path: Path) -> tuple[bool, str]:
    """The action that the workflow of `init` uses, for a fork's pull request: did it succeed, and all that was said."""
    job = Runner(checkout.root, tmp_path / "temp", checkout.own | checkout.env).carry_out(
        TOP / "action.yml", comment="false"
    )
    said = [file.read_bytes().decode("utf-8", "replace") for name, file in job.artifacts.items() if "report" in name]
    return not job.failed, "".join([job.log, job.summary, *said])


def nothing_leaked(checkout: Folder, there: Stranger, said: str) -> None:
    assert SECRET not in said
    assert "Traceback" not in said
    assert SECRET not in "".join(there.heard)
    holds = [path for path in checkout.root.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]
    assert holds == []


@pytest.mark.parametrize("name", ATTACKS)
def test_the_workflow_asks_nobody(name: str, checkout: Folder, there: Stranger, tmp_path: Path) -> None:
    """And a build that may pay, which nobody should start here, sends no secret."""
    document, files, builds = ATTACKS[name]
    written(checkout, there, document, files)

    built, said = carried_out(checkout, tmp_path)

    assert there.heard == []
    nothing_leaked(checkout, there, said)
    assert built is builds, said
    assert (checkout.root / "build" / "cut.mp4").exists() is builds

    ran = checkout.run("build", "--yes")
    nothing_leaked(checkout, there, ran.stdout + ran.stderr)
    assert ran.code != 0
    if document["providers"].get("studio", {}).get("api_key"):
        assert there.heard == []


FORGED = {
    "with a key": board(),
    "without a key": board(providers__studio=NO_KEY),
    "by a vendor's file": board(providers__studio={"kind": "v/evil.yaml", "api_key": KEY}),
    "a remix of a take that is there": board(providers__studio=NO_KEY, shots__b={"remix": "a", "prompt": "At dusk."}),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_store_sends_nobody_anywhere(name: str, checkout: Folder, there: Stranger, tmp_path: Path) -> None:
    """An "open order" and a take in a store that no commit brought: a cache, or an archive that was unpacked."""
    written(checkout, there, FORGED[name], EVIL)
    state = checkout.root / ".reelmake"
    key = (
        next(job["key"] for job in checkout.plan()["jobs"] if job["shot"] == "a") if "vendor" not in name else "a" * 64
    )
    journal = LocalJournal(state / "journal")
    journal.intend(Attempt("b" * 64, "t1", "studio", "a", cost=Decimal(0), at="2026-11-30T09:00:00Z", order="{}"))
    journal.submitted("t1", "../../latest/meta-data")
    clip = LocalStore(state).scratch(".mp4")
    clip.write_bytes(b"forged")
    take = Take(
        key, "", "shot", ".mp4", Facts(6), provider="studio", model="m1", remote="v1", made="2026-11-30T09:00:00Z"
    )
    LocalStore(state).keep(clip, take, durable=False)

    _, said = carried_out(checkout, tmp_path)
    quiet = [
        checkout.run(*words) for words in (("build", "--locked"), ("plan",), ("status",), ("jobs", "ls"), ("takes",))
    ]
    nothing_leaked(checkout, there, said + "".join(ran.stdout + ran.stderr for ran in quiet))
    assert there.heard == []

    ran = checkout.run("build", "--yes")
    nothing_leaked(checkout, there, ran.stdout + ran.stderr)
    if "key" in FORGED[name]["providers"]["studio"].get("api_key", "").lower():
        assert there.heard == []
