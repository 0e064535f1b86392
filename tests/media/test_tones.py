"""The way the AAC encoder takes is quick, and never such that it spoils a tone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from reelmake.media.aac import LOUD, coder
from reelmake.media.sound_file import BLOCK
from reelmake.model.time import SAMPLE_RATE
from tests.support.waves import encoded

RATE = 192_000
T = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE
TONES = {
    "low": np.sin(2 * np.pi * 60 * T),
    "middle": np.sin(2 * np.pi * 437 * T),
    "high": np.sin(2 * np.pi * 11_000.3 * T),
    "sweep": np.sin(2 * np.pi * (100 * T + 500 * T * T)),
    "drum": np.sin(2 * np.pi * 50 * T) * np.exp(-(T % 0.5) * 6),
    "beats": (np.sin(2 * np.pi * 150 * T) + np.sin(2 * np.pi * 153 * T)) / 2,
}


def clean(folder: Path, wave: np.ndarray, way: str) -> float:
    """dB by which the sound is above what the encoder made of it."""
    back = encoded(folder, wave, RATE, way)
    inner = slice(4096, min(wave.shape[1], back.shape[1]) - 4096)
    return float(10 * np.log10((wave[:, inner] ** 2).sum() / ((wave - back[:, : wave.shape[1]])[:, inner] ** 2).sum()))


@pytest.mark.parametrize("amplitude", [0.2, 0.34, 0.5, 0.95])
@pytest.mark.parametrize("name", TONES)
def test_tones_of_any_loudness_stay_clean(tmp_path: Path, name: str, amplitude: float) -> None:
    for wave in (np.stack([amplitude * TONES[name]] * 2), np.stack((amplitude * TONES[name], 0 * T))):
        block = wave.astype(np.float32)
        assert clean(tmp_path, block, coder([block], RATE)) > 40


def test_what_is_feared_is_so(tmp_path: Path) -> None:
    """The day that this fails the quick way may be taken always."""
    assert clean(tmp_path, np.stack([0.9 * TONES["middle"]] * 2).astype(np.float32), "fast") < 20


def test_most_sound_takes_the_quick_way() -> None:
    noise = np.random.default_rng(1).normal(0, 0.3, (2, BLOCK)).astype(np.float32)
    chord = np.stack([sum(0.3 * np.sin(2 * np.pi * f * T) for f in (262, 330, 392))] * 2).astype(np.float32)
    for wave in (noise, chord, np.zeros((2, BLOCK), np.float32), (LOUD * 0.95 * TONES["low"])[None].repeat(2, 0)):
        assert coder([wave], RATE) == "fast"
    assert coder([noise], 64_000) == "twoloop"


def test_a_tone_in_one_block_of_many_is_found() -> None:
    still, loud = np.zeros((2, BLOCK), np.float32), np.stack([0.9 * TONES["middle"]] * 2).astype(np.float32)
    assert coder([still, still, loud, still], RATE) == "twoloop"
