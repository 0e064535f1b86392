"""A clip that is there, treated: scaled up, with pictures between its pictures, or with lips that move to what is said.

Nothing of it is drawn anew. Knows nothing of the words of its order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from reelmake.media import streams
from reelmake.media.probe import opened
from reelmake.model import time
from reelmake.model.order import ClipOrder
from reelmake.model.time import SAMPLE_RATE
from reelmake_sketch.paint import clip_writer
from reelmake_sketch.paint.plate import Bytes2D, Canvas
from reelmake_sketch.paint.slate_text import BAND

Planes = tuple[Bytes2D, Bytes2D, Bytes2D]
TREATMENTS = ("lipsync", "upscale", "interpolate")
_CRISP = ImageFilter.UnsharpMask(radius=1.4, percent=70, threshold=2)
_BARS = 5  # of the mouth: what a sketch has in the place of lips
_LOUD = 0.12  # RMS at which it is wide open


def rate(operation: str, fps: Fraction) -> Fraction:
    """Frames a second of what is made of a clip that has `fps`."""
    return 2 * fps if operation == "interpolate" else fps


def pictures(order: ClipOrder, inputs: Mapping[str, Path], size: tuple[int, int], count: int) -> Iterator[Planes]:
    """`count` pictures of the "source" at the order's frame rate; twice as many where some are set between."""
    source = clip_writer.frames(inputs["source"], *size, count, order.fps)
    if order.operation == "interpolate":
        yield from _between(source)
    elif order.operation == "upscale":
        for luma, u, v in source:
            yield np.asarray(Image.fromarray(luma).filter(_CRISP)), u, v
    else:
        yield from _speaking(source, inputs, size, order.fps)


def heard(order: ClipOrder, inputs: Mapping[str, Path]) -> Path:
    """Whose sound it has: of what is lip-synced, that of the speech if there is any; else the source's."""
    speech = inputs.get("speech") if order.operation == "lipsync" else None
    return speech or inputs["source"]


def _between(source: Iterator[Planes]) -> Iterator[Planes]:
    """After each picture one that is half way to the next; the last is shown twice as long."""
    before = next(source)
    for after in source:
        yield before
        halves = [((a.astype(np.uint16) + b + 1) >> 1).astype(np.uint8) for a, b in zip(before, after, strict=True)]
        yield halves[0], halves[1], halves[2]
        before = after
    yield before
    yield before


def _speaking(
    source: Iterator[Planes], inputs: Mapping[str, Path], size: tuple[int, int], fps: Fraction
) -> Iterator[Planes]:
    """A mouth in the middle of the band above, as far open as it is loud."""
    loud = _loudness(inputs.get("speech", inputs["source"]), fps)
    canvas, band = Canvas(*size), round(size[1] * BAND)
    wide, x = max(2, band // 9 * 2), (size[0] - max(2, band // 9 * 2) * 2 * _BARS) // 2
    for n, picture in enumerate(source):
        canvas.put(*picture)
        open_ = min(1.0, loud[n] / _LOUD) if n < len(loud) else 0.0
        for bar in range(_BARS):
            tall = max(2, round(band * 0.62 * open_ * (1 - 0.28 * abs(bar - _BARS // 2))))
            left, top = x + 2 * wide * bar + wide // 2, (band - tall) // 2
            canvas.luma.paste(214, (left, top, left + wide, top + tall))
        yield canvas.arrays()


def _loudness(file: Path, fps: Fraction) -> NDArray[np.float64]:
    """RMS of a sound by frame."""
    whole = _samples(file)
    edges = [time.samples(n, fps) for n in range(int(len(whole) / SAMPLE_RATE * fps) + 1)]
    return np.array([np.sqrt(np.mean(whole[a:b] ** 2)) for a, b in pairwise(edges)])


def _samples(file: Path) -> NDArray[np.float64]:
    """One channel at 48 kHz; none if it has no sound."""
    with opened(file) as container:
        if (stream := streams.audible(container)) is None:
            return np.zeros(0)
        resampler: Any = av.AudioResampler(format="fltp", layout="mono", rate=SAMPLE_RATE)
        pieces = [p.to_ndarray()[0] for f in container.decode(stream) for p in resampler.resample(f)]
        pieces += [p.to_ndarray()[0] for p in resampler.resample(None)]
    return np.concatenate(pieces).astype(np.float64) if pieces else np.zeros(0)
