"""Loudness by ffmpeg's own meter, on the file that is handed out; what the limiter does to peaks, and only there."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelmake.media import limiter
from reelmake.media.loudness import gated, measure
from reelmake.media.sample_file import SampleFile
from reelmake.model.storyboard import Sound, Track
from reelmake.model.time import SAMPLE_RATE
from tests.support.film import Room, entry
from tests.support.waves import floats, level, mixed, tone, wav

F = Fraction


def drums(seconds: float = 12) -> np.ndarray:
    """A soft tone, and a short hard hit twice a second: 20 dB between loudness and peaks."""
    t = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    hit = 0.8 * np.exp(-(t % 0.5) * 300) * np.sin(2 * np.pi * 3000 * t)
    return 0.1 * np.sin(2 * np.pi * 300 * t) + hit


@pytest.fixture
def room(tmp_path: Path) -> Room:
    room = Room(tmp_path)
    room.clip("a", 1, 24 * 12)
    wav(tmp_path / "drums.wav", drums())
    wav(tmp_path / "hum.wav", tone(700, 12, -40))
    return room


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "wanted", "peak"),
    [
        ("hum.wav", -23, -1),
        ("hum.wav", -30, -1),
        ("drums.wav", -16, -1),
        ("drums.wav", -14, -2),
        ("drums.wav", -20, -6),
        ("drums.wav", -30, -1),
    ],
)
def test_loudness_and_true_peak_of_what_is_handed_out(room: Room, file: str, wanted: int, peak: int) -> None:
    sound = Sound(tracks=(Track(file),), loudness=F(wanted), true_peak=F(peak))
    found = measure(room.sound(room.board(sound=sound)))
    assert found.integrated == pytest.approx(wanted, abs=0.5)
    assert found.peak <= peak
    assert room.said == []


@pytest.mark.parametrize(
    ("length", "floor", "said"),
    [
        (6, 0.05, "the sound is shorter than 0.4 s, which is too short to measure"),
        (96, 3e-5, "the sound is nowhere above -70 LUFS, which is too quiet to measure"),
        (96, 0.0, "the sound cannot be brought to -16 LUFS: it is silent throughout"),
    ],
)
def test_what_cannot_be_measured_is_left_alone(tmp_path: Path, length: int, floor: float, said: str) -> None:
    """A quarter of a second is less than a block of the meter; noise below its gate counts for nothing."""
    room = Room(tmp_path)
    room.clip("a", 1, length)
    noise = np.random.default_rng(1).uniform(-floor, floor, SAMPLE_RATE * length // 24)
    wav(tmp_path / "floor.wav", noise)
    plain, wanted = (
        mixed(room, room.board(entry("a"), sound=Sound(tracks=(Track("floor.wav"),), loudness=n)))
        for n in (None, F(-16))
    )
    assert np.array_equal(plain, wanted)
    assert [words[: len(said)] for words in room.said] == [said]


def test_what_is_louder_than_any_meter_is_brought_down(tmp_path: Path) -> None:
    """+23 LUFS: FFmpeg's own sum takes no block for louder than +10."""
    room = Room(tmp_path)
    room.clip("a", 1, 24 * 4)
    wav(tmp_path / "square.wav", np.sign(np.sin(2 * np.pi * 440 * np.arange(SAMPLE_RATE * 4) / SAMPLE_RATE)))
    track = Track("square.wav", gain=F(20))
    found = measure(room.sound(room.board(entry("a"), sound=Sound(tracks=(track,), loudness=F(-16)))))
    assert found.integrated == pytest.approx(-16, abs=0.5)
    assert room.said == []


def test_what_is_no_number_is_not_heard(tmp_path: Path) -> None:
    """One sample of a float file that is none does not take the whole programme with it."""
    room = Room(tmp_path)
    room.clip("a", 1, 24 * 4)
    hum = tone(700, 4, -30)
    hum[SAMPLE_RATE] = np.nan
    hum[2 * SAMPLE_RATE] = np.inf
    floats(tmp_path / "hum.wav", hum)
    found = measure(room.sound(room.board(entry("a"), sound=Sound(tracks=(Track("hum.wav"),), loudness=F(-23)))))
    assert found.integrated == pytest.approx(-23, abs=0.5)


@pytest.mark.parametrize("loud", [-69.0, -30.0, 9.0, 14.0, 40.0])
def test_blocks_that_count(loud: float) -> None:
    """What is 10 LU below the rest counts for nothing, wherever on the scale that is, nor does what is no number."""
    assert gated([loud] * 20 + [loud - 25] * 5 + [-80.0, -np.inf, np.nan]) == pytest.approx(loud)
    assert gated([-70.0, -90.0]) == gated([]) == -np.inf


@pytest.mark.slow
def test_what_is_out_of_reach_is_said(room: Room) -> None:
    """One hit in silence: no limiter makes that loud."""
    hit = drums()
    hit[SAMPLE_RATE // 4 :] = tone(300, 12, -60)[SAMPLE_RATE // 4 :]
    wav(room.folder / "drums.wav", hit)
    found = measure(room.sound(room.board(sound=Sound(tracks=(Track("drums.wav"),), loudness=F(-10)))))
    assert found.peak <= -1
    assert "as loud as its peaks allow; the target was -10" in room.said[-1]


@pytest.mark.slow
def test_no_gain_is_no_change(room: Room) -> None:
    """Where peaks allow it the loudness is one gain: the same samples, times one number."""
    plain, loud = (mixed(room, room.board(sound=Sound(tracks=(Track("hum.wav"),), loudness=n))) for n in (None, F(-30)))
    ratio = level(loud, 0, 12) - level(plain, 0, 12)
    assert np.abs(loud - plain * 10 ** (ratio / 20)).max() < 1e-6


def test_true_peaks_between_the_samples(tmp_path: Path) -> None:
    """A quarter of the rate, sampled beside its peaks: 3 dB higher than any sample."""
    n = np.arange(SAMPLE_RATE)
    wave = 0.5 * np.sin(np.pi * n / 2 + np.pi / 4)
    with SampleFile(tmp_path / "tape", len(wave)) as tape:
        tape.write(0, np.stack((wave, 0 * wave)).astype(np.float32))
        high = limiter.peaks(tape)
    assert len(high) == 1000
    assert np.abs(wave).max() == pytest.approx(0.3536, abs=1e-3)
    assert high[5:-5] == pytest.approx(0.5, abs=0.002)


over = st.lists(st.floats(0, 4), min_size=1, max_size=60)


@given(over, st.floats(-12, 0))
def test_the_limiter_is_enough_everywhere_and_not_more_than_needed(high: list[float], ceiling: float) -> None:
    points = limiter.reduction(np.array(high), ceiling)
    factor = limiter.gains(points, 0, len(high) * limiter.STEP).reshape(len(high), -1)
    assert (factor.max(axis=1) * np.array(high) <= 10 ** (ceiling / 20) * 1.0001).all()
    most = max(0.0, 20 * np.log10(max(*high, 1e-9)) - ceiling) if len(high) > 1 else points.max()
    assert points.max() == pytest.approx(most)


def test_nothing_is_limited_far_from_a_peak() -> None:
    high = np.full(2000, 0.1)
    high[1000] = 1.0
    points = limiter.reduction(high, -6.0)
    assert points[1000] == points[1001] == pytest.approx(6)
    assert points[990] == 0.0
    assert 0 < points[1100] < 6
    assert points[1300] == 0.0
