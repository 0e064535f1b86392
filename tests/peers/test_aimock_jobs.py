"""aimock 1.43.0 (npm) as the far side of fal's queue and of Veo, whose ids are addresses and paths; calm and in chaos.

It answers fal's orders with addresses at queue.fal.run, wherever it is itself: a gateway that rewrites nothing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from reelmake import catalog
from reelmake.model.frame import Size
from tests.peers.test_aimock import CHAOS, WORDS, files, orders
from tests.support import peers
from tests.support.film import footage
from tests.support.folder import Folder

pytestmark = pytest.mark.slow

DIALECTS = {
    "fal": ("fal.yaml", "/fal", "acme/tiny/text-to-video"),
    "veo": ("gemini", "/v1beta", "veo-mock"),
}
FILM = """\
reelmake: 1
providers:
  far: {{kind: {kind}, base_url: "{base}", api_key: "${{env:FAR_KEY}}", options: {{allow_private: true}}}}
tiers:
  final: {{provider: far, model: {model}, price: 0.1, size: 1280x720, seconds: 1}}
defaults: {{tier: final}}
shots:
"""


@contextmanager
def aimock(tmp_path: Path, *chaos: str) -> Iterator[str]:
    """Its address. A prompt with one of WORDS gives a clip, one with "fails" a job that fails."""
    module = peers.npm("@copilotkit/aimock@1.43.0") / "@copilotkit" / "aimock" / "dist" / "cli.js"
    made = tmp_path / "clips"
    made.mkdir()
    footage(made / "clip.mp4", 1, 24, size=Size(1280, 720))
    with files(made) as cloud:
        clip = f"{cloud}/clip.mp4"
        fixtures = [told(word, "fal", {"json": {"video": {"url": clip}}}) for word in WORDS]
        fixtures += [told(word, "video", {"video": {"id": "v", "status": "completed", "url": clip}}) for word in WORDS]
        fixtures.append(told("fails", "video", {"video": {"id": "f", "status": "failed", "error": "it broke"}}))
        (tmp_path / "fixtures").mkdir()
        (tmp_path / "fixtures" / "all.json").write_text(json.dumps({"fixtures": fixtures}))
        port = peers.free_port()
        command = [peers.node(), str(module), "-p", str(port), "-f", str(tmp_path / "fixtures"), "--log-level", "warn"]
        with peers.serving([*command, *chaos], url=f"http://127.0.0.1:{port}/__aimock/journal", cwd=tmp_path):
            yield f"http://127.0.0.1:{port}"


def told(word: str, endpoint: str, response: dict[str, Any]) -> dict[str, Any]:
    return {"match": {"userMessage": word, "endpoint": endpoint}, "response": response}


def film(project: Folder, dialect: str, address: str, *shots: str) -> None:
    kind, path, model = DIALECTS[dialect]
    project.env["FAR_KEY"] = "far-0123456789abcdef"
    shipped = Path(catalog.__file__).parents[1] / "providers" / "vendors" / "fal.yaml"
    project.write("fal.yaml", f"{shipped.read_text('utf-8')}\nheaders: {{x-fal-target-host: queue.fal.run}}\n")
    head = FILM.format(kind=kind, base=address + path, model=model)
    project.write("storyboard.yaml", head + "".join(f"  s{n}: {{prompt: {p}}}\n" for n, p in enumerate(shots)))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_film_is_built(dialect: str, project: Folder, tmp_path: Path) -> None:
    with aimock(tmp_path) as address:
        film(project, dialect, address, "A kite 1.", "A river 1.")
        assert project.build("--yes")["generated"] == 2
        assert len(orders(address)) == 2
        again = project.build("--yes")
        assert (again["generated"], again["reused"]) == (0, 2)
        assert len(orders(address)) == 2


def test_an_operation_that_fails_is_over(project: Folder, tmp_path: Path) -> None:
    with aimock(tmp_path) as address:
        film(project, "veo", address, "A kite 1.", "It fails.")
        ended = project.run("build", "--yes", "--json").expect(1)
        (failure,) = ended.json["failed"]
        assert (ended.json["generated"], failure["shot"], failure["code"]) == (
            1,
            "s1",
            "RM920",
        )  # it calls that a bad argument
        assert "it broke" in json.dumps(failure)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_in_chaos_nothing_is_ordered_twice(dialect: str, project: Folder, tmp_path: Path) -> None:
    with aimock(tmp_path, *CHAOS) as address:
        prompts = [f"A {word}." for word in WORDS]
        film(project, dialect, address, *prompts)
        for _ in range(2):
            project.run("build", "--yes", "--json")
        sent = [entry for entry in orders(address) if entry["response"]["status"] != 429]
        told = Counter(entry["body"]["messages"][0]["content"] for entry in sent if entry["body"])
        assert set(told) <= set(prompts)
        assert max(told.values()) == 1, told
        assert len(sent) <= len(prompts)  # of those that met a fault at once it does not say what they were
        assert list(project.verdicts().values()).count("fresh") >= 3
