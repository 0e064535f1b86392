"""Pauses of a voice are found in its sound, to a reading of 10 ms, whatever its level and its room are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from reelmake.media.pauses import pauses
from tests.support.waves import tone, wav


def voiced(*parts: float, level: float = 0.3) -> np.ndarray:
    """Silence and voice in turn, seconds of each."""
    pieces = [tone(220, s) * (level * (n % 2)) for n, s in enumerate(parts)]
    return np.concatenate(pieces)


@pytest.mark.parametrize("level", [0.02, 0.3, 0.9])
@pytest.mark.parametrize("room", [0.0, 0.0003])
def test_pauses_of_a_voice(tmp_path: Path, level: float, room: float) -> None:
    sound = voiced(0.2, 1, 0.4, 0.5, 0.05, 0.5, 0.3, 0.7, 0.2, level=level)  # 50 ms is before a p
    noise = np.random.default_rng(1).normal(0, room, len(sound))
    found = pauses(wav(tmp_path / "voice.wav", sound + noise))
    assert found == pytest.approx([200, 1200, 1600, 2650, 2950, 3650], abs=20)


def test_a_sound_without_a_voice_has_none(tmp_path: Path) -> None:
    assert pauses(wav(tmp_path / "voice.wav", np.zeros(48_000))) == []
