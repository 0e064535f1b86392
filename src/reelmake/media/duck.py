"""Ducking: how far something steps back while something else is heard. Knows nothing of files and of what is heard."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from reelmake.media.sample_file import SampleFile
from reelmake.media.sound_file import BLOCK

STEP = 480  # samples a reading of the level, 10 ms
CLIP = -28.0  # dBFS in 10 ms: clip sound below it is room tone, for which nothing steps back
SPEECH = -45.0  # dBFS in 10 ms: narration was recorded to be heard, so little is enough
ATTACK, RELEASE, HOLD = 0.12, 0.7, 0.35  # seconds

Heard = npt.NDArray[np.bool_]  # one for every STEP of the programme
Depth = npt.NDArray[np.float64]  # dB, one for every STEP


def heard(tape: SampleFile, threshold: float) -> Heard:
    """In which steps a tape is louder than `threshold`, in dBFS."""
    levels = [_levels(block) for _, block in tape.blocks(BLOCK // STEP * STEP)]
    return (np.concatenate(levels) if levels else np.zeros(0, np.float32)) > threshold


def _levels(block: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    short = -block.shape[1] % STEP
    power = np.pad((block**2).mean(axis=0), (0, short)).reshape(-1, STEP).mean(axis=1)
    return np.asarray(10 * np.log10(power + 1e-12), np.float32)


def depths(what: Heard, depth: float) -> Depth:
    """How far to step back: before the sound comes, held a little, slowly back to where it was."""
    ahead, hold = round(ATTACK * 100), round(HOLD * 100)
    wanted = np.zeros(len(what))
    for index in np.flatnonzero(what).tolist():
        wanted[max(0, index - ahead) : index + hold] = depth
    down, up = depth / max(1, ahead), depth / (RELEASE * 100)
    steps, now = np.zeros(len(what)), wanted[0] if len(wanted) else 0.0
    for index, target in enumerate(wanted):
        now = min(target, now + down) if target > now else max(target, now - up)
        steps[index] = now
    return steps


def at(steps: Depth, where: npt.NDArray[np.float64]) -> Depth:
    """The depth at samples `where`, which ascend: a straight line from the middle of a step to that of the next."""
    first = max(0, int(where[0]) // STEP - 1)
    last = int(where[-1]) // STEP + 2
    near = steps[first:last]
    return np.interp(where / STEP, np.arange(first, first + len(near)) + 0.5, near)
