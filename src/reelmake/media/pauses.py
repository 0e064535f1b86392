"""Where speech pauses: by how loud its sound is, for captions of a voice whose provider tells no times.

Knows nothing of words.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt

from reelmake.media.sound_file import decoded
from reelmake.model.time import SAMPLE_RATE

STEP = SAMPLE_RATE // 100  # samples a reading, 10 ms
BELOW = 30.0  # dB below the loud parts of the voice is a pause
QUIETEST = -60.0  # dBFS: what is below that is a pause in any sound
SHORTEST = 12  # readings: shorter ones are within words, before a p or a t


def pauses(file: Path) -> list[int]:
    """Milliseconds at which the voice begins and, alternating, pauses and goes on, and at last ends. Empty for a sound
    without a voice. Raises LocalTool."""
    loud = _loud(file)
    found = np.flatnonzero(np.diff(np.concatenate(([False], loud, [False])).astype(np.int8))).tolist()
    edges: list[int] = []
    for at in found:
        if len(edges) % 2 == 0 and edges and at - edges[-1] < SHORTEST:
            edges.pop()  # it goes on at once
        else:
            edges.append(at)
    return [10 * at for at in edges]


def _loud(file: Path) -> npt.NDArray[np.bool_]:
    """In which readings the voice is heard."""
    levels = np.fromiter(_levels(file), np.float64)
    if not len(levels) or levels.max() <= QUIETEST:
        return np.zeros(0, np.bool_)
    voice = float(np.percentile(levels[levels > QUIETEST], 90))
    return np.asarray(levels > max(QUIETEST, voice - BELOW))


def _levels(file: Path) -> Iterator[float]:
    """dBFS of each reading."""
    kept = np.zeros((2, 0), np.float32)
    for block in decoded(file, Fraction(0)):
        kept = np.concatenate((kept, block), axis=1)
        whole = kept.shape[1] // STEP * STEP
        power = (kept[:, :whole].astype(np.float64) ** 2).mean(axis=0).reshape(-1, STEP).mean(axis=1)
        yield from (10 * np.log10(power + 1e-12)).tolist()
        kept = kept[:, whole:]
