"""What work finds out while it runs is told by every build that uses it: in words, as JSON, in the log, to Python."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import reelmake
from tests.support.film import footage
from tests.support.folder import Folder
from tests.support.terminal import typed
from tests.support.waves import tone, wav

pytestmark = pytest.mark.slow
LONG = "reelmake: 1\ndefaults: {size: 128x72, seconds: 3}\n"

QUIET = """\
    defaults: {size: 208x96}
    shots:
      x: {file: x.mp4}
    sound:
      tracks: [{file: quiet.wav, kind: music}]
      loudness: -16
"""


@pytest.fixture
def film(project: Folder) -> Folder:
    project.storyboard(QUIET, head="reelmake: 1\n")
    footage(project.root / "x.mp4", 1, 24)
    wav(project.root / "quiet.wav", tone(440, 1, -60))
    return project


def test_a_loudness_that_is_not_reached_is_told_wherever_people_look(film: Folder) -> None:
    words = "LUFS, as loud as 20 dB of gain make it; the target was -16"
    lines = film.run("build").expect().stderr.splitlines()
    note = next(line for line in lines if line.startswith("note: "))
    assert note.startswith("note: the sound reaches -37.")
    assert note.endswith(f"{words} (build/cut.mp4)")
    assert lines[-1].startswith("done in")

    told = film.build()["notes"]  # nothing is made: it is a fact of what is used again
    assert [(n["step"], n["shot"], n["outputs"]) for n in told] == [("sound:cut.mp4", None, ["build/cut.mp4"])]
    assert told[0]["message"].endswith(words)
    for _ in range(2):  # the second one is the quick way out
        assert note in film.run("build").expect().stderr.splitlines()
    assert film.run("build", "--quiet").expect().stderr == ""
    assert f"  {note}\n" in film.run("log").stdout
    assert film.run("log", "--json").json["runs"][0]["notes"][0]["message"].endswith(words)
    assert f"{note}\n" in film.run("status").stdout
    assert film.run("status", "--json").json["notes"] == told

    film.storyboard(QUIET.replace("-16", "-17"), head="reelmake: 1\n")
    film.env["TERM"] = "xterm"  # with rows that are drawn, and removed again
    *drawn, last = typed(film, "build").expect().stderr.strip().splitlines()
    assert note.replace("-16", "-17") in drawn[-1]
    assert "done in" in last

    result = reelmake.build(film.root / "storyboard.yaml")
    assert [n.message for n in result.notes] == [told[0]["message"].replace("-16", "-17")]


def test_events_and_the_end_of_a_build_say_the_same(film: Folder) -> None:
    log = film.write("events.jsonl", "")
    film.run("build", "--events", "events.jsonl").expect()
    told = [json.loads(line) for line in Path(log).read_text().splitlines()]
    noted = [event for event in told if event["event"] == "Noted"]
    assert [(event["step"], event["shot"]) for event in noted] == [("sound:cut.mp4", "")]


def test_an_end_of_a_clip_that_is_read_by_itself_is_not_said_to_be_short(project: Folder) -> None:
    """Of a clip whose last second fades, only the group of pictures that it is in is decoded."""
    project.storyboard("shots: {a: {prompt: A park}}\ncut: [{shot: a, fade_out: 1}]\n", head=LONG)
    made = project.build()
    assert made["outputs"]["build/cut.mp4"]["frames"] == 72
    assert "notes" not in made
