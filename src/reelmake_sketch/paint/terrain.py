"""What several places are made of: distance, floors, grass, peaks, water. Knows no place by name."""

from __future__ import annotations

from itertools import pairwise
from math import cos, pi, sin

from reelmake_sketch.paint.brush import RGB, Brush
from reelmake_sketch.paint.masses import air, ambient, ground, lit_windows, ridge, span, towers
from reelmake_sketch.paint.stage import Setting
from reelmake_sketch.palette import mix

GREEN: RGB = (78, 122, 70)


def floor(setting: Setting, level: float, fill: RGB, depth: float = 0.9) -> None:
    brush = setting.sheet.brush(fill, (-9, level - 0.02, 99, 99))
    ground(setting, brush, level, fill)
    setting.add(brush.plate(air(setting, level, 1.0, 0.30, 0.0), dither=True), depth)


def put(setting: Setting, brush: Brush, top: float, foot: float, high: float, low: float, depth: float) -> None:
    soft = setting.blur * max(0.25, 1 - depth * 0.6)
    setting.add(brush.plate(air(setting, top, foot, high, low), blur=soft, dither=True), depth)


def verdant(setting: Setting, share: float = 0.6) -> RGB:
    """The palette's middle tone turned towards leaves."""
    return mix(setting.scene.palette.mid, ambient(setting, GREEN), share)


def beyond(setting: Setting) -> None:
    """What stands behind a place, far off."""
    h, p, k = setting.scene.view.horizon, setting.scene.palette, setting.near
    kind = setting.scene.beyond
    if kind == "city":
        lights = 0.30 if lit_windows(setting) else 0.0
        for n, (tall, wide, wall) in enumerate(((0.24, 0.075, mix(p.far, p.haze, 0.5)), (0.30, 0.11, p.far))):
            brush = setting.sheet.brush(wall)
            foot = h + 0.03 + 0.03 * n
            towers(setting, brush, foot, tall * k, wall, width=wide * k, windows=lights * n)
            put(setting, brush, foot - tall * k, foot, 0.18 - 0.1 * n, 0.7 - 0.15 * n, 0.2 + 0.14 * n)
    elif kind == "mountains":
        peaks(setting, 0.34, 0.2)
    elif kind == "sea":
        water(setting, h, mix(p.low, p.far, 0.6), 0.25)
    else:
        for n in range(2):
            brush = setting.sheet.brush(p.far)
            fill = mix(p.far, p.haze, 0.35 - 0.2 * n)
            ridge(setting, brush, h + 0.02 + 0.03 * n, (0.13 - 0.03 * n) * k, fill, rough=0.25, scale=k)
            put(setting, brush, h - 0.15 * k, h + 0.06, 0.10, 0.75, 0.2 + 0.08 * n)


def tufts(setting: Setting, brush: Brush, top: float, fill: RGB) -> None:
    left, right = span(setting)
    for _ in range(170):
        deep = float(setting.rng.random()) ** 1.4
        x, y = setting.between(left, right), top + (1.05 - top) * deep
        size = 0.006 + 0.022 * deep
        tone = mix(fill, setting.scene.palette.glow if setting.rng.random() < 0.4 else (0, 0, 0), 0.13)
        brush.polygon(
            [(x - size * 0.3, y), (x + size * 0.3, y), (x + size * setting.between(-0.6, 0.6), y - size)], tone
        )


def peaks(setting: Setting, rise: float, depth: float) -> None:
    h, p, k = setting.scene.view.horizon, setting.scene.palette, setting.near
    rock = mix(p.far, p.haze, 0.25)
    brush = setting.sheet.brush(rock)
    line = ridge(setting, brush, h + 0.06, rise * k, rock, rough=1.0, scale=1.0 * k)
    high = min(y for _, y in line)
    snow = mix((250, 250, 252), p.glow, 0.4)
    limit = high + rise * k * 0.42
    for (x, y), (x2, y2) in pairwise(line):
        if y < limit:
            bite = 0.35 + 0.65 * abs(sin(x * 47)) * abs(cos(x * 19))
            foot = y + (limit - y) * bite
            brush.polygon([(x, y), (x2, y2), (x2, foot), (x, foot)], snow)
    shadow = mix(rock, (30, 34, 60), 0.25)
    for (x, y), (x2, y2) in zip(line[::2], line[2::2], strict=False):
        if (y2 > y) == (setting.scene.light.x < 0.5):
            brush.polygon(
                [(x, y + 0.004), (x2, y2 + 0.004), (x2 + 0.03, y2 + 0.13 * k), (x, y + 0.09 * k)], shadow, 255
            )
    put(setting, brush, high, h + 0.06, 0.05, 0.70, depth)


def water(setting: Setting, level: float, fill: RGB, depth: float) -> None:
    """A sheet of water that holds the sky's colours, brightest under the sun, with drifting glints."""
    p = setting.scene.palette
    brush = setting.sheet.brush(fill, (-9, level - 0.01, 99, 99))
    ground(setting, brush, level, fill)
    left, right = span(setting)
    sun = setting.scene.light.x * setting.sheet.aspect
    for n in range(160):
        deep = (n / 160) ** 1.5
        y = level + 0.004 + (1.02 - level) * deep
        x = setting.between(left, right)
        tone = mix(fill, p.low if n % 3 else p.near, 0.30)
        long = 0.05 + 0.28 * deep
        brush.polygon(
            [(x - long, y), (x, y - 0.003 - 0.004 * deep), (x + long, y), (x, y + 0.003 + 0.004 * deep)], tone
        )
    setting.add(brush.plate(air(setting, level, level + 0.4, 0.42, 0.0), blur=setting.blur * 0.7, dither=True), depth)
    if setting.scene.light.kind == "none":
        return
    for turn in range(2):
        shine = setting.sheet.brush(p.glow, (-9, level, 99, 99))
        for n in range(90):
            deep = (n / 90) ** 1.3
            y = level + 0.004 + (0.96 - level) * deep
            x = sun + setting.between(-1, 1) * (0.03 + 0.16 * deep)
            long = 0.008 + 0.035 * deep * setting.between(0.5, 1.4)
            shine.polygon([(x - long, y), (x, y - 0.002), (x + long, y), (x, y + 0.003)], p.glow, 210)
        phase = turn * pi
        setting.add(
            shine.plate(),
            depth,
            lambda share, seconds, phase=phase: (  # type: ignore[misc]
                0.008 * sin(seconds * 1.3 + phase),
                0.0,
                0,
                0.62 + 0.38 * sin(seconds * 2.6 + phase),
            ),
        )
