"""Whole cuts, rendered and decoded again: which frame is seen when, and what is heard, to the frame and the sample."""

from fractions import Fraction
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from reelmake.media import ffmpeg
from reelmake.model.frame import Fit, Size
from reelmake.model.storyboard import Music, Output, Sound
from reelmake.model.time import SAMPLE_RATE
from tests.support.film import Room, entry, footage, heard, into, length, packets, pictures, read

pytestmark = pytest.mark.slow
NTSC = Fraction(24000, 1001)


def tone(t: np.ndarray) -> np.ndarray:
    return 0.25 * np.sin(2 * np.pi * 440 * t)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    room = Room(tmp_path)
    room.clip("a", 1, 24, sound=tone)
    room.clip("b", 2, 36)
    room.clip("c", 3, 30, sound=tone, rate=44_100, channels=1)
    return room


def sound_as_long(file: Path, fps: Fraction) -> None:
    """Video and audio tracks differ by less than an AAC frame, and all frames last equally long."""
    video = packets(file, "video")
    assert len({p.duration for p in video}) == 1
    shown = sorted(p.pts for p in video)
    assert {b - a for a, b in pairwise(shown)} == {video[0].duration}
    assert video[0].duration * video[0].time_base == 1 / fps
    assert abs(length(file, "video") - length(file, "audio")) < Fraction(1024, SAMPLE_RATE)
    assert "error" not in ffmpeg.measure(["-v", "error", "-xerror", "-i", str(file), "-f", "null", "-"]).lower()


def test_hard_cuts_show_every_frame_once(room: Room) -> None:
    reel = room.build(room.board())
    assert [read(f) for f in pictures(reel)] == [(c, n) for c, m in ((1, 24), (2, 36), (3, 30)) for n in range(m)]
    sound_as_long(reel, Fraction(24))


def test_trims_and_overlaps_to_the_frame(room: Room) -> None:
    board = room.board(
        entry("a", trim=("0.25", "1"), into=into("wipe", "0.25")),
        entry("b", trim=("0.5", None), into=into("dip", "0.25")),
        entry("c"),
    )
    frames = pictures(room.build(board))
    assert len(frames) == 18 + 24 + 30 - 6 - 6
    assert [read(f) for f in frames[:12]] == [(1, n) for n in range(6, 18)]
    assert [read(f) for f in frames[18:30]] == [(2, n) for n in range(18, 30)]
    assert [read(f) for f in frames[36:]] == [(3, n) for n in range(6, 30)]


def test_a_film_rate_that_is_no_integer(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.clip("a", 1, 30, fps=NTSC, sound=tone)
    room.clip("b", 2, 31, fps=NTSC, sound=tone)
    board = room.board(entry("a", into=into("dissolve", "0.5")), entry("b"), fps=NTSC)
    reel = room.build(board)
    frames = pictures(reel)
    assert len(frames) == 30 + 31 - 12
    assert [read(f) for f in frames[:18]] == [(1, n) for n in range(18)]
    assert [read(f) for f in frames[30:]] == [(2, n) for n in range(12, 31)]
    sound_as_long(reel, NTSC)


@pytest.mark.parametrize(("name", "params"), [("dissolve", {}), ("wipe", {"direction": "down"}), ("dip", {})])
def test_both_pictures_move_on_inside_a_join(room: Room, name: str, params: dict[str, object]) -> None:
    """The first frame of a join is nearly the leaving picture, the last nearly the entering one: each is the next."""
    frames = pictures(room.build(room.board(entry("a", into=into(name, "0.5", **params)), entry("b"))))
    assert (read(frames[12]), read(frames[23])) == ((1, 12), (2, 11))


def test_a_clip_may_give_way_to_itself(room: Room) -> None:
    """From the same place on, too: one file is then read twice at once."""
    frames = pictures(room.build(room.board(entry("a", into=into("wipe", "1")), entry("a"))))
    assert [read(frame) for frame in frames] == [(1, n) for n in range(24)]
    frames = pictures(room.build(room.board(entry("a", into=into("dissolve", "0.5")), entry("a"))))
    assert [read(frame) for frame in frames[:12] + frames[24:]] == [(1, n) for n in range(24)]


def test_a_clip_that_ends_early_holds_its_last_frame_and_says_so(room: Room) -> None:
    room.lengths["b"] = Fraction(2)
    frames = pictures(room.build(room.board()))
    assert [read(f) for f in frames[24:72]] == [(2, min(n, 35)) for n in range(48)]
    assert room.said == ["the clip ends 12 frames too early; its last frame is held"]


def test_a_clip_that_is_longer_than_ordered_is_cut(room: Room) -> None:
    room.lengths["b"] = Fraction(1)
    assert [read(f) for f in pictures(room.build(room.board()))[24:49]] == [*((2, n) for n in range(24)), (3, 0)]


def test_footage_of_another_rate_keeps_its_speed(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.clip("a", 1, 60, fps=Fraction(30))
    room.clip("b", 2, 48, fps=Fraction(48))
    frames = pictures(room.build(room.board()))
    assert len(frames) == 48 + 24
    assert [read(f)[1] for f in frames[:8]] == [0, 1, 3, 4, 5, 6, 8, 9]
    assert [read(f)[1] for f in frames[48:]] == list(range(0, 48, 2))


def test_far_into_long_footage(tmp_path: Path) -> None:
    """Reading starts near the place, not at the beginning, and the frames are still the right ones."""
    room = Room(tmp_path)
    room.clip("long", 5, 24 * 20, options={"g": "50", "bf": "2", "preset": "veryfast"})
    room.clip("b", 2, 24)
    board = room.board(entry("long", trim=("15.5", "17"), into=into("dissolve", "0.5")), entry("b"))
    frames = pictures(room.build(board))
    assert [read(f) for f in frames[:24]] == [(5, 372 + n) for n in range(24)]


@pytest.mark.parametrize("fit", ["crop", "pad", "blur", "stretch"])
def test_fits(tmp_path: Path, fit: Fit) -> None:
    room = Room(tmp_path)
    room.clip("a", 10, 180)  # frame 170 is 010101010: bars from side to side
    frames = pictures(room.build(room.board(entry("a", trim=("170/24", None))), Output("t.mp4", Size(96, 160), fit)))
    assert {(f.width, f.height) for f in frames} == {(96, 160)}
    grey = frames[0].to_ndarray(format="gray").astype(int)
    if fit == "stretch":
        assert read(frames[0]) == (10, 170)
    elif fit in ("pad", "blur"):
        assert read(frames[0], box=(0, 58, 96, 102)) == (10, 170)
        assert (grey[:50].max() == 0) == (fit == "pad")
    else:
        whole = pictures(room.clips["a"])[170].to_image().convert("L").resize((346, 160)).crop((124, 0, 220, 160))
        assert np.abs(np.asarray(whole).astype(int) - grey).mean() < 6


def test_one_changed_clip_makes_its_body_its_joins_the_mix_and_the_reel(room: Room) -> None:
    board = room.board(entry("a", into=into("dissolve", "0.25")), entry("b"), entry("c"), entry("a"))
    room.build(board)
    assert len(room.made) == 5 + 1 + 1
    room.build(board)
    assert room.made == []
    footage(room.folder / "c.mp4", 7, 30)
    room.build(board)
    assert room.made == ["segment:cut.mp4:004", "sound:cut.mp4", "reel:cut.mp4"]
    footage(room.folder / "b.mp4", 8, 36)
    room.build(board)
    assert room.made[:2] == ["segment:cut.mp4:002", "segment:cut.mp4:003"]


def test_the_same_bytes_twice(room: Room, tmp_path: Path) -> None:
    board = room.board(entry("a", into=into("dip", "0.25"), title="Once"), entry("c"))
    first = sha256(room.build(board).read_bytes()).hexdigest()
    for file in room.done.values():
        file.unlink()
    room.done.clear()
    assert sha256(room.build(board).read_bytes()).hexdigest() == first


def loudness(wave: np.ndarray, begin: float, end: float) -> float:
    """dBFS of a stretch, in seconds."""
    part = wave[:, int(begin * SAMPLE_RATE) : int(end * SAMPLE_RATE)]
    return float(10 * np.log10((part**2).mean() + 1e-12))


def test_sound_lies_where_its_picture_is(tmp_path: Path) -> None:
    def click(t: np.ndarray) -> np.ndarray:
        return np.where((t >= 0.5) & (t < 0.51), 0.8, 0.0)

    room = Room(tmp_path)
    room.clip("a", 1, 24, sound=click)
    room.clip("b", 2, 24, sound=click, rate=44_100, channels=1)
    room.clip("c", 3, 24)
    wave = heard(room.build(room.board(entry("a"), entry("b", trim=("0.25", "1")), entry("c"), entry("b"))))
    starts = np.flatnonzero(np.abs(wave[0]) > 0.4)
    begins = starts[np.insert(np.diff(starts) > SAMPLE_RATE // 10, 0, True)] / SAMPLE_RATE
    assert begins == pytest.approx([0.5, 1.25, 3.25], abs=0.002)
    assert loudness(wave, 1.8, 2.7) < -80


def test_a_mono_clip_is_as_loud_as_a_stereo_one(room: Room) -> None:
    wave = heard(room.build(room.board(entry("a"), entry("c"))))
    assert loudness(wave, 0.2, 0.8) == pytest.approx(-15.05, abs=0.3)
    assert loudness(wave, 1.2, 2.0) == pytest.approx(-15.05, abs=0.3)


def test_music_steps_back_under_clip_sound_and_fades(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.clip("quiet", 1, 72)
    room.clip("loud", 2, 48, sound=lambda t: 0.25 * np.sin(2 * np.pi * 3000 * t))
    room.clip("still", 3, 72, sound=lambda t: 0.03 * np.sin(2 * np.pi * 3000 * t))
    footage(tmp_path / "bed.mp4", 9, 48, sound=tone)
    music = Music("bed.mp4", gain=Fraction(-6), duck=Fraction(12), fade_in=Fraction(1, 2), fade_out=Fraction(1))
    reel = room.build(room.board(sound=Sound(music)))
    wave = heard(reel)
    bed = _band(wave, 440)
    assert bed(1.0, 2.5) == pytest.approx(-21.05, abs=0.5)
    assert bed(3.5, 4.8) == pytest.approx(-33.05, abs=0.7)
    assert bed(6.3, 6.9) == pytest.approx(-21.05, abs=0.5)
    assert bed(0.0, 0.1) < -30
    assert bed(7.9, 8.0) < -36
    sound_as_long(reel, Fraction(24))


def _band(wave: np.ndarray, hertz: float):  # type: ignore[no-untyped-def]
    def level(begin: float, end: float) -> float:
        part = wave[0, int(begin * SAMPLE_RATE) : int(end * SAMPLE_RATE)]
        t = np.arange(len(part)) / SAMPLE_RATE
        amplitude = 2 * abs((part * np.exp(-2j * np.pi * hertz * t)).mean())
        return float(20 * np.log10(amplitude / np.sqrt(2) + 1e-9))

    return level


@pytest.mark.parametrize("wanted", [-16, -23])
def test_loudness_of_the_whole_programme(tmp_path: Path, wanted: int) -> None:
    room = Room(tmp_path)
    room.clip("a", 1, 96, sound=lambda t: 0.05 * np.sin(2 * np.pi * 1000 * t))
    reel = room.build(room.board(sound=Sound(loudness=Fraction(wanted))))
    said = ffmpeg.measure(["-i", str(reel), "-af", "ebur128", "-f", "null", "-"])
    measured = float(said.rpartition("I:")[2].split()[0])
    assert measured == pytest.approx(wanted, abs=0.4)


def test_peaks_limit_the_gain(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.clip("a", 1, 96, sound=lambda t: np.where((t * 10).astype(int) % 10 == 0, 0.7, 0.02) * np.sin(6000 * t))
    wave = heard(room.build(room.board(sound=Sound(loudness=Fraction(-5)))))
    assert np.abs(wave).max() < 10 ** (-0.3 / 20)
    assert "as loud as its peaks allow" in room.said[-1]


def test_a_cut_without_any_sound_has_a_silent_track(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.clip("a", 1, 24)
    reel = room.build(room.board(sound=Sound(loudness=Fraction(-16))))
    assert np.abs(heard(reel)).max() < 1e-4
    sound_as_long(reel, Fraction(24))


def test_a_join_of_like_sounds_keeps_going(room: Room) -> None:
    """Equal power: two different sounds across a join are as loud in the middle as on their own."""
    rng = np.random.default_rng(1)
    room.clip("n", 4, 48, sound=lambda t: 0.2 * rng.standard_normal(len(t)))
    room.clip("m", 5, 48, sound=lambda t: 0.2 * rng.standard_normal(len(t)))
    wave = heard(room.build(room.board(entry("n", into=into("dissolve", "1")), entry("m"))))
    levels = [loudness(wave, t, t + 0.2) for t in (0.4, 1.2, 1.4, 1.6, 2.4)]
    assert max(levels) - min(levels) < 1.2


def test_going_on_in_the_same_clip_is_not_heard(room: Room) -> None:
    whole = heard(room.build(room.board(entry("a"))))
    split = heard(room.build(room.board(entry("a", trim=("0", "0.5")), entry("a", trim=("0.5", "1")))))
    middle = slice(SAMPLE_RATE // 2 - 400, SAMPLE_RATE // 2 + 400)
    assert np.abs(whole[:, middle] - split[:, middle]).max() < 0.02
