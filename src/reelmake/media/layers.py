"""Sound files in the mix: which part of one is heard, from where to where in the cut, how it comes and goes.

Knows nothing of clips and of what else is heard.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt

from reelmake.errors import LocalTool
from reelmake.media.sound_file import BLOCK, EDGE, Samples, decoded
from reelmake.model.mix import SoundLayer
from reelmake.model.time import SAMPLE_RATE, nearest


def sounding(layer: SoundLayer, file: Path, total: int) -> Iterator[tuple[int, Samples]]:
    """(Sample of the cut, samples) of a layer in a cut of `total` samples, with its gain and its fades."""
    room = total - layer.at
    there = room if layer.loop else sum(block.shape[1] for block in _part(file, layer.start, layer.end))
    if not there:
        raise _nothing(file, layer.start)
    length = min(room, there)
    cut_off = room < there or layer.end is not None or layer.loop
    fade_in = layer.fade_in or (Fraction(EDGE, SAMPLE_RATE) if layer.start else Fraction(0))
    fade_out = layer.fade_out or (Fraction(EDGE, SAMPLE_RATE) if cut_off else Fraction(0))
    gain, at = 10 ** (float(layer.gain) / 20), 0
    for block in repeated(file, layer.start, layer.end, length):
        where = np.arange(at, at + block.shape[1], dtype=np.float64)
        yield layer.at + at, (block * (gain * faded(where, length, fade_in, fade_out))).astype(np.float32)
        at += block.shape[1]


def repeated(file: Path, start: Fraction, end: Fraction | None, total: int) -> Iterator[Samples]:
    """The part of a file, again and again, in blocks of BLOCK samples, `total` in all. Raises LocalTool."""
    left, kept = total, np.zeros((2, 0), np.float32)
    while left > 0:
        heard = 0
        for block in _part(file, start, end):
            heard += block.shape[1]
            kept = np.concatenate((kept, block), axis=1)
            while kept.shape[1] >= min(BLOCK, left) and left > 0:
                size = min(BLOCK, left)
                yield kept[:, :size]
                kept, left = kept[:, size:], left - size
            if left <= 0:
                return
        if not heard:
            raise _nothing(file, start)


def _nothing(file: Path, start: Fraction) -> LocalTool:
    return LocalTool(f"{file.name} has no sound" + (f" after {float(start):g} s" if start else ""))


def _part(file: Path, start: Fraction, end: Fraction | None) -> Iterator[Samples]:
    """Seconds [start, end) of a file, as far as it goes."""
    left = math.inf if end is None else nearest((end - start) * SAMPLE_RATE)
    for block in decoded(file, start):
        yield block if block.shape[1] <= left else block[:, : int(left)]
        left -= block.shape[1]
        if left <= 0:
            return


def faded(
    where: npt.NDArray[np.float64], length: int, fade_in: Fraction, fade_out: Fraction
) -> npt.NDArray[np.float64]:
    """The factor for samples `where` of a sound `length` long: fades of equal power, in seconds."""
    gain = np.ones(len(where))
    rise, fall = (float(s) * SAMPLE_RATE for s in (fade_in, fade_out))
    if rise:
        gain *= np.sin(np.clip(where / rise, 0, 1) * (math.pi / 2))
    if fall:
        gain *= np.sin(np.clip((length - where) / fall, 0, 1) * (math.pi / 2))
    return gain
