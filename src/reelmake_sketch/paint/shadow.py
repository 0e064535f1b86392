"""The soft shadow under what stands on the ground."""

from __future__ import annotations

import numpy as np

from reelmake_sketch.paint.plate import plate
from reelmake_sketch.paint.stage import Path, Setting
from reelmake_sketch.palette import mix


def cast_shadow(setting: Setting, half: float, path: Path, depth: float, flat: float = 0.19) -> None:
    """`half` its reach in frame heights; `flat` how round it is (1 = seen from above)."""
    unit = setting.sheet.height
    w, h = max(4, round(half * 2.6 * unit) // 2 * 2), max(4, round(half * 2.6 * flat * unit) // 2 * 2)
    x = np.linspace(-1, 1, w, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, h, dtype=np.float32)[:, None]
    alpha = np.clip(1 - (x * x + y * y), 0, 1) ** 1.4 * 130
    rgb = np.empty((h, w, 3), np.float32)
    rgb[:] = mix(setting.scene.palette.near, (0, 0, 0), 0.5)
    setting.add(plate(rgb, alpha, -w // 4 * 2, -h // 4 * 2), depth, path)
