"""Entries that run backwards, in a rendered cut: frames are numbered, sounds are tones that change."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from reelmake.model.cut_entries import CutEntry, EntryVoice
from reelmake.model.frame import MOVES
from reelmake.model.step import Input
from reelmake.model.time import SAMPLE_RATE
from reelmake.outputs import mp4
from tests.support.film import ENCODED, Room, entry, heard, into, pictures, read

pytestmark = pytest.mark.slow


def rising(t: np.ndarray) -> np.ndarray:
    """A tone of 300 Hz in the first second, of 900 Hz in the second."""
    return 0.25 * np.sin(2 * np.pi * np.where(t < 1, 300, 900) * t)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    room = Room(tmp_path)
    room.clip("a", 1, 48, sound=rising)
    room.clip("b", 2, 24)
    room.clip("long", 3, 120)
    return room


def turned(shot: str, **how: object) -> CutEntry:
    frozen = {name: Fraction(str(how.pop(name))) for name in ("speed", "freeze", "freeze_first") if name in how}
    return replace(entry(shot, **how), reverse=True, **frozen)  # type: ignore[arg-type]


def numbers(room: Room, *entries: CutEntry) -> list[tuple[int, int]]:
    return [read(frame) for frame in pictures(room.build(room.board(*entries)))]


def test_every_frame_is_seen_the_last_first(room: Room) -> None:
    assert numbers(room, turned("a"), entry("b")) == [*((1, 47 - n) for n in range(48)), *((2, n) for n in range(24))]


def test_a_trim_counts_seconds_of_the_clip_as_it_is(room: Room) -> None:
    assert numbers(room, turned("a", trim=("0.5", "1.5"))) == [(1, 35 - n) for n in range(24)]


def test_it_is_made_in_parts_for_the_memorys_sake(room: Room) -> None:
    assert numbers(room, turned("long")) == [(3, 119 - n) for n in range(120)]
    assert [id for id in room.made if id.startswith("segment:")] == [f"segment:cut.mp4:001{c}" for c in "abc"]


def test_held_frames_stand_at_the_ends_that_are_seen(room: Room) -> None:
    shown = numbers(room, turned("a", trim=("0", "1"), freeze="0.25", freeze_first="0.5"))
    assert shown == [*[(1, 23)] * 12, *((1, 23 - n) for n in range(24)), *[(1, 0)] * 6]


def test_speed_and_transitions(room: Room) -> None:
    shown = numbers(room, turned("a", speed="2", into=into("wipe", "0.25")), turned("b"))
    assert shown[:18] == [(1, 46 - 2 * n) for n in range(18)]
    assert shown[24:] == [(2, 17 - n) for n in range(18)]


def test_the_camera_moves_forward_all_the_same() -> None:
    room = Room(Path())
    room.clips["a"], room.lengths["a"] = Path("a.mp4"), Fraction(2)
    board = room.board(replace(turned("a"), move=MOVES["in"]))
    (first, *_) = mp4.steps(room.cut(board), board, ENCODED, {"a": Input("clip", file="a.mp4")}, "build")
    move = first.work.piece.move
    assert (move.begin, move.end) == (MOVES["in"].end, MOVES["in"].begin)  # for it is turned with the pictures


def _loud(sound: np.ndarray, hertz: int) -> float:
    t = np.arange(len(sound)) / SAMPLE_RATE
    return float(abs((sound * np.exp(-2j * np.pi * hertz * t)).mean())) * 2


def test_its_sound_runs_backwards_with_it(room: Room) -> None:
    sound = heard(room.build(room.board(turned("a"))))[0]
    before, after = sound[10_000:38_000], sound[58_000:86_000]
    assert _loud(before, 900) > 0.2 > 0.02 > _loud(before, 300)
    assert _loud(after, 300) > 0.2 > 0.02 > _loud(after, 900)


def test_it_may_be_heard_before_it_is_seen(room: Room) -> None:
    """A lead of what runs backwards is what comes after the trim."""
    early = replace(turned("a", trim=("0", "1")), sound=EntryVoice(lead=Fraction(1, 2)))
    sound = heard(room.build(room.board(entry("b"), early)))[0]
    assert _loud(sound[30_000:46_000], 900) > 0.2
    assert _loud(sound[52_000:90_000], 300) > 0.2


def test_a_part_of_its_sound_is_that_part(room: Room) -> None:
    sound = heard(room.build(room.board(turned("a", trim=("1", "2")))))[0]
    assert _loud(sound[4_000:44_000], 900) > 0.2 > 0.02 > _loud(sound[4_000:44_000], 300)
