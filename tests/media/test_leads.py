"""Sound that leads or trails its picture, softer and silent entries: read back to the sample."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from reelmake.media.sound_file import decoded
from reelmake.model.cut_entries import EntryVoice
from reelmake.model.storyboard import Sound
from reelmake.model.time import SAMPLE_RATE
from tests.support.film import Room, entry, into
from tests.support.waves import level, mixed

pytestmark = pytest.mark.slow
F = Fraction
LEAD, TRAIL = EntryVoice(lead=F(1, 2)), EntryVoice(trail=F(1, 2))


def hum(hertz: float):  # type: ignore[no-untyped-def]
    """A tone that never says the same twice, so that one place of it can be told from another."""
    return lambda t: 0.2 * np.sin(2 * np.pi * hertz * t * (1 + t / 7))


@pytest.fixture
def room(tmp_path: Path) -> Room:
    """Two clips of 3 s."""
    room = Room(tmp_path)
    room.clip("a", 1, 72, sound=hum(400))
    room.clip("b", 2, 72, sound=hum(1500))
    return room


def clip(room: Room, id: str) -> np.ndarray:
    def blocks() -> Iterator[np.ndarray]:
        yield from decoded(room.clips[id], F(0))

    return np.concatenate(list(blocks()), axis=1)


def same(sound: np.ndarray, cut: tuple[float, float], of: np.ndarray, at: float) -> bool:
    """Are seconds [from, to) of the cut what the clip is from second `at` on?"""
    first, last = (round(s * SAMPLE_RATE) for s in cut)
    there = round(at * SAMPLE_RATE)
    return bool(np.abs(sound[:, first:last] - of[:, there : there + last - first]).max() < 1e-6)


def test_a_j_cut(room: Room) -> None:
    """The cut is at 2 s, the sound of b comes at 1.5 s, from before its trim, and takes 3 frames (1/8 s) to come."""
    sound = mixed(room, room.board(entry("a", trim=("0", "2")), entry("b", trim=("1", "3"), sound=LEAD)))
    a, b = clip(room, "a"), clip(room, "b")
    assert same(sound, (0.1, 1.5), a, 0.1)
    assert same(sound, (1.625, 3.9), b, 0.625)
    assert not same(sound, (1.5, 1.51), a, 1.5)
    assert level(sound, 1.5, 1.625) == pytest.approx(-17, abs=0.7)  # as loud as either: equal power


def test_an_l_cut(room: Room) -> None:
    sound = mixed(room, room.board(entry("a", trim=("0", "2"), sound=TRAIL), entry("b", trim=("1", "3"))))
    a, b = clip(room, "a"), clip(room, "b")
    assert same(sound, (0.1, 2.375), a, 0.1)
    assert same(sound, (2.5, 3.9), b, 1.5)
    assert not same(sound, (2.49, 2.5), b, 1.49)


def test_a_lead_moves_the_crossfade_of_a_transition(room: Room) -> None:
    """The dissolve is from 1.5 s to 2 s, the sounds change from 1 s to 1.5 s."""
    first = entry("a", trim=("0", "2"), into=into("dissolve", "0.5"))
    sound = mixed(room, room.board(first, entry("b", trim=("1", "3"), sound=LEAD)))
    a, b = clip(room, "a"), clip(room, "b")
    assert sound.shape[1] == 3.5 * SAMPLE_RATE
    assert same(sound, (0.1, 1.0), a, 0.1)
    assert same(sound, (1.5, 3.4), b, 1.0)
    assert not same(sound, (1.0, 1.1), a, 1.0)


def test_without_crossfade_the_sound_changes_in_the_middle(room: Room) -> None:
    board = room.board(
        entry("a", trim=("0", "2"), into=into("dissolve", "1")),
        entry("b"),
        sound=Sound(crossfade=False),
    )
    sound = mixed(room, board)
    assert same(sound, (0.1, 1.49), clip(room, "a"), 0.1)
    assert same(sound, (1.51, 3.9), clip(room, "b"), 0.51)
    assert np.abs(sound[:, round(1.5 * SAMPLE_RATE)]).max() < 0.02  # 4 ms of fade on either side


def test_gain_and_mute_of_an_entry(room: Room) -> None:
    board = room.board(
        entry("a", trim=("0", "1"), sound=EntryVoice(gain=F(-6))),
        entry("a", trim=("1", "2"), sound=EntryVoice(mute=True)),
        entry("a", trim=("2", "3")),
    )
    sound = mixed(room, board)
    assert level(sound, 0.1, 0.9) == pytest.approx(-23, abs=0.1)
    assert np.abs(sound[:, SAMPLE_RATE : 2 * SAMPLE_RATE]).max() == 0.0
    assert level(sound, 2.1, 2.9) == pytest.approx(-17, abs=0.1)
    assert len(room.made) == 1


def test_clips_may_be_silent_altogether(room: Room) -> None:
    assert np.abs(mixed(room, room.board(sound=Sound(mute=True)))).max() == 0.0
    assert len(room.made) == 1
