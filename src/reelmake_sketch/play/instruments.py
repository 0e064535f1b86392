"""Instruments: a note's samples, from partials and noise. Knows nothing of scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelmake.model.time import SAMPLE_RATE

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Timbre:
    """`partials`: how many; each is `fall` weaker than by its number, odd ones only if `odd`. `attack`, `release` in
    seconds; `decay`: seconds to a third of its loudness, 0 = it is held; the higher a partial the sooner. `chorus`: how
    far two more voices are out of tune, a share; `vibrato` likewise."""

    partials: int
    fall: float
    attack: float
    release: float
    decay: float = 0.0
    chorus: float = 0.0
    vibrato: float = 0.0
    odd: bool = False


_TIMBRES: Mapping[str, Timbre] = {
    "pad": Timbre(6, 1.7, 0.7, 0.9, chorus=0.004),
    "strings": Timbre(10, 1.25, 0.35, 0.6, chorus=0.003, vibrato=0.004),
    "synth": Timbre(12, 1.15, 0.12, 0.5, chorus=0.006),
    "bass": Timbre(5, 1.5, 0.03, 0.25),
    "piano": Timbre(9, 1.3, 0.004, 0.25, decay=0.7),
    "pluck": Timbre(7, 1.4, 0.003, 0.15, decay=0.35),
    "square": Timbre(9, 1.0, 0.006, 0.10, decay=0.30, odd=True),
}


def played(instrument: str, pitch: int, long: float) -> Floats:
    """Samples at 48 kHz, about -1..1; a little longer than `long` seconds, for it rings on."""
    if instrument in _DRUMS:
        return _DRUMS[instrument](long)
    timbre = _TIMBRES[instrument]
    count = int((long + timbre.release) * SAMPLE_RATE)
    at = np.arange(count, dtype=np.float64) / SAMPLE_RATE
    hertz = 440 * 2 ** ((pitch - 69) / 12)
    total = np.zeros(count, np.float32)
    for tune in (0.0,) if not timbre.chorus else (-timbre.chorus, 0.0, timbre.chorus):
        swing = timbre.vibrato * (1 - np.cos(2 * np.pi * 4.8 * at)) * np.clip(at * 2 - 0.6, 0, 1) * 0.5
        turn = 2 * np.pi * hertz * (1 + tune) * (at + swing / 5) + tune * 700
        once = np.exp(1j * turn).astype(np.complex64)
        power = np.ones_like(once)
        for k in range(1, timbre.partials + 1):
            power *= once
            if hertz * k > 9000:
                break
            if timbre.odd and k % 2 == 0:
                continue
            part = power.imag / k**timbre.fall
            total += part * np.exp(-at * k**0.5 / timbre.decay).astype(np.float32) if timbre.decay else part
    up = np.clip(at / timbre.attack, 0, 1)
    down = np.clip((at[-1] - at) / timbre.release, 0, 1)
    shape = (up * up * (3 - 2 * up) * down * down).astype(np.float32)
    made: Floats = total * shape / (3 if timbre.chorus else 1.2)
    return made


def _kick(long: float) -> Floats:
    at = np.arange(int(long * SAMPLE_RATE)) / SAMPLE_RATE
    turn = 2 * np.pi * (48 * at + 90 * 0.03 * (1 - np.exp(-at / 0.03)))
    return (np.sin(turn) * np.exp(-at / 0.12) * np.clip(at / 0.002, 0, 1)).astype(np.float32)


def _noise(long: float, decay: float, low: float, high: float) -> Floats:
    count = int(long * SAMPLE_RATE)
    at, hertz = np.arange(count) / SAMPLE_RATE, np.fft.rfftfreq(count, 1 / SAMPLE_RATE)
    band = np.clip((hertz - low) / 400, 0, 1) * np.clip((high - hertz) / 1500, 0, 1)
    sound = np.fft.irfft(np.fft.rfft(np.random.default_rng(7).standard_normal(count)) * band, count)
    return (sound * np.exp(-at / decay) * np.clip(at / 0.001, 0, 1)).astype(np.float32)


_DRUMS: Mapping[str, Callable[[float], Floats]] = {
    "kick": _kick,
    "snare": lambda long: _noise(long, 0.07, 300, 7000),
    "hat": lambda long: _noise(long, 0.025, 6500, 14000),
}
