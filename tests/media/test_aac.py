"""AAC that is encoded in parts: as long, and as clean, as if one encoder had made it in one go."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from reelmake.media import aac
from reelmake.model.time import SAMPLE_RATE
from tests.support.waves import encoded

RATE = 128_000
SECONDS = 12


def plucked() -> np.ndarray:
    """Hits, notes and hiss, another every quarter of a second: windows of all kinds follow each other."""
    chance = np.random.default_rng(7)
    t = np.arange(SECONDS * SAMPLE_RATE) / SAMPLE_RATE
    wave = chance.normal(0, 0.01, (2, len(t)))
    for begin in range(0, len(t), SAMPLE_RATE // 4):
        part = slice(begin, begin + SAMPLE_RATE // 4)
        fade = np.exp(-8 * (t[part] - t[begin]))
        wave[:, part] += 0.25 * fade * np.sin(2 * np.pi * chance.integers(80, 2000) * t[part])
        wave[int(chance.integers(2)), part] += fade**6 * chance.normal(0, 0.2, len(fade))
    return wave.astype(np.float32)


def noise(wave: np.ndarray, back: np.ndarray) -> np.ndarray:
    """Its power in every packet's time."""
    count = wave.shape[1] // aac.PACKET
    wrong = (wave - back)[:, : count * aac.PACKET].astype(np.float64)
    return np.asarray((wrong**2).mean(axis=0).reshape(count, -1).mean(axis=1))


@pytest.mark.parametrize("coder", ["fast", "twoloop"])
def test_parts_meet_unheard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, coder: str) -> None:
    wave = plucked()
    whole = noise(wave, encoded(tmp_path, wave, RATE, coder))
    monkeypatch.setattr(aac, "PART", 32 * aac.PACKET)
    parts = noise(wave, encoded(tmp_path, wave, RATE, coder))
    meetings = [n for at in range(32, len(whole) - 8, 32) for n in range(at - 2, at + 6)]
    assert len(meetings) > 100
    assert parts[meetings].sum() < 1.5 * whole[meetings].sum()
    assert (parts[meetings] < 30 * whole[meetings] + 1e-7).all()
    assert parts.sum() < 1.4 * whole.sum()


@pytest.mark.parametrize("more", [-1024, -1, 0, 1, 16, 17, 1023, 24 * 1024, 24 * 1024 + 5])
def test_every_length_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: int) -> None:
    monkeypatch.setattr(aac, "PART", 32 * aac.PACKET)
    wave = plucked()[:, : 96 * aac.PACKET + more]
    assert encoded(tmp_path, wave, RATE, "fast").shape == wave.shape


def test_the_threads_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aac, "PART", 32 * aac.PACKET)
    files = []
    for workers in (1, 2, 4):
        monkeypatch.setattr(aac, "WORKERS", workers)
        encoded(tmp_path, plucked(), RATE, "fast")
        files.append((tmp_path / "x.m4a").read_bytes())
    assert files[0] == files[1] == files[2]
