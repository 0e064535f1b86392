"""Places without walls: open land, park, forest, mountains, sea, desert, field, space."""

from __future__ import annotations

from itertools import pairwise
from math import cos, sin

from reelmake_sketch.paint.brush import RGB, Brush, blob
from reelmake_sketch.paint.masses import ambient, ground, lit_windows, ridge, span, tree
from reelmake_sketch.paint.stage import Setting
from reelmake_sketch.paint.terrain import beyond, floor, peaks, put, tufts, verdant, water
from reelmake_sketch.palette import mix

LAMP: RGB = (255, 214, 140)


def open_land(setting: Setting) -> None:
    h, p, k = setting.scene.view.horizon, setting.scene.palette, setting.near
    beyond(setting)
    brush = setting.sheet.brush(p.mid)
    ridge(setting, brush, h + 0.10, 0.10 * k, p.mid, rough=0.05, scale=1.6 * k)
    put(setting, brush, h, h + 0.25, 0.25, 0.05, 0.5)
    floor(setting, h + 0.17, mix(p.mid, p.near, 0.5))


def park(setting: Setting) -> None:
    h, p, k = setting.scene.view.horizon, setting.scene.palette, setting.near
    leaf = verdant(setting)
    beyond(setting)
    for n, (depth, count, tall) in enumerate(((0.42, 9, 0.20), (0.62, 5, 0.32))):
        fill = mix(leaf, p.haze, 0.30 - 0.25 * n)
        brush = setting.sheet.brush(fill)
        level = h + 0.06 + 0.05 * n
        line = ridge(setting, brush, level, 0.05 * k, fill, rough=0.0, scale=2.0 * k)
        left, right = span(setting)
        for c in range(count):
            x = left + (right - left) * (c + setting.between(0.1, 0.9)) / count
            foot = min(line, key=lambda point, x=x: abs(point[0] - x))[1] + 0.01  # type: ignore[misc]
            kind = "bare" if "snow" in setting.scene.weather else "round"
            tree(setting, brush, x, foot, tall * k * setting.between(0.7, 1.15), fill, kind)
        put(setting, brush, level - tall * k, level + 0.1, 0.10, 0.35 - 0.2 * n, depth)
    lawn = mix(leaf, p.near, 0.45)
    brush = setting.sheet.brush(lawn)
    ridge(setting, brush, h + 0.17, 0.05, lawn, rough=0.0, scale=2.4)
    middle = setting.sheet.aspect * setting.between(0.3, 0.7)
    path = mix(lawn, p.haze, 0.55)
    brush.polygon([(middle, h + 0.15), (middle + 0.03, h + 0.15), (middle + 0.9, 1.3), (middle - 0.1, 1.3)], path)
    tufts(setting, brush, h + 0.2, lawn)
    put(setting, brush, h + 0.1, 1.0, 0.22, 0.0, 0.9)


def forest(setting: Setting) -> None:
    h, p, k = setting.scene.view.horizon, setting.scene.palette, setting.near
    leaf = verdant(setting, 0.5)
    left, right = span(setting)
    for n, (depth, count, tall) in enumerate(((0.22, 30, 0.30), (0.38, 20, 0.44), (0.60, 11, 0.66))):
        fill = mix(mix(leaf, p.haze, 0.55 - 0.27 * n), p.near, 0.16 * n)
        brush = setting.sheet.brush(fill)
        level = h + 0.03 + 0.05 * n
        ground(setting, brush, level, fill)
        for c in range(count):
            x = left + (right - left) * (c + setting.between(0.0, 1.0)) / count
            tree(setting, brush, x, level + 0.02, tall * k * setting.between(0.65, 1.15), fill, "pine")
        put(setting, brush, level - tall * k, level + 0.08, 0.05, 0.62 - 0.2 * n, depth)
    floor(setting, h + 0.15, mix(leaf, p.near, 0.62))
    brush = setting.sheet.brush(mix(p.near, (0, 0, 0), 0.3))
    for side in (-0.02, 0.98):
        x = setting.sheet.aspect * (side + setting.between(-0.03, 0.05))
        brush.limb([(x, 1.3), (x + 0.02, 0.5), (x - 0.01, -0.3)], [0.16, 0.11, 0.09], mix(p.near, (0, 0, 0), 0.3))
    setting.add(brush.plate(blur=0.004), 1.35)


def mountains(setting: Setting) -> None:
    h, p, k = setting.scene.view.horizon, setting.scene.palette, setting.near
    peaks(setting, 0.46, 0.18)
    for n, (fill, depth) in enumerate(((mix(p.far, p.mid, 0.5), 0.36), (p.mid, 0.58))):
        brush = setting.sheet.brush(fill)
        ridge(setting, brush, h + 0.09 + 0.07 * n, (0.14 - 0.04 * n) * k, fill, rough=0.45, scale=1.2 * k)
        put(setting, brush, h - 0.05, h + 0.2, 0.20 - 0.1 * n, 0.50 - 0.25 * n, depth)
    floor(setting, h + 0.20, mix(p.mid, p.near, 0.6))


def sea(setting: Setting) -> None:
    h, p = setting.scene.view.horizon, setting.scene.palette
    kind = setting.scene.beyond
    if kind:
        beyond(setting)
    tide = mix(mix(p.middle, p.far, 0.45), ambient(setting, (40, 104, 128)), 0.35)
    water(setting, h, tide, 0.4)
    words = (setting.scene.caption.subject + setting.scene.caption.setting + setting.scene.caption.action).lower()
    afloat = any(f.kind in ("boat", "fish") for f in setting.scene.cast)
    if (setting.scene.cast and not afloat) or "beach" in words:
        sand = mix(ambient(setting, (222, 196, 150)), p.mid, 0.25)
        brush = setting.sheet.brush(sand)
        line = ridge(setting, brush, h + 0.215, 0.035, sand, rough=0.0, scale=2.2)
        brush.limb([(x, y - 0.004) for x, y in line[::4]], 0.012, mix(p.glow, (255, 255, 255), 0.4))
        put(setting, brush, h + 0.18, 1.0, 0.12, 0.0, 0.9)


def desert(setting: Setting) -> None:
    h, p, k = setting.scene.view.horizon, setting.scene.palette, setting.near
    sand = mix(ambient(setting, (218, 164, 104)), p.mid, 0.35)
    for n, (rise, depth, dark) in enumerate(((0.10, 0.25, 0.0), (0.14, 0.45, 0.10), (0.12, 0.75, 0.22))):
        fill = mix(mix(sand, p.haze, 0.45 - 0.2 * n), p.near, dark)
        brush = setting.sheet.brush(fill)
        level = h + 0.04 + 0.08 * n
        line = ridge(setting, brush, level, rise * k, fill, rough=0.08, scale=1.5 * k)
        shade = mix(fill, p.near, 0.28)
        crest = [(x, y) for x, y in line if sin(x * 3 / k + n * 2) > -0.2]
        for (x, y), (x2, y2) in pairwise(crest):
            if 0 < x2 - x < 0.05:
                brush.polygon([(x, y), (x2, y2), (x2 + 0.12, y2 + 0.16), (x + 0.12, y + 0.16)], shade)
        put(setting, brush, level - rise, level + 0.2, 0.15, 0.35 - 0.14 * n, depth)
    floor(setting, h + 0.24, mix(sand, p.near, 0.30))


def field(setting: Setting) -> None:
    h, p, k = setting.scene.view.horizon, setting.scene.palette, setting.near
    beyond(setting)
    crop = mix(verdant(setting, 0.35), ambient(setting, (206, 170, 92)), 0.35)
    for n in range(2):
        fill = mix(crop, p.haze, 0.28 - 0.2 * n)
        brush = setting.sheet.brush(fill)
        line = ridge(setting, brush, h + 0.07 + 0.05 * n, 0.07 * k, fill, rough=0.0, scale=2.2 * k)
        for c in range(4 - n):
            x, y = line[int(setting.between(5, 235))]
            if c == 0 and n == 0:
                _house(setting, brush, x, y + 0.01, 0.05 * k)
            tree(
                setting,
                brush,
                x + 0.09,
                y + 0.015,
                0.09 * k * (1 + n) * setting.between(0.7, 1.2),
                mix(fill, p.near, 0.4),
            )
        put(setting, brush, h - 0.1, h + 0.2, 0.2, 0.2, 0.4 + 0.2 * n)
    soil = mix(crop, p.near, 0.42)
    brush = setting.sheet.brush(soil, (-9, h + 0.12, 99, 99))
    level = h + 0.155
    ground(setting, brush, level, soil)
    gone = setting.sheet.aspect * setting.between(0.35, 0.65)
    for n in range(-16, 17):
        x = gone + n * 0.022
        foot = gone + n * 0.30
        brush.polygon([(x, level), (x + 0.006, level), (foot + 0.12, 1.25), (foot, 1.25)], mix(soil, p.near, 0.35))
    tufts(setting, brush, level + 0.03, soil)
    put(setting, brush, level, 1.0, 0.25, 0.0, 0.9)


def _house(setting: Setting, brush: Brush, x: float, foot: float, size: float) -> None:
    wall = ambient(setting, (226, 214, 196), 0.2)
    brush.rect(x - size * 0.6, foot - size * 0.7, x + size * 0.6, foot, wall)
    roof = ambient(setting, (156, 82, 62), 0.15)
    brush.polygon(
        [(x - size * 0.72, foot - size * 0.68), (x + size * 0.72, foot - size * 0.68), (x, foot - size * 1.25)], roof
    )
    pane = LAMP if lit_windows(setting) else mix(wall, (40, 50, 70), 0.5)
    brush.rect(x - size * 0.12, foot - size * 0.48, x + size * 0.12, foot - size * 0.22, pane)


def space(setting: Setting) -> None:
    """A planet's limb below, a lesser world above."""
    p, aspect = setting.scene.palette, setting.sheet.aspect
    x, r = aspect * setting.between(0.3, 0.7), 1.5
    brush = setting.sheet.brush(p.far)
    top = 0.66
    glow = mix(p.glow, (90, 150, 255), 0.6)
    for n in range(12):
        brush.ellipse(x, top + r, r + 0.05 * (1 - n / 12) ** 2, r + 0.05 * (1 - n / 12) ** 2, glow, 10 + 9 * n)
    brush.ellipse(x, top + r, r, r, mix(p.far, (60, 110, 160), 0.5))
    for _ in range(26):
        a, d = setting.between(-0.8, 0.8), setting.between(0.0, 0.5)
        at = (x + sin(a) * (r - d * 0.6), top + r - cos(a) * (r - d * 0.35))
        brush.polygon(
            blob(*at, setting.between(0.05, 0.2), setting.between(0.01, 0.04), [1, 0.7, 1.2, 0.8]),
            mix(p.far, p.accent, setting.between(0.1, 0.4)),
        )
    setting.add(brush.plate(blur=0.0015, dither=True), 0.3)
    moon = setting.sheet.brush(p.mid)
    mx, my, mr = aspect * (0.2 if x > aspect / 2 else 0.8), 0.28, setting.between(0.05, 0.10)
    moon.ellipse(mx, my, mr, mr, mix(p.haze, p.accent, 0.3))
    moon.ellipse(mx + mr * 0.3, my + mr * 0.2, mr * 0.82, mr * 0.82, mix(p.mid, p.near, 0.5))
    setting.add(moon.plate(), 0.2)
