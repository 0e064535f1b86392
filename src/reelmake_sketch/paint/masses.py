"""Painters of masses that many places share: ridges, towers, trees, ground; and the air between them and us."""

from __future__ import annotations

from math import pi, sin

import numpy as np

from reelmake_sketch.paint.brush import RGB, Brush, Shade, blob
from reelmake_sketch.paint.plate import Floats
from reelmake_sketch.paint.stage import Setting
from reelmake_sketch.palette import luma, mix

_DIM = {"dawn": 0.86, "day": 1.0, "golden": 0.90, "dusk": 0.62, "night": 0.46}


def ambient(setting: Setting, colour: RGB, share: float = 0.0) -> RGB:
    """A thing's colour in this scene's light; `share` of it lost to the haze."""
    scene = setting.scene
    dim = _DIM[scene.light.time]
    tint = mix(scene.palette.glow, scene.palette.haze, 0.35 if scene.light.time in ("day", "golden") else 0.75)
    peak = max(tint)
    lit = tuple(round(c * dim * (0.72 + 0.28 * t / peak)) for c, t in zip(colour, tint, strict=True))
    return mix(lit, scene.palette.haze, share)  # type: ignore[arg-type]


def lit_windows(setting: Setting) -> bool:
    return setting.scene.light.time in ("dusk", "night")


def air(setting: Setting, top: float, bottom: float, high: float, low: float) -> Shade:
    """Haze from `high` (its share at `top`) to `low` (at `bottom`), and a little warmth towards the light."""
    scene = setting.scene
    haze, glow = np.array(scene.palette.haze, np.float32), np.array(scene.palette.glow, np.float32)
    thick = 1.35 if "fog" in scene.weather else 1.0
    sun = scene.light.x * setting.sheet.aspect
    warm = 0.16 if scene.light.kind == "sun" else 0.05

    def shade(rgb: Floats, x: Floats, y: Floats) -> Floats:
        t = np.clip((y - top) / max(1e-6, bottom - top), 0, 1)
        share = np.clip((high + (low - high) * t) * thick, 0, 0.95)
        hazed: Floats = rgb + (haze - rgb) * share
        near = np.exp(-(((x - sun) / 0.55) ** 2)) * warm
        lit: Floats = hazed + (glow - hazed) * near
        return lit

    return shade


def span(setting: Setting) -> tuple[float, float]:
    """Left and right end of what can come into view, in frame heights."""
    reach = setting.sheet.margin_x + 0.05
    return -reach, setting.sheet.aspect + reach


def ridge(
    setting: Setting, brush: Brush, level: float, rise: float, fill: RGB, *, rough: float = 0.5, scale: float = 1.0
) -> list[tuple[float, float]]:
    """A line of hills (rough 0) to crags (rough 1) filled down to the bottom. Returns the line."""
    left, right = span(setting)
    phases = [(setting.between(0, 2 * pi), setting.between(0.8, 1.2)) for _ in range(7)]
    count = 240

    def high(x: float) -> float:
        total = 0.0
        for n, (phase, wobble) in enumerate(phases):
            wave = sin(x * wobble * 1.7**n * 1.9 / scale + phase)
            total += (wave if n < 2 else (2 * abs(wave) - 1) * -rough) * (0.5 + 0.08 * rough) ** n
        return total / 2

    line = [(x, level - rise * (0.5 + high(x))) for x in (left + (right - left) * n / count for n in range(count + 1))]
    brush.polygon([(left, 9.0), *line, (right, 9.0)], fill)
    return line


def towers(
    setting: Setting,
    brush: Brush,
    foot: float,
    tallest: float,
    wall: RGB,
    *,
    width: float,
    windows: float = 0.0,
    green: bool = False,
) -> None:
    """A row of buildings standing on `foot`; `windows` is the share that is lit (0: only hinted at by day)."""
    left, right = span(setting)
    rng = setting.rng
    x = left
    glow = setting.scene.palette.glow
    lamp = mix((255, 206, 120), glow, 0.3)
    while x < right:
        wide = width * setting.between(0.55, 1.35)
        middle = abs((x - left) / (right - left) - 0.5) * 2
        tall = tallest * setting.between(0.35, 1.0) * (1.08 - 0.35 * middle)
        tone = mix(wall, (0, 0, 0) if rng.random() < 0.5 else (255, 255, 255), float(rng.random()) * 0.10)
        top = foot - tall
        brush.rect(x, top, x + wide, 9.0, tone)
        _crown(setting, brush, x, wide, top, tall, tone)
        side = x + wide * (0.72 if setting.scene.light.x < 0.5 else 0.28)
        shadow = mix(tone, (0, 0, 0), 0.16)
        brush.rect(*((side, top, x + wide) if setting.scene.light.x < 0.5 else (x, top, side)), 9.0, shadow)
        _windows(setting, brush, x, wide, top, foot, tone, lamp, windows)
        if green:
            _terraces(setting, brush, x, wide, top, foot)
        x += wide + width * setting.between(-0.12, 0.22)


def _crown(setting: Setting, brush: Brush, x: float, wide: float, top: float, tall: float, tone: RGB) -> None:
    kind = int(setting.rng.integers(0, 5))
    if kind == 0:
        brush.rect(x + wide * 0.2, top - tall * 0.08, x + wide * 0.8, top, tone)
        brush.rect(x + wide * 0.36, top - tall * 0.14, x + wide * 0.64, top, tone)
    elif kind == 1:
        brush.polygon([(x, top), (x + wide, top), (x + wide, top - wide * 0.35)], tone)
    elif kind == 2:
        brush.line([(x + wide / 2, top), (x + wide / 2, top - tall * 0.22)], wide * 0.05, tone)
    elif kind == 3:
        brush.ellipse(x + wide / 2, top, wide / 2, wide * 0.22, tone)


def _windows(
    setting: Setting, brush: Brush, x: float, wide: float, top: float, foot: float, tone: RGB, lamp: RGB, share: float
) -> None:
    rng = setting.rng
    pane, rows_gap = wide / 7.5, max(0.016, wide / 6)
    if pane * setting.sheet.height < 0.9:
        return
    dark = mix(tone, (0, 0, 0), 0.20) if luma(tone) > 0.3 else mix(tone, (255, 255, 255), 0.07)
    rows = int((min(foot, 1.1) - top) / rows_gap)
    lit = rng.random((max(1, rows), 5)) < share
    for row in range(1, rows):
        for column in range(5):
            at = x + wide * 0.09 + column * pane * 1.42
            y = top + row * rows_gap
            colour = mix(lamp, tone, float(rng.random()) * 0.45) if lit[row, column] else dark
            brush.rect(at, y, at + pane, y + rows_gap * 0.5, colour)


def _terraces(setting: Setting, brush: Brush, x: float, wide: float, top: float, foot: float) -> None:
    leaf = ambient(setting, (86, 148, 84), 0.16)
    y = top
    while y < min(foot, 1.05):
        for _ in range(3):
            at = x + wide * setting.between(0.05, 0.95)
            size = wide * setting.between(0.09, 0.20)
            brush.ellipse(at, y, size, size * 0.55, mix(leaf, (20, 60, 40), setting.between(0, 0.35)))
        y += max(0.05, wide * setting.between(0.35, 0.6))


def tree(setting: Setting, brush: Brush, x: float, foot: float, tall: float, leaf: RGB, kind: str = "round") -> None:
    """`kind`: round, pine, bare or palm."""
    trunk = mix(ambient(setting, (84, 62, 50)), leaf, 0.35)
    dark, light = mix(leaf, (0, 0, 0), 0.22), mix(leaf, setting.scene.palette.glow, 0.26)
    side = -1 if setting.scene.light.x < 0.5 else 1
    if kind == "pine":
        brush.limb([(x, foot), (x, foot - tall * 0.3)], tall * 0.05, trunk)
        for n in range(5):
            y, half = foot - tall * (0.12 + 0.17 * n), tall * 0.21 * (1 - n * 0.17)
            brush.polygon([(x - half, y), (x + half, y), (x, y - tall * 0.31)], mix(leaf, dark, n % 2 * 0.5))
        return
    if kind == "palm":
        brush.limb(
            [(x, foot), (x + tall * 0.05, foot - tall * 0.5), (x + tall * 0.12, foot - tall)], tall * 0.035, trunk
        )
        for n in range(7):
            angle = pi * (n / 6) + 0.1
            tip = (
                x + tall * 0.12 + tall * 0.34 * np.cos(angle),
                foot - tall - tall * 0.16 * np.sin(angle) + tall * 0.1,
            )
            middle = (x + tall * 0.12 + tall * 0.2 * np.cos(angle), foot - tall - tall * 0.17 * np.sin(angle))
            brush.limb([(x + tall * 0.12, foot - tall), middle, tip], [tall * 0.03, tall * 0.035, tall * 0.008], leaf)
        return
    brush.limb([(x, foot), (x, foot - tall * 0.55)], [tall * 0.08, tall * 0.05], trunk)
    for reach in (-0.16, 0.18):
        brush.limb([(x, foot - tall * 0.35), (x + tall * reach, foot - tall * 0.62)], [tall * 0.04, tall * 0.02], trunk)
    if kind == "bare":
        for reach in (-0.26, -0.08, 0.1, 0.28):
            brush.limb(
                [(x, foot - tall * 0.5), (x + tall * reach, foot - tall * 0.95)], [tall * 0.03, tall * 0.008], trunk
            )
        return
    crowns = [(-0.16, 0.60, 0.20), (0.17, 0.63, 0.19), (0.0, 0.78, 0.24), (-0.05, 0.58, 0.22)]
    for shift, colour, size in ((-side * 0.02, dark, 1.06), (0.0, leaf, 0.95), (side * 0.05, light, 0.56)):
        for cx, cy, r in crowns:
            lumps = [setting.between(0.86, 1.12) for _ in range(7)]
            rise = 0.03 if size < 0.9 else 0.0
            at = (x + tall * (cx + shift), foot - tall * (cy + rise))
            brush.polygon(blob(*at, tall * r * size, tall * r * size * 0.9, lumps), colour)


def ground(setting: Setting, brush: Brush, level: float, fill: RGB) -> None:
    left, right = span(setting)
    brush.rect(left - 1, level, right + 1, 9.0, fill)
