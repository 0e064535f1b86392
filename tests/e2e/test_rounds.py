"""A build in rounds through the real command: what is said decides lengths, one approval holds for all rounds, and a
run that ends between two of them pays for nothing twice."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from reelmake.plan import rounds
from reelmake.prep import spoken_lines
from reelmake.store.local import LocalStore
from tests.support.desk import Post, post
from tests.support.signer import made_key, public, share

pytestmark = pytest.mark.slow

SHOTS = """\
voices: {teller: {voice: alloy, tier: voice}}
shots:
  a: {prompt: A kite., seconds: 2}
  b: {prompt: A tram., say: {teller: "The tram comes up the hill, slowly and with a bell."}, seconds: auto}
  c: {continue: b, prompt: The tram is gone.}
outputs: {cut.mp4: {}}
"""
AS_LONG_AS_SAID = 5  # seconds that are ordered for it


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    with post(tmp_path / "film", monkeypatch, deterministic=True) as open_:
        board(open_, SHOTS)
        yield open_


def board(desk: Post, shots: str) -> None:
    desk.board(shots)
    text = desk.root / "storyboard.yaml"
    text.write_text(text.read_text().replace("tiers:\n", "tiers:\n  voice: {provider: sketch}\n"))


def jobs(desk: Post) -> dict[str, dict[str, Any]]:
    return {job["shot"]: job for job in desk.run("plan", "--json").expect().json["jobs"]}


def test_the_line_is_spoken_and_then_the_shot_is_ordered(desk: Post) -> None:
    planned = desk.run("plan", "--json").expect().json
    found = {job["shot"]: (job["verdict"], job["reason"], job["cost_usd"]) for job in planned["jobs"]}
    assert found == {
        "a": ("missing", "never made", pytest.approx(0.2)),
        "b": (
            "undecided",
            "its length depends on b.say, which is not spoken yet",
            pytest.approx(0.7),
        ),  # half as much more
        "b.say": ("missing", "never made", 0),
        "c": ("undecided", "waits for b", pytest.approx(0.1)),
    }
    ran = desk.build("--json", "--events", str(desk.root / "events")).expect()
    assert ran.json["generated"] == 4
    assert desk.orders == 3
    assert ran.json["cost_usd"] == pytest.approx(0.2 + 0.1 * AS_LONG_AS_SAID + 0.1)
    assert desk.ledger == {"spent": pytest.approx(0.8)}
    events = [json.loads(line) for line in (desk.root / "events").read_text().splitlines()]
    assert [e["event"] for e in events if e["event"].startswith("Run")] == ["RunStarted", "RunFinished"]
    done = [e["step"] for e in events if e["event"] == "StepDone"]
    assert len(done) == len(set(done))
    assert len((desk.root / ".reelmake" / "runs.jsonl").read_text().splitlines()) == 1
    desk.build().expect(0, stderr="nothing to do")
    assert desk.orders == 3


def test_a_part_of_the_film_needs_its_lines_too(desk: Post) -> None:
    desk.build("b").expect()
    assert desk.orders == 1
    assert jobs(desk)["b"]["verdict"] == "fresh"


def test_a_dry_run_and_a_locked_one_make_nothing(desk: Post) -> None:
    desk.build("-n").expect(0, stdout="its length depends on")
    desk.build("--locked").expect(3, stderr="RM802")
    assert desk.orders == 0
    desk.build().expect()
    desk.build("--locked").expect(0)


def test_a_line_that_turns_out_longer_than_agreed_to_is_asked_about(
    desk: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "LONGER", Fraction(1, 5))
    with monkeypatch.context() as short:  # a plan that takes it for half a second
        short.setattr(spoken_lines, "estimate", lambda text, language: Fraction(1, 2))
        ran = desk.run("build", "--budget", "0.60", "--json")
    ran.expect(3)
    assert ran.json["error"]["code"] == "RM825"
    assert desk.orders == 1
    assert desk.ledger == {"spent": pytest.approx(0.2)}
    assert jobs(desk)["b.say"]["verdict"] == "fresh"
    desk.run("build", "--budget", "0.60").expect(0)
    assert desk.orders == 3


def test_a_line_too_long_for_any_clip_ends_the_build_with_what_was_paid_on_record(
    desk: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = desk.root / "storyboard.yaml"
    said = (
        text.read_text()
        .replace("kite., seconds: 2", "kite.")
        .replace("with a bell.", "with a bell. " + "The tram comes up the hill. " * 9)
    )
    text.write_text(said.replace("128x72, seconds: 1", "1280x720, seconds: 4").replace("reel-9", "wan-ai/wan-2.6-t2v"))
    monkeypatch.setattr(spoken_lines, "estimate", lambda text, language: Fraction(2))
    ran = desk.build("--json").expect(2)
    assert ran.json["error"]["code"] == "RM568"
    assert desk.orders == 1
    lock = (desk.root / "reelmake.lock").read_text().splitlines()
    assert [line.split()[0] for line in lock if line[:1].isalpha()] == ["a", "b.say"]
    (run,) = (desk.root / ".reelmake" / "runs.jsonl").read_text().splitlines()
    assert json.loads(run)["cost_usd"] == pytest.approx(0.4)


ROWS = """\
voices: {teller: {voice: alloy, tier: voice}}
matrix: rows.csv
shots:
  a: {prompt: A kite., say: {teller: "${said}"}, seconds: auto}
outputs: {cut.mp4: {}}
"""


def test_clips_that_are_guessed_alike_are_not_agreed_to_as_one(desk: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that differ in what is said: each clip may come out as long as its own line, and is paid for by itself."""
    board(desk, ROWS)
    (desk.root / "rows.csv").write_text("n,said\n1,Up.\n2,Down it comes and down.\n3,Down it comes and down.\n")
    with monkeypatch.context() as alike:
        alike.setattr(spoken_lines, "estimate", lambda text, language: Fraction(1))
        planned = desk.run("plan", "--json").expect().json
        assert planned["cost_usd"] == pytest.approx(2 * 0.3)  # two different lines, 1.8 s each and half as much more
        desk.run("build", "--budget", "0.60").expect()
    assert desk.orders == 2
    assert desk.ledger["spent"] <= planned["cost_usd"]


@pytest.mark.parametrize("captions", ["", "captions: {from: say}\n"], ids=["plain", "captions"])
def test_a_line_that_a_colleague_has_says_how_long_its_shot_is(
    desk: Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, captions: str
) -> None:
    """A clone needs neither a key nor a yes: the lengths of lines on another shelf are known before they are here."""
    board(desk, SHOTS + captions)
    desk.build().expect()
    paid = desk.orders
    clone = Post(tmp_path / "clone", desk.server)
    clone.root.mkdir()
    for name in ("storyboard.yaml", "reelmake.lock"):
        (clone.root / name).write_bytes((desk.root / name).read_bytes())
    monkeypatch.setenv("REELMAKE_CACHE", desk.root.as_uri())
    monkeypatch.delenv("STUDIO_KEY")
    assert {job["verdict"] for job in jobs(clone).values()} == {"fresh"}
    clone.run("build", "--locked").expect(stderr="0 generated, 4 reused")
    clone.run("build").expect(stderr="nothing to do")
    assert desk.orders == paid
    film = "build/cut.mp4"
    assert (clone.root / film).read_bytes() == (desk.root / film).read_bytes()


SPOKEN = """\
  booth: {{kind: openai-speech, base_url: "{url}", api_key: "${{env:STUDIO_KEY}}", options: {{allow_private: true}}}}
"""


def test_a_line_that_cannot_be_spoken_stops_its_shot_and_nothing_else(desk: Post) -> None:
    text = desk.root / "storyboard.yaml"
    booth = SPOKEN.format(url=desk.server.base_url)
    refused = "voice: {provider: booth, model: tts-1, price: 15, extras: {script: [400-moderation]}}"
    spoken = (
        text.read_text().replace("voice: {provider: sketch}", refused).replace("providers:\n", "providers:\n" + booth)
    )
    text.write_text(spoken)
    ran = desk.build("--json")
    ran.expect(1, stderr="b skipped: b.say failed")
    assert [failed["shot"] for failed in ran.json["failed"]] == ["b.say"]
    assert ran.json["generated"] == 1
    assert desk.orders == 2
    text.write_text(spoken.replace(", extras: {script: [400-moderation]}", ""))
    desk.build().expect()
    assert desk.orders == 5
    said = "The tram comes up the hill, slowly and with a bell."
    assert desk.ledger == {"spent": pytest.approx(0.3 + 0.015 * len(said) + 0.1 * 4)}


PLACES = """\
voices: {teller: {voice: alloy, tier: booth}}
stills: {key: {prompt: A tram., tier: picture}}
shots:
  a: {prompt: A kite., seconds: 2}
  b: {prompt: A tram., image: {still: key}, fit: crop, say: {teller: "The tram comes up the hill."}, seconds: auto}
  c: {file: {still: key}, seconds: 1}
captions: {from: say}
sound: {music: {prompt: Strings.}}
outputs: {cut.mp4: {}}
"""


@pytest.mark.parametrize("stills", [(), ("--stills",)], ids=["film", "stills"])
def test_a_film_has_placeholders_for_whatever_could_not_be_made(desk: Post, stills: tuple[str, ...]) -> None:
    board(desk, PLACES)
    text = desk.root / "storyboard.yaml"
    booth, url = SPOKEN.format(url=desk.server.base_url), desk.server.base_url
    booth += booth.replace("booth", "pictures").replace("openai-speech", "openai-images")
    refusing = "extras: {script: [400-moderation*9]}"
    tiers = f"  booth: {{provider: booth, model: tts-1, {refusing}}}\n"
    tiers += f"  picture: {{provider: pictures, model: gpt-image-2, size: 1024x1024, price: 1, {refusing}}}\n"
    said = text.read_text().replace("providers:\n", "providers:\n" + booth).replace("tiers:\n", "tiers:\n" + tiers)
    text.write_text(said.replace("Strings.", "Strings., tier: voice"))
    assert url in said
    ran = desk.build("--placeholders", "--json", *stills)
    ran.expect(1, stderr="the film has placeholders for key, b.say")
    name = "build/cut.stills.mp4" if stills else "build/cut.mp4"
    assert ran.json["outputs"][name]["frames"] > 72
    file = desk.root / "reelmake.lock"
    lock = file.read_text() if file.exists() else ""
    assert [line.split()[0] for line in lock.splitlines() if line[:1].isalpha()] == ([] if stills else ["a"])


def test_what_failed_in_a_round_is_not_tried_again_in_the_next(desk: Post) -> None:
    text = desk.root / "storyboard.yaml"
    text.write_text(text.read_text().replace("{prompt: A kite., ", "{prompt: A kite., extras: {script: [fail]}, "))
    ran = desk.build("--json")
    ran.expect(1)
    assert [failed["shot"] for failed in ran.json["failed"]] == ["a"]
    assert desk.orders == 3
    assert desk.ledger == {"spent": pytest.approx(0.6), "maybe spent": pytest.approx(0.2)}


WITH = "import os, signal, sys; from reelmake.session import rounds; look = rounds.look\n"
KILLED = WITH + "rounds.look = lambda project: os.kill(os.getpid(), signal.SIGKILL)\n"
STOPPED = WITH + "rounds.look = lambda project: (os.kill(os.getpid(), signal.SIGINT), look(project))[1]\n"


@pytest.mark.parametrize(("way", "code"), [(KILLED, -9), (STOPPED, 130)], ids=["killed", "stopped"])
def test_a_run_that_ends_between_two_rounds_has_lost_nothing(desk: Post, way: str, code: int) -> None:
    start = way + "from reelmake import app; sys.exit(app.main(sys.argv[1:]))"
    words = [sys.executable, "-c", start, "build", "--yes", "-f", str(desk.root)]
    ended = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)
    assert ended.returncode == code, ended.stderr
    assert desk.orders == 1
    assert not (desk.root / "build" / "cut.mp4").exists()
    desk.build().expect()
    assert desk.orders == 3
    assert desk.ledger == {"spent": pytest.approx(0.8)}


def test_a_line_that_is_refused_is_spoken_by_the_next_tier(desk: Post) -> None:
    """A line has the ladder of its tier; its shot is as long as what the other voice says."""
    text = desk.root / "storyboard.yaml"
    booth = SPOKEN.format(url=desk.server.base_url)
    refusing = (
        "{provider: booth, model: tts-1, price: 15, extras: {script: [400-moderation]}, fallback: [{tier: voice}]}"
    )
    first = f"first: {refusing}"
    said = text.read_text().replace("tier: voice}", "tier: first}").replace("tiers:\n", f"tiers:\n  {first}\n")
    text.write_text(said.replace("providers:\n", "providers:\n" + booth))
    ran = desk.build("--json").expect()
    assert ran.json["generated"] == 4
    assert desk.orders == 4
    assert desk.ledger == {"spent": pytest.approx(0.8)}
    assert jobs(desk)["b.say"]["reason"].startswith("the 2nd of 2: the first was refused: booth answers 400")


@pytest.mark.parametrize("pulled", [False, True])
def test_nothing_is_ordered_for_a_length_that_another_shelf_made_up(
    pulled: bool, desk: Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Key and digest of a colleague's line are pinned, its length is not: it is measured when it is here."""
    board(desk, SHOTS)
    desk.build().expect()
    made = {take["shot"]: take["sha256"] for take in desk.run("takes", "--json").expect().json["takes"]}
    for digest in {made["b"], made["c"]}:  # clips that the colleague has no longer
        next((desk.root / ".reelmake/store").rglob(f"{digest}*")).unlink()
    for record in (desk.root / ".reelmake/takes").rglob("*.json"):
        said = json.loads(record.read_text())
        if said["kind"] == "speech":
            said["facts"]["seconds"] = "60"
            record.chmod(0o644)
            record.write_text(json.dumps(said))
    clone = Post(tmp_path / "clone", desk.server)
    clone.root.mkdir()
    (clone.root / "storyboard.yaml").write_bytes((desk.root / "storyboard.yaml").read_bytes())
    (clone.root / "reelmake.lock").write_bytes((desk.root / "reelmake.lock").read_bytes())
    monkeypatch.setenv("REELMAKE_CACHE", desk.root.as_uri())
    paid = desk.orders
    if pulled:
        assert clone.run("cache", "pull").code == 1  # of the clips that are gone
    clone.build("--remake").expect()
    assert desk.orders == paid + 2
    assert [line["seconds"] for line in desk.server.bill[-2:]] == [str(AS_LONG_AS_SAID), "1"]


def test_what_somebody_trusted_has_said_is_as_long_as_it_is(
    desk: Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signed, and named by no lock file here: the plan knows how long the line is, and the shot that hangs on it."""
    maya, text = made_key(tmp_path / "maya"), desk.root / "storyboard.yaml"
    booth = SPOKEN.format(url=desk.server.base_url)
    said = text.read_text().replace("voice: {provider: sketch}", "voice: {provider: booth, model: tts-1, price: 15}")
    said = said.replace("providers:\n", "providers:\n" + booth) + f"cache: {{trust: [{public(maya)} maya]}}\n"
    text.write_text(said)
    desk.build().expect()
    store = LocalStore(desk.root / ".reelmake")
    share(tmp_path / "shared", store, *(take for take in store.takes() if take.cost), key=maya)

    clone, paid = Post(tmp_path / "clone", desk.server), desk.orders
    clone.root.mkdir()
    (clone.root / "storyboard.yaml").write_text(said)
    monkeypatch.setenv("REELMAKE_CACHE", (tmp_path / "shared").as_uri())
    assert {job["verdict"] for job in jobs(clone).values()} == {"fresh"}
    clone.run("build").expect()  # without a yes: there is nothing to pay
    assert desk.orders == paid
    assert (clone.root / "reelmake.lock").read_text() == (desk.root / "reelmake.lock").read_text()
