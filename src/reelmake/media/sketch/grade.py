"""Grade: another film's frames in a scene's colours, composition untouched, as two tables a frame.

Knows nothing of what the frames show.
"""

from __future__ import annotations

import numpy as np

from reelmake.media.sketch.plate import Bytes2D
from reelmake.providers.sketch import Scene
from reelmake.providers.sketch.palette import luma
from reelmake.providers.sketch.scenery import RGB

_KEPT = 0.34  # of the old colours: a red coat stays redder than the rest


class Grade:
    """Built on the first frame: its brightness is led half way to the palette's own."""

    def __init__(self, scene: Scene, first: tuple[Bytes2D, Bytes2D, Bytes2D]) -> None:
        p = scene.palette
        ramp = sorted((p.near, p.mid, p.far, p.middle, p.haze, p.low, p.glow), key=luma)
        old = min(0.9, max(0.08, float((first[0].mean() - 16) / 219)))
        new = sum(luma(c) for c in (p.middle, p.low, p.far, p.mid)) / 4
        aim = min(0.8, max(0.1, 0.5 * old + 0.5 * new))
        level = np.clip((np.arange(256) - 16) / 219, 0, 1)
        bent = level ** (np.log(aim) / np.log(old))
        self._luma = np.clip(np.rint(16 + bent * 219), 0, 255).astype(np.uint8)
        self._u, self._v = _chroma(ramp, bent)

    def apply(self, frame: tuple[Bytes2D, Bytes2D, Bytes2D]) -> tuple[Bytes2D, Bytes2D, Bytes2D]:
        y, u, v = frame
        small = y[: u.shape[0] * 2 : 2, : u.shape[1] * 2 : 2]
        keep = np.int16(round(_KEPT * 256))
        shifts = [
            (table[small] + ((plane.astype(np.int16) - 128) * keep >> 8)).clip(16, 240).astype(np.uint8)
            for table, plane in ((self._u, u), (self._v, v))
        ]
        return self._luma[y], shifts[0], shifts[1]


def _chroma(ramp: list[RGB], bent: np.ndarray) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    """U and V for each old luma: the palette's colour at the brightness it becomes."""
    lumas = np.array([luma(c) for c in ramp])
    rgb = np.stack([np.interp(bent, lumas, [c[n] for c in ramp]) for n in range(3)])
    tone = 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]
    fade = np.clip(bent / 0.12, 0, 1)  # black has no colour
    u, v = 128 + (rgb[2] - tone) * 0.473 * fade, 128 + (rgb[0] - tone) * 0.558 * fade
    return np.rint(u).astype(np.int16), np.rint(v).astype(np.int16)
