"""The sound of a film with the real command: what a change makes again, and what is said when it cannot be made."""

from __future__ import annotations

import json
from pathlib import Path

import av
import numpy as np
import pytest

from reelmake.media.loudness import measure
from tests.support.film import heard
from tests.support.folder import Folder
from tests.support.waves import level, tone, wav

pytestmark = pytest.mark.slow

FILM = """\
shots:
  a: {prompt: A city.}
  b: {prompt: A park., seconds: 2}
cut:
  - a
  - {shot: b, trim: [1], sound: {lead: 0.25}}
sound:
  clips: {gain: -60}
  tracks:
    - {file: voice.wav, kind: narration, shot: b, offset: 0.25, gain: -6}
"""


@pytest.fixture
def film(project: Folder) -> Folder:
    wav(project.root / "voice.wav", tone(900, 0.5))
    project.storyboard(FILM)
    project.build()
    return project


def made(film: Folder) -> list[str]:
    """Steps that a build carried out."""
    events = film.write("events.jsonl", "")
    film.run("build", "--events", "events.jsonl").expect()
    told = [json.loads(line) for line in events.read_text().splitlines()]
    return [event["step"] for event in told if event["event"] == "StepDone" and event["made"]]


def test_a_track_is_heard_with_its_shot(film: Folder) -> None:
    sound = heard(film.root / "build" / "cut.mp4")
    assert level(sound, 0.76, 1.24, 900) == pytest.approx(-26, abs=0.3)
    assert level(sound, 0.1, 0.7, 900) < -60


@pytest.mark.parametrize("change", ["gain: -60}=gain: -50}", "gain: -6}=gain: -9}", "offset: 0.25=offset: 0.5"])
def test_a_changed_gain_or_place_is_sound_only(film: Folder, change: str) -> None:
    before, after = change.split("=")
    film.storyboard(FILM.replace(before, after))
    assert made(film) == ["sound:cut.mp4", "reel:cut.mp4"]
    assert pictures(film.root / "build" / "cut.mp4") == 36


def test_another_file_by_the_same_name_is_mixed_anew(film: Folder) -> None:
    wav(film.root / "voice.wav", tone(1800, 0.5))
    assert made(film) == ["sound:cut.mp4", "reel:cut.mp4"]
    sound = heard(film.root / "build" / "cut.mp4")
    assert level(sound, 0.76, 1.24, 1800) == pytest.approx(-26, abs=0.3)
    assert made(film) == []


def test_loudness_is_that_of_the_film(film: Folder) -> None:
    film.storyboard(FILM + "  loudness: {target: -24, true_peak: -3}\n")
    film.build()
    found = measure(film.root / "build" / "cut.mp4")
    assert found.integrated == pytest.approx(-24, abs=0.5)
    assert found.peak <= -3


def test_a_track_that_cannot_be_read_is_told_at_its_line(film: Folder) -> None:
    film.write("voice.wav", "this is no sound")
    film.run("build").expect(2, stderr="storyboard.yaml:12:14").expect(2, stderr="voice.wav is not sound")
    wav(film.root / "voice.wav", np.zeros(4800))
    film.build()


def test_lengths_that_do_not_allow_it_stop_the_build_at_their_line(film: Folder) -> None:
    film.storyboard(FILM.replace("lead: 0.25", "lead: 1.25"))
    for command in ("check", "plan", "build"):
        assert "storyboard.yaml:8:" in film.run(command).expect(2, stderr="error[RM470]").stderr


def test_a_shot_is_found_in_its_variant(project: Folder) -> None:
    wav(project.root / "voice.wav", tone(900, 0.25))
    project.storyboard(FILM.replace("offset: 0.25, ", "") + "matrix: {city: [lisbon, porto]}\n")
    project.build()
    for variant in ("lisbon", "porto"):
        (file,) = project.root.glob(f"build/*{variant}*/cut.mp4")
        assert level(heard(file), 0.51, 0.74, 900) == pytest.approx(-26, abs=0.3)


def pictures(file: Path) -> int:
    with av.open(str(file)) as container:
        return sum(1 for packet in container.demux(video=0) if packet.size)
