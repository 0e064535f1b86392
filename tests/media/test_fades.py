"""Entries that come out of a colour and go down to one: picture and sound, frame by frame."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reelmake.model.cut_entries import CutEntry, EntryFade
from reelmake.model.overlay import EntryTitle
from reelmake.model.step import Input
from reelmake.outputs import mp4
from tests.support.film import ENCODED, Room, entry, heard, into, pictures, read

HALF = EntryFade(Fraction(1, 2))


def tone(t: np.ndarray) -> np.ndarray:
    return 0.25 * np.sin(2 * np.pi * 440 * t)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    room = Room(tmp_path)
    room.clip("a", 1, 48, sound=tone)
    room.clip("b", 2, 48, sound=tone)
    return room


def light(frames: list[Any]) -> list[float]:
    """How bright each is, from 0 to 255."""
    return [float(frame.to_ndarray(format="gray").mean()) for frame in frames]


@pytest.mark.slow
def test_the_cut_comes_out_of_black_and_goes_back_to_it(room: Room) -> None:
    film = room.build(room.board(replace(entry("a"), fade_in=HALF), replace(entry("b"), fade_out=HALF)))
    plain = pictures(room.build(room.board(entry("a"), entry("b"))))
    shown = pictures(film)
    assert [read(frame) for frame in shown[12:84]] == [read(frame) for frame in plain[12:84]]
    bright, due = light(shown), light(plain)
    assert bright[0] < 1 > bright[-1]
    for n in range(12):
        assert bright[n] == pytest.approx(due[n] * n / 12, abs=2.5)
        assert bright[95 - n] == pytest.approx(due[95 - n] * n / 12, abs=2.5)
    assert bright[12] == pytest.approx(due[12], abs=2.5)


@pytest.mark.slow
def test_its_sound_comes_and_goes_with_it(room: Room) -> None:
    sound = heard(room.build(room.board(replace(entry("a"), fade_in=HALF), replace(entry("b"), fade_out=HALF))))[0]

    def level(second: float) -> float:
        at = round(second * 48_000)
        return float(np.sqrt((sound[at : at + 2400] ** 2).mean()))

    full = level(1)
    assert level(0) < full / 6
    assert level(0.22) == pytest.approx(full * np.sin(np.pi / 4), rel=0.1)
    assert level(1.95) == pytest.approx(full, rel=0.05)
    assert level(3.73) == pytest.approx(full * np.sin(np.pi / 4), rel=0.1)
    assert level(3.94) < full / 6


@pytest.mark.slow
def test_a_colour(room: Room) -> None:
    orange = EntryFade(Fraction(1, 2), "#ff8000")
    first, *_, last = pictures(room.build(room.board(replace(entry("a"), fade_in=orange, fade_out=orange))))
    for frame in (first, last):
        assert frame.to_ndarray(format="rgb24").reshape(-1, 3).mean(axis=0) == pytest.approx([255, 128, 0], abs=8)


def _bodies(room: Room, said: CutEntry) -> list[tuple[int, int, int]]:
    board = room.board(said)
    clips = {id: Input("clip", file=path.name) for id, path in room.clips.items()}
    steps = mp4.steps(room.cut(board), board, ENCODED, clips, "build")
    pieces = [step.work.piece for step in steps if step.kind == "segment"]
    return [(piece.start, piece.frames, len(piece.fades)) for piece in pieces]


def test_only_the_time_of_a_fade_is_encoded_apart_and_no_fade_is_divided() -> None:
    room, second = Room(Path()), EntryFade(Fraction(1))
    room.clips["long"], room.lengths["long"] = Path("long.mp4"), Fraction(6)
    faded = _bodies(room, replace(entry("long", title="A title"), fade_in=second, fade_out=second))
    assert [part for part in faded if part[2]] == [(0, 24, 1), (114, 30, 1)]
    assert _bodies(room, entry("long")) == [(0, 144, 0)]
    late = EntryTitle("It comes while the picture does", at=Fraction(3, 2), seconds=Fraction(3))
    slow = replace(entry("long"), titles=(late,), fade_in=EntryFade(Fraction(3)))
    assert _bodies(room, slow) == [(0, 72, 1), (72, 36, 0), (108, 36, 0)]


@pytest.mark.slow
def test_a_fade_behind_a_transition(room: Room) -> None:
    board = room.board(entry("a", into=into("dissolve", "0.5")), replace(entry("b"), fade_out=HALF))
    bright = light(pictures(room.build(board)))
    assert bright[-1] < 1 < 20 < bright[-14]
