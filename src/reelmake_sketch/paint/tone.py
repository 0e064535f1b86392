"""Room tone: a quiet stereo bed that suits the place, from the scene's seed alone. Knows nothing of pictures."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reelmake.model.time import SAMPLE_RATE
from reelmake_sketch.scenery import Scene

_LEVEL = 10 ** (-40 / 20)  # RMS of the bed, full scale = 1: heard in a quiet room, never in the way
_BREATH = 8 * SAMPLE_RATE  # the bed is a loop of eight seconds

# corner of the low-pass in Hz, share of rumble, share of air, swell depth, swell period in seconds
_ROOMS = {
    "interior": (420.0, 0.9, 0.12, 0.05, 7.0),
    "city": (700.0, 1.0, 0.25, 0.15, 5.0),
    "street": (900.0, 1.0, 0.30, 0.20, 4.0),
    "rooftop": (800.0, 0.7, 0.35, 0.35, 5.0),
    "sea": (1600.0, 0.5, 0.55, 0.65, 6.0),
    "space": (160.0, 1.0, 0.02, 0.10, 8.0),
}
_OUTSIDE = (1100.0, 0.5, 0.40, 0.35, 6.0)


def tone(scene: Scene, samples: int) -> NDArray[np.float32]:
    """(2, samples) of floats, -1..1."""
    corner, rumble, air, depth, period = _ROOMS.get(scene.place, _OUTSIDE)
    if "rain" in scene.weather:
        corner, air = 5200.0, air + 0.5
    rng = np.random.default_rng(scene.seed & 0xFFFFFFFF)
    loops = np.stack([_noise(rng, corner, rumble, air) for _ in range(2)])
    loops[1] = 0.6 * loops[0] + 0.8 * loops[1]  # a room is one room: the ears agree on the low part
    at = np.arange(_BREATH) / SAMPLE_RATE
    turns = max(1, round(8 / period))
    loops *= 1 + depth * np.sin(2 * np.pi * turns * at / 8 + scene.seed % 7)
    loops *= _LEVEL / np.sqrt(np.mean(loops**2))
    bed = np.tile(loops, (1, -(-samples // _BREATH)))[:, :samples].astype(np.float32)
    ramp = min(SAMPLE_RATE // 50, samples // 2)
    if ramp:
        slope = np.linspace(0, 1, ramp, dtype=np.float32)
        bed[:, :ramp] *= slope
        bed[:, -ramp:] *= slope[::-1]
    return bed


def _noise(rng: np.random.Generator, corner: float, rumble: float, air: float) -> NDArray[np.float64]:
    """Noise shaped in the frequency domain, so that its end meets its beginning."""
    bins = _BREATH // 2 + 1
    hertz = np.fft.rfftfreq(_BREATH, 1 / SAMPLE_RATE)
    phase = rng.random(bins) * 2 * np.pi
    low = rumble / np.sqrt(1 + (hertz / 90) ** 4)
    high = air / np.sqrt(1 + (hertz / corner) ** 4) * 0.25
    shape = (low + high) * (hertz > 25)
    return np.fft.irfft(shape * np.exp(1j * phase), _BREATH)
