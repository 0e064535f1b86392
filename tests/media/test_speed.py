"""Slow and fast motion and held frames, in a rendered cut: frames are numbered, sounds are tones."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from reelmake.media import ffmpeg
from reelmake.model.cut_entries import CutEntry
from reelmake.model.frame import MOVES
from reelmake.model.storyboard import Shot
from reelmake.model.time import SAMPLE_RATE
from tests.support.film import Room, entry, heard, into, pictures, read

pytestmark = pytest.mark.slow


def tone(t: np.ndarray) -> np.ndarray:
    return 0.25 * np.sin(2 * np.pi * 440 * t)


def paced(shot: str, speed: str = "1", freeze: str = "0", **how: object) -> CutEntry:
    return replace(entry(shot, **how), speed=Fraction(speed), freeze=Fraction(freeze))  # type: ignore[arg-type]


@pytest.fixture
def room(tmp_path: Path) -> Room:
    room = Room(tmp_path)
    room.clip("a", 1, 48, sound=tone)
    room.clip("b", 2, 24)
    return room


def numbers(room: Room, *entries: CutEntry) -> list[tuple[int, int]]:
    return [read(frame) for frame in pictures(room.build(room.board(*entries)))]


def test_half_speed_shows_every_frame_twice(room: Room) -> None:
    assert numbers(room, paced("a", "0.5")) == [(1, n // 2) for n in range(96)]


def test_double_speed_shows_every_other_frame(room: Room) -> None:
    assert numbers(room, paced("a", "2")) == [(1, 2 * n) for n in range(24)]


def test_trim_counts_seconds_of_the_clip(room: Room) -> None:
    shown = numbers(room, paced("a", "0.5", trim=("0.5", "1")), paced("a", "4", trim=("1", None)))
    assert shown == [*((1, 12 + n // 2) for n in range(24)), *((1, 24 + 4 * n) for n in range(6))]


def test_a_transition_lasts_as_long_as_it_says(room: Room) -> None:
    shown = numbers(room, paced("a", "0.5", into=into("dissolve", "0.5")), entry("b"))
    assert len(shown) == 96 + 24 - 12
    assert shown[:84] == [(1, n // 2) for n in range(84)]
    assert shown[96:] == [(2, n) for n in range(12, 24)]


def test_freeze_holds_the_last_frame_that_is_shown(room: Room) -> None:
    shown = numbers(room, paced("a", freeze="0.5", trim=("0", "1")), entry("b"))
    assert shown == [*((1, n) for n in range(24)), *[(1, 23)] * 12, *((2, n) for n in range(24))]
    assert room.said == []


def held(clip: CutEntry, seconds: str) -> CutEntry:
    """Its first frame stands still before it moves."""
    return replace(clip, freeze_first=Fraction(seconds))


def test_the_first_frame_is_held_before_it_moves(room: Room) -> None:
    shown = numbers(room, held(paced("a", freeze="0.25", trim=("0.5", "1")), "0.5"), entry("b"))
    moving = [(1, n) for n in range(12, 24)]
    assert shown == [*[(1, 12)] * 12, *moving, *[(1, 23)] * 6, *((2, n) for n in range(24))]


@pytest.mark.parametrize("seconds", ["0.25", "1"])
def test_a_transition_may_end_in_the_first_freeze_or_in_the_motion(room: Room, seconds: str) -> None:
    joined = entry("a", trim=("0", "1.25"), into=into("wipe", seconds))
    shown = numbers(room, joined, held(entry("b"), "0.5"))
    overlap = int(Fraction(seconds) * 24)
    assert shown[30:] == [(2, max(0, n - 12)) for n in range(overlap, 36)]
    assert shown[: 30 - overlap] == [(1, n) for n in range(30 - overlap)]


def test_a_first_frame_that_is_held_is_silent(room: Room) -> None:
    wave = heard(room.sound(room.board(held(paced("a", trim=("0.5", "1.5")), "0.5"))))
    assert level(wave, 0, 0.48) < -80
    assert level(wave, 0.52, 1.48) == pytest.approx(-15, abs=1)


def test_a_camera_waits_for_nothing_and_never_leaves_the_picture(room: Room) -> None:
    """It moves on while a first frame is held, and begins where its move does."""
    board = room.board(held(entry("b"), "0.5"))
    moving = replace(board, shots={**board.shots, "b": replace(board.shots["b"], move=MOVES["in"])})
    assert [read(f)[0] for f in pictures(room.build(moving))][:14] == [2] * 14


def test_a_transition_may_begin_in_the_freeze(room: Room) -> None:
    board = room.board(paced("a", "2", "1", trim=("0", "1"), into=into("wipe", "0.5")), entry("b"))
    shown = [read(frame) for frame in pictures(room.build(board))]
    assert shown[:24] == [*((1, 2 * n) for n in range(12)), *[(1, 22)] * 12]
    assert len(shown) == 12 + 24 - 12 + 24


def level(wave: np.ndarray, begin: float, end: float) -> float:
    part = wave[:, int(begin * SAMPLE_RATE) : int(end * SAMPLE_RATE)]
    return float(10 * np.log10((part**2).mean() + 1e-12))


def pitch(wave: np.ndarray, begin: float, end: float) -> float:
    part = wave[0, int(begin * SAMPLE_RATE) : int(end * SAMPLE_RATE)]
    power = np.abs(np.fft.rfft(part * np.hanning(len(part))))
    return float(power.argmax() * SAMPLE_RATE / len(part))


@pytest.mark.parametrize(("speed", "length"), [("0.5", 4), ("0.2", 10), ("2", 1)])
def test_sound_keeps_its_pitch_and_ends_with_the_picture(room: Room, speed: str, length: int) -> None:
    wave = heard(room.build(room.board(paced("a", speed), entry("b"))))
    assert wave.shape[1] == pytest.approx((length + 1) * SAMPLE_RATE, abs=2)
    assert pitch(wave, 0.2, length - 0.2) == pytest.approx(440, abs=4)
    assert level(wave, 0.2, length - 0.2) == pytest.approx(-15, abs=3.5)
    assert level(wave, length + 0.1, length + 0.9) < -80


def test_a_held_frame_is_silent(room: Room) -> None:
    wave = heard(room.build(room.board(paced("a", freeze="1", trim=("0", "1")))))
    assert level(wave, 0.1, 0.9) == pytest.approx(-15, abs=1)
    assert level(wave, 1.1, 1.9) < -80


def test_sound_beside_a_held_frame_does_not_click(room: Room) -> None:
    """It is cut off in the middle of a wave, at 13 / 24 s; in four thousandths of a second it is gone."""
    wave = heard(room.build(room.board(paced("a", freeze="0.5", trim=("0", "13/24")))))
    assert np.abs(np.diff(wave[0])).max() < 0.03
    assert level(wave, 0.1, 0.53) == pytest.approx(-15, abs=1)
    assert level(wave, 0.56, 0.9) < -60


def test_only_the_entry_that_changes_its_pace_is_made_again(room: Room) -> None:
    room.build(room.board(entry("a"), entry("b")))
    room.build(room.board(entry("a"), paced("b", freeze="1")))
    assert [step for step in room.made if step[:7] == "segment"] == ["segment:cut.mp4:002"]


def clicks(t: np.ndarray) -> np.ndarray:
    """A short hiss at the beginning of every half second."""
    return np.where(t % 0.5 < 0.1, np.random.default_rng(1).uniform(-0.3, 0.3, len(t)), 0)


@pytest.mark.parametrize("speed", ["0.25", "0.5", "0.8", "1.25", "2", "10"])
def test_sound_is_heard_where_it_belongs_up_to_its_end(tmp_path: Path, speed: str) -> None:
    """In pieces that are moved by some milliseconds, but all of it, and none the earlier the slower it is."""
    room = Room(tmp_path)
    room.clip("a", 1, 24 * 8, sound=clicks)
    power = heard(room.build(room.board(paced("a", speed))))[0] ** 2
    pace = float(Fraction(speed))
    for second in np.arange(0.55, 8, 0.5) / pace:
        first, last = (int((second + way / pace) * SAMPLE_RATE) for way in (-0.25, 0.25))
        around = power[first:last]
        centre = (around @ np.arange(len(around))) / around.sum() / SAMPLE_RATE
        assert centre == pytest.approx(0.25 / pace, abs=0.025)
        assert around.sum() / SAMPLE_RATE > 0.2 * 0.1 * 0.03 / pace


def test_a_picture_may_be_sped(room: Room) -> None:
    Image.new("RGB", (208, 96), (200, 30, 30)).save(room.folder / "a.png")
    room.clips["a"], room.lengths["a"] = room.folder / "a.png", Fraction(2)
    board = room.board(paced("a", "3"), paced("b", "50"))
    assert len(pictures(room.build(replace(board, shots={**board.shots, "a": Shot("a", file="a.png")})))) == 16 + 1


@pytest.mark.parametrize("rate", [24, 1000])
def test_times_that_are_counted_coarsely(tmp_path: Path, rate: int) -> None:
    """Frames are chosen by where they fall, not by how finely the file tells."""
    room = Room(tmp_path)
    room.clip("fine", 1, 48)
    file, form = (tmp_path / "a.mkv", "matroska") if rate == 1000 else (tmp_path / "a.mov", "mov")
    copy = ["-i", str(room.clips["fine"]), "-c", "copy", "-video_track_timescale", str(rate), "-f", form, str(file)]
    ffmpeg.run(copy, file, frames=48)
    room.clips["a"], room.lengths["a"] = file, Fraction(2)
    assert numbers(room, paced("a", "3")) == [(1, 3 * n) for n in range(16)]
    assert numbers(room, paced("a", "1.25")) == [(1, 5 * n // 4) for n in range(38)]
