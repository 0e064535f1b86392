"""Where the blocks of a clip's frame come to lie in a picture: fitted, cropped, seen through a window, moved.

A predicted picture is luma, and which of its pixels are known: those well inside of blocks. Knows no storyboard.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from tests.support.patterns import BLOCK, Clip, blocks

BLACK = 16.0

Image = tuple[np.ndarray, np.ndarray]  # luma, and which pixels are known


def distance(luma: np.ndarray, predicted: Image, open_: np.ndarray) -> float:
    """Mean difference where something is known and nothing lies over it; 0 where there is no such place."""
    known = predicted[1] & open_
    return float(np.abs(luma - predicted[0])[known].mean()) if known.any() else 0.0


def laid(clip: Clip, number: int, size: tuple[int, int], fit: str, focus: tuple[float, float]) -> Image:
    """A frame fitted into an output."""
    width, height = size
    ways = (width / clip.width, height / clip.height)
    if fit == "stretch":
        across, down = ways
    else:
        across = down = max(ways) if fit == "crop" else min(ways)
    whole = (clip.width * across, clip.height * down)
    if fit == "crop":
        left, top = (min(max(f * w - s / 2, 0), w - s) for f, w, s in zip(focus, whole, size, strict=True))
    else:
        left, top = ((w - s) / 2 for w, s in zip(whole, size, strict=True))
    image, known = _sampled(
        clip, number, (np.arange(width) + 0.5 + left) / across, (np.arange(height) + 0.5 + top) / down
    )
    if fit == "pad":
        inside = np.zeros_like(known)
        x, y = max(0, int(-left)), max(0, int(-top))
        inside[max(0, y - 3) : height - y + 3, max(0, x - 3) : width - x + 3] = True
        image = np.where(np.isfinite(image), image, BLACK)
        known = known | ~inside
    return np.where(np.isfinite(image), image, BLACK), known


def grown(clip: Clip, window: Sequence[float], size: tuple[int, int]) -> tuple[float, float, float, float]:
    """Left, top, width and height in pixels: a window of shares, grown to the output's shape inside the picture."""
    left, top, wide, high = (s * side for s, side in zip(window, (clip.width, clip.height) * 2, strict=True))
    x, y, shape = left + wide / 2, top + high / 2, size[0] / size[1]
    wide = max(wide, high * shape)
    high = wide / shape
    less = min(1, clip.width / wide, clip.height / high)
    wide, high = wide * less, high * less
    left, top = min(max(x - wide / 2, 0), clip.width - wide), min(max(y - high / 2, 0), clip.height - high)
    return left, top, wide, high


@lru_cache(200)  # a still is looked at through the same windows in every frame
def windowed(clip: Clip, number: int, window: tuple[float, ...], size: tuple[int, int]) -> Image:
    """The part of a frame that a camera sees: left, top, width, height in pixels."""
    left, top, wide, high = window
    across, down = (
        left + (np.arange(size[0]) + 0.5) * wide / size[0],
        top + (np.arange(size[1]) + 0.5) * high / size[1],
    )
    image, known = _sampled(clip, number, across, down)
    return np.where(np.isfinite(image), image, BLACK), known


def _sampled(clip: Clip, number: int, across: np.ndarray, down: np.ndarray) -> Image:
    """The clip's blocks at these places in its own pixels; NaN outside of it. Known well inside of blocks only."""
    chequer = blocks(clip, number)
    image = np.full((len(down), len(across)), np.nan)
    inside = [(at >= 0) & (at < side) for at, side in ((down, clip.height), (across, clip.width))]
    rows, columns = (
        np.clip(at // BLOCK, 0, n - 1).astype(int) for at, n in zip((down, across), chequer.shape, strict=True)
    )
    image[:] = chequer[np.ix_(rows, columns)]
    there = np.outer(*inside)
    image[~there] = np.nan
    middle = [np.abs(at % BLOCK - BLOCK / 2) < BLOCK * 0.24 for at in (down, across)]
    return image, np.outer(*middle) & there


def shifted(image: Image, axis: int, by: int) -> Image:
    """Moved by whole pixels; NaN where it is gone."""
    luma, known = np.full_like(image[0], np.nan), np.zeros_like(image[1])
    size = luma.shape[axis]
    to, of = slice(max(0, by), size + min(0, by)), slice(max(0, -by), size - max(0, by))
    place = (lambda s: (s, slice(None))) if axis == 0 else (lambda s: (slice(None), s))
    luma[place(to)], known[place(to)] = image[0][place(of)], image[1][place(of)]
    return luma, known
