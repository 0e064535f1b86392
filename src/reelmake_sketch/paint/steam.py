"""Steam: a few soft ribbons that curl as they rise and lose themselves; computed a frame at a time, on brightness only.

Knows nothing of what steams.
"""

from __future__ import annotations

from math import pi

import numpy as np
from PIL import Image

from reelmake_sketch.paint.brush import RGB
from reelmake_sketch.paint.plate import Canvas, plate
from reelmake_sketch.paint.stage import Path, Pose, Setting, StageLayer
from reelmake_sketch.palette import luma, mix

_RIBBONS = 3
_FINEST = 110  # rows it is computed in: it has no detail to lose


def rise(setting: Setting, path: Path, above: float, wide: float, tall: float, depth: float) -> None:
    """Adds steam that leaves `wide` at `above` the path's foot and rises `tall` (all in frame heights)."""
    unit, glow = setting.sheet.height, setting.scene.palette.glow
    tone: RGB = mix(glow, (255, 255, 255), 0.55)
    ink, strength = round(16 + 219 * luma(tone)), 225.0
    _dusk_behind(setting, path, above, wide, tall, depth)
    w, h = max(8, round(1.7 * wide * unit)), max(8, round(tall * unit))
    rows = min(h, _FINEST)
    columns = max(8, round(w * rows / h))
    up = np.linspace(1, 0, rows, dtype=np.float32)[:, None]
    x = np.linspace(-1.7, 1.7, columns, dtype=np.float32)[None, :]
    fade = np.clip(up * 7, 0, 1) * np.clip((1 - up) * 1.25, 0, 1) ** 1.5
    ways = setting.rng.random((_RIBBONS, 4))

    def draw(canvas: Canvas, dx: float, dy: float, share: float, seconds: float) -> None:
        total = np.zeros((rows, columns), np.float32)
        for n, (a, b, c, d) in enumerate(ways):
            turn = 2 * pi * (up * (1.1 + 0.5 * a) - seconds * (0.20 + 0.07 * b) + c)
            curl = 2 * pi * (up * (2.3 + 0.6 * b) - seconds * (0.34 + 0.08 * a) + d)
            middle = (n - 1) * 0.34 * (1 - 0.5 * up) + (0.10 + 0.42 * up) * np.sin(turn) + 0.16 * up * np.sin(curl)
            broad = 0.10 + 0.26 * up + 0.06 * np.sin(turn * 0.7 + 4 * d)
            swell = 0.62 + 0.38 * np.sin(2 * pi * (up * 1.4 - seconds * 0.31 + a))
            total += np.exp(-(((x - middle) / broad) ** 2)) * swell * (0.11 / broad) ** 0.5
        mask = Image.fromarray((np.clip(total, 0, 1) * fade * strength).astype(np.uint8))
        at_x, foot, _, _ = path(share, seconds)
        left = round(at_x * unit + dx - w / 2)
        top = round((foot - above) * unit + dy - h)
        box = (max(0, left), max(0, top), min(canvas.width, left + w), min(canvas.height, top + h))
        if box[2] > box[0] and box[3] > box[1]:
            grown = mask.resize((w, h), Image.Resampling.BILINEAR)
            canvas.luma.paste(ink, box, grown.crop((box[0] - left, box[1] - top, box[2] - left, box[3] - top)))

    setting.layers.append(StageLayer((), depth, None, draw))


def _dusk_behind(setting: Setting, path: Path, above: float, wide: float, tall: float, depth: float) -> None:
    """A soft shade behind, so that white is seen before a bright wall; at night there is no need of one."""
    unit, wall = setting.sheet.height, luma(setting.scene.palette.haze)
    w, h = max(4, round(2.6 * wide * unit) // 2 * 2), max(4, round(1.7 * tall * unit) // 2 * 2)
    x = np.linspace(-1, 1, w, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, h, dtype=np.float32)[:, None]
    alpha = np.clip(1 - (x * x + y * y), 0, 1) ** 1.5 * 165 * max(0.0, wall - 0.15)
    rgb = np.empty((h, w, 3), np.float32)
    rgb[:] = mix(setting.scene.palette.near, (0, 0, 0), 0.35)
    made = plate(rgb, alpha, -w // 4 * 2, -h // 4 * 2)

    def stay(share: float, seconds: float) -> Pose:
        at_x, foot, _, _ = path(share, seconds)
        return at_x, foot - above - 0.42 * tall, 0, 1.0

    setting.layers.insert(-1, StageLayer((made,), depth, stay))
