"""The limiter: softer for as long as true peaks would be too high, looking ahead, so that nothing is ever clipped.

True peaks are those of the wave between the samples (ITU-R BS.1770, annex 2: four times as many samples).
Knows nothing of loudness.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from reelmake.media.sample_file import SampleFile

STEP = 48  # samples, 1 ms
ATTACK = 2.0  # dB a step on the way down: the highest peaks that come, 12 dB over, take 6 ms
RELEASE = 0.05  # dB a step on the way back: 50 dB a second, too slow to bend a low note
_TAPS = 16  # samples on either side that a value between two samples is made of
_BLOCK = 2048 * STEP

Curve = npt.NDArray[np.float64]


def peaks(tape: SampleFile) -> Curve:
    """The true peak of every step of a tape, as an amplitude."""
    found = [_peaks(tape.read(at - _TAPS, at + _BLOCK + _TAPS)) for at in range(0, tape.length, _BLOCK)]
    steps = -(-tape.length // STEP)
    return np.concatenate(found)[:steps] if found else np.zeros(0)


def _peaks(block: npt.NDArray[np.float32]) -> Curve:
    """Of a block with _TAPS samples more on either side."""
    inner = block[:, _TAPS:-_TAPS].astype(np.float64)
    high = np.abs(inner).max(axis=0)
    for phase in _phases():
        for channel in block:
            between = np.convolve(channel.astype(np.float64), phase, "valid")
            high = np.maximum(high, np.abs(between[1 : 1 + len(high)]))
    return np.asarray(high.reshape(-1, STEP).max(axis=1))


@cache
def _phases() -> tuple[Curve, ...]:
    """What values a quarter, a half and three quarters of the way to the next sample are made of, reversed."""
    distance = np.arange(1 - _TAPS, _TAPS + 1)
    made = []
    for phase in (0.25, 0.5, 0.75):
        x = distance - phase
        window = np.i0(8.0 * np.sqrt(np.clip(1 - (x / _TAPS) ** 2, 0, 1))) / np.i0(8.0)
        made.append((np.sinc(x) * window)[::-1])
    return tuple(made)


def reduction(high: Curve, ceiling: float) -> Curve:
    """By how many dB to be softer at the beginning of every step and at the end of the last, for peaks of `high` to
    stay below `ceiling` dB. On the straight lines between these points it is always enough."""
    over = np.maximum(20 * np.log10(np.maximum(high, 1e-9)) - ceiling, 0.0)
    points = np.zeros(len(over) + 1)
    points[:-1] = over
    np.maximum(points[1:], over, out=points[1:])
    _slowly(points, RELEASE)
    _slowly(points[::-1], ATTACK)
    return points


def _slowly(points: Curve, slope: float) -> None:
    """Makes them fall by no more than `slope` from one to the next. In place: an hour has 3.6 million of them."""
    rise = slope * np.arange(len(points))
    points += rise
    np.maximum.accumulate(points, out=points)
    points -= rise


def gains(points: Curve, at: int, count: int) -> npt.NDArray[np.float32]:
    """The factor for samples [at, at + count) by what `reduction` gave."""
    first = at // STEP
    near = points[first : (at + count) // STEP + 2]
    where = np.arange(at, at + count, dtype=np.float64) / STEP
    return np.asarray(10 ** (-np.interp(where, np.arange(first, first + len(near)), near) / 20), np.float32)
