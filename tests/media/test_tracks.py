"""Narration, effects and music in the mix: where they begin to the sample, how loud they are, what steps back when."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reelmake.errors import LocalTool
from reelmake.model.storyboard import Music, Sound, Track
from reelmake.model.time import SAMPLE_RATE, samples
from tests.support.film import Room, entry, into
from tests.support.waves import level, mixed, surround, tone, wav

pytestmark = pytest.mark.slow
NTSC = Fraction(24000, 1001)
F = Fraction


@pytest.fixture
def room(tmp_path: Path) -> Room:
    """Three clips of 2 s without sound."""
    room = Room(tmp_path)
    for number, id in enumerate("abc", 1):
        room.clip(id, number, 48)
    return room


def tracks(*found: Track, **more: Any) -> Sound:
    return Sound(tracks=found, **more)


def click(room: Room) -> str:
    wave = np.zeros(1000)
    wave[0], wave[500] = 0.5, -0.25
    wav(room.folder / "click.wav", wave)
    return "click.wav"


@pytest.mark.parametrize("at", [F(0), F(1), F("1.23456"), F(1, 48000), F("5.99")])
def test_a_track_begins_at_its_sample(room: Room, at: Fraction) -> None:
    sound = mixed(room, room.board(sound=tracks(Track(click(room), at=at))))
    first = round(at * SAMPLE_RATE)
    there = {n: v for n in (first, first + 500) if n < sound.shape[1] for v in [round(float(sound[0, n]), 4)]}
    assert there == {n: v for n, v in ((first, 0.5), (first + 500, -0.25)) if n < sound.shape[1]}
    assert np.count_nonzero(np.abs(sound) > 1e-6) == 2 * len(there)


@pytest.mark.parametrize(("shot", "offset"), [("b", F(0)), ("c", F(1, 4)), ("c", F("-0.5")), ("a", F(0))])
def test_a_track_begins_with_the_picture_of_its_shot(tmp_path: Path, shot: str, offset: Fraction) -> None:
    room = Room(tmp_path)
    for number, id in enumerate("abc", 1):
        room.clip(id, number, 48, fps=NTSC)
    board = room.board(
        entry("a", into=into("dissolve", "0.5")),
        entry("b"),
        entry("c"),
        entry("b"),
        fps=NTSC,
        sound=tracks(Track(click(room), shot=shot, at=offset)),
    )
    begins = {"a": 0, "b": 36, "c": 84}[shot]
    sound = mixed(room, board)
    assert int(np.argmax(sound[0])) == samples(begins, NTSC) + round(offset * SAMPLE_RATE)


def test_the_mix_is_as_long_as_the_cut_whatever_the_tracks_are(room: Room) -> None:
    wav(room.folder / "long.wav", tone(440, 9))
    wav(room.folder / "short.wav", tone(440, 0.5))
    sound = mixed(room, room.board(sound=tracks(Track("long.wav", at=F(1)), Track("short.wav"))))
    assert sound.shape == (2, 6 * SAMPLE_RATE)
    assert level(sound, 0.51, 0.99) < -150
    assert level(sound, 5.5, 5.99) == pytest.approx(-20, abs=0.01)
    assert abs(sound[0, -1]) < 1e-3  # cut off by the end of the cut, but without a click


def test_gain_trim_fades_and_loop(room: Room) -> None:
    wav(room.folder / "two.wav", np.concatenate((tone(440, 1), tone(880, 1))))
    board = room.board(
        sound=tracks(
            Track("two.wav", at=F(1), trim=(F(1, 2), F(3, 2)), gain=F(-6), fade_out=F(1, 2)),
            Track("two.wav", at=F(3), trim=(F(1), None), loop=True, fade_in=F(1)),
        )
    )
    sound = mixed(room, board)
    assert level(sound, 0, 1) < -150
    assert level(sound, 1.01, 1.5, 440) == pytest.approx(-26, abs=0.05)
    assert level(sound, 1.5, 1.51, 880) == pytest.approx(-26, abs=0.1)
    assert level(sound, 1.75, 1.752) == pytest.approx(-29, abs=1)  # half way of an equal-power fade
    assert level(sound, 2.0, 3.0) < -150
    assert level(sound, 4.1, 5.9, 880) == pytest.approx(-20, abs=0.1)


@pytest.mark.parametrize(("rate", "channels"), [(8000, 1), (44100, 2), (96000, 1), (48000, 1)])
def test_other_rates_and_layouts_keep_time_and_level(room: Room, rate: int, channels: int) -> None:
    t = np.arange(rate) / rate
    wave = np.where((t >= 0.25) & (t < 0.75), 0.2 * np.sin(2 * np.pi * 500 * t), 0.0)
    wav(room.folder / "x.wav", np.tile(wave, (channels, 1)), rate)
    sound = mixed(room, room.board(sound=tracks(Track("x.wav", at=F(1)))))
    assert level(sound, 1.3, 1.7) == pytest.approx(20 * np.log10(0.2 / np.sqrt(2)), abs=0.05)
    assert np.allclose(sound[0], sound[1])
    loud = np.flatnonzero(np.abs(sound[0]) > 0.02) / SAMPLE_RATE
    assert loud[0] == pytest.approx(1.25, abs=2e-4)
    assert loud[-1] == pytest.approx(1.75, abs=2e-4)


def test_surround_is_mixed_down(room: Room) -> None:
    """The centre is heard on both sides, the left on the left only; nothing is clipped."""
    wave = np.zeros((6, SAMPLE_RATE))
    wave[2] = tone(440, 1)
    wave[0] = tone(1000, 1)
    surround(room.folder / "s.flac", wave)
    sound = mixed(room, room.board(sound=tracks(Track("s.flac"))))
    left, right = sound[:1], sound[1:]
    assert level(left, 0.1, 0.9, 440) == pytest.approx(level(right, 0.1, 0.9, 440), abs=0.01)
    assert level(left, 0.1, 0.9, 1000) - level(left, 0.1, 0.9, 440) == pytest.approx(3, abs=0.1)
    assert level(right, 0.1, 0.9, 1000) < -80


def test_music_and_clips_step_back_under_narration(tmp_path: Path) -> None:
    """Narration from 3 s to 4 s: by as much as was asked, before it begins, and back after it."""
    room = Room(tmp_path)
    room.clip("a", 1, 168, sound=lambda t: 0.02 * np.sin(2 * np.pi * 500 * t))
    wav(tmp_path / "voice.wav", tone(2000, 1, -30))
    wav(tmp_path / "bed.wav", tone(440, 7, -20))
    wav(tmp_path / "rain.wav", tone(880, 7, -30))
    sound = Sound(
        Music("bed.wav", duck=F(12)),
        duck=F(6),
        tracks=(Track("voice.wav", "narration", at=F(3)), Track("rain.wav", duck=F(9))),
    )
    wave = mixed(room, room.board(sound=sound))
    for hertz, depth in ((440, 12), (500, 6), (880, 9)):
        whole = level(wave, 0.5, 2.5, hertz)
        assert level(wave, 3.0, 4.0, hertz) == pytest.approx(whole - depth, abs=0.15)
        assert level(wave, 5.5, 6.5, hertz) == pytest.approx(whole, abs=0.1)
    assert level(wave, 3.0, 4.0, 2000) == pytest.approx(-30, abs=0.05)


def test_effects_make_nothing_step_back(room: Room) -> None:
    wav(room.folder / "loud.wav", tone(2000, 2, -10))
    wav(room.folder / "bed.wav", tone(440, 6, -20))
    wave = mixed(room, room.board(sound=Sound(Music("bed.wav", duck=F(12)), tracks=(Track("loud.wav", at=F(2)),))))
    assert level(wave, 2.5, 3.5, 440) == pytest.approx(-20, abs=0.1)


def test_a_file_that_has_no_sound_where_it_should_is_named(room: Room) -> None:
    wav(room.folder / "short.wav", tone(440, 0.5))
    with pytest.raises(LocalTool, match=r"short\.wav has no sound after 2 s"):
        room.sound(room.board(sound=tracks(Track("short.wav", trim=(F(2), None)))))
    with pytest.raises(LocalTool, match=r"a\.mp4 has no sound$"):
        room.sound(room.board(sound=tracks(Track("a.mp4", loop=True))))


def test_a_changed_gain_mixes_again_and_does_nothing_else(room: Room) -> None:
    file = click(room)
    room.build(room.board(sound=tracks(Track(file))))
    assert sorted({made.partition(":")[0] for made in room.made}) == ["reel", "segment", "sound"]
    room.build(room.board(sound=tracks(Track(file, gain=F(-3)))))
    assert room.made == ["sound:cut.mp4", "reel:cut.mp4"]


def test_the_same_tracks_give_the_same_bytes(room: Room) -> None:
    wav(room.folder / "voice.wav", tone(2000, 3, -30))
    sound = Sound(
        tracks=(Track("voice.wav", "narration"), Track("voice.wav", "music", loop=True, duck=F(6))),
        loudness=F(-16),
    )
    first = room.sound(room.board(sound=sound)).read_bytes()
    for file in room.done.values():
        file.unlink()
    room.done.clear()
    assert room.sound(room.board(sound=sound)).read_bytes() == first


def test_music_begins_where_it_is_asked_to_with_the_part_that_is_asked_for(room: Room) -> None:
    """Half a second of 300 Hz from the middle of a file, again and again from a second of the cut on."""
    t = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE
    wav(room.folder / "bed.wav", 0.25 * np.sin(2 * np.pi * np.where(t < 1, 900, 300) * t))
    music = Music("bed.wav", at=F(1), trim=(F(1), F(3, 2)), fade_in=F(1, 2), fade_out=F(1, 2))
    sound = mixed(room, room.board(sound=Sound(music)))[0]
    assert np.abs(sound[: SAMPLE_RATE - 10]).max() < 1e-4

    def loud(second: float, hertz: int) -> float:
        part = sound[round(second * SAMPLE_RATE) :][:9600]
        return float(abs((part * np.exp(-2j * np.pi * hertz * np.arange(len(part)) / SAMPLE_RATE)).mean())) * 2

    assert loud(1.0, 300) < 0.12  # it comes from where it begins
    for second in (1.55, 2.1, 4.2):
        assert loud(second, 300) == pytest.approx(0.25, rel=0.05)
        assert loud(second, 900) < 0.01
    assert np.abs(sound[-200:]).max() < 0.01
