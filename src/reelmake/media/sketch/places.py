"""The places a scene can stand in, each a painter of its layers from the horizon to the ground.

A new place is a function here and its name in PAINTERS (and in the lexicon, so that words lead to it).
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from math import cos, pi, sin

from reelmake.media.sketch.brush import RGB, Brush, blob
from reelmake.media.sketch.masses import air, ambient, ground, lit_windows, ridge, span, towers, tree
from reelmake.media.sketch.stage import Setting
from reelmake.providers.sketch.palette import mix

LAMP: RGB = (255, 214, 140)
GREEN: RGB = (78, 122, 70)


def _floor(setting: Setting, level: float, fill: RGB, depth: float = 0.9) -> None:
    brush = setting.sheet.brush(fill, (-9, level - 0.02, 99, 99))
    ground(setting, brush, level, fill)
    setting.add(brush.plate(air(setting, level, 1.0, 0.30, 0.0), dither=True), depth)


def _put(setting: Setting, brush: Brush, top: float, foot: float, high: float, low: float, depth: float) -> None:
    soft = setting.blur * max(0.25, 1 - depth * 0.6)
    setting.add(brush.plate(air(setting, top, foot, high, low), blur=soft, dither=True), depth)


def _verdant(setting: Setting, share: float = 0.6) -> RGB:
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
            _put(setting, brush, foot - tall * k, foot, 0.18 - 0.1 * n, 0.7 - 0.15 * n, 0.2 + 0.14 * n)
    elif kind == "mountains":
        _peaks(setting, 0.34, 0.2)
    elif kind == "sea":
        _water(setting, h, mix(p.low, p.far, 0.6), 0.25)
    else:
        for n in range(2):
            brush = setting.sheet.brush(p.far)
            fill = mix(p.far, p.haze, 0.35 - 0.2 * n)
            ridge(setting, brush, h + 0.02 + 0.03 * n, (0.13 - 0.03 * n) * k, fill, rough=0.25, scale=k)
            _put(setting, brush, h - 0.15 * k, h + 0.06, 0.10, 0.75, 0.2 + 0.08 * n)


def open_land(setting: Setting) -> None:
    h, p, k = setting.scene.view.horizon, setting.scene.palette, setting.near
    beyond(setting)
    brush = setting.sheet.brush(p.mid)
    ridge(setting, brush, h + 0.10, 0.10 * k, p.mid, rough=0.05, scale=1.6 * k)
    _put(setting, brush, h, h + 0.25, 0.25, 0.05, 0.5)
    _floor(setting, h + 0.17, mix(p.mid, p.near, 0.5))


def city(setting: Setting) -> None:
    h, p, k = setting.scene.view.horizon, setting.scene.palette, setting.near
    lift = 1.45 if setting.scene.view.angle == "low" else 1.0
    lights = 0.34 if lit_windows(setting) else 0.0
    words = setting.scene.caption.subject.lower() + setting.scene.caption.action.lower()
    farms = any(w in words for w in ("farm", "green", "garden", "eco", "plant"))
    rows: tuple[tuple[float, float, RGB, float], ...] = (
        (0.32, 0.085, mix(p.far, p.haze, 0.45), 0.22),
        (0.43, 0.13, p.far, 0.36),
        (0.30, 0.22, mix(p.mid, p.near, 0.25), 0.62),
    )
    for n, (tall, wide, wall, depth) in enumerate(rows):
        brush = setting.sheet.brush(wall)
        foot = h + (0.03, 0.09, 0.22)[n]
        lit = lights * (0.0, 1.0, 0.8)[n]
        towers(setting, brush, foot, tall * k * lift, wall, width=wide * k, windows=lit, green=farms and n > 0)
        high, low = ((0.20, 0.72), (0.06, 0.58), (0.0, 0.30))[n]
        _put(setting, brush, h - tall * k, foot, high, low, depth)
    _floor(setting, h + 0.21, mix(p.mid, p.near, 0.65))


def park(setting: Setting) -> None:
    h, p, k = setting.scene.view.horizon, setting.scene.palette, setting.near
    leaf = _verdant(setting)
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
        _put(setting, brush, level - tall * k, level + 0.1, 0.10, 0.35 - 0.2 * n, depth)
    lawn = mix(leaf, p.near, 0.45)
    brush = setting.sheet.brush(lawn)
    ridge(setting, brush, h + 0.17, 0.05, lawn, rough=0.0, scale=2.4)
    middle = setting.sheet.aspect * setting.between(0.3, 0.7)
    path = mix(lawn, p.haze, 0.55)
    brush.polygon([(middle, h + 0.15), (middle + 0.03, h + 0.15), (middle + 0.9, 1.3), (middle - 0.1, 1.3)], path)
    _tufts(setting, brush, h + 0.2, lawn)
    _put(setting, brush, h + 0.1, 1.0, 0.22, 0.0, 0.9)


def _tufts(setting: Setting, brush: Brush, top: float, fill: RGB) -> None:
    left, right = span(setting)
    for _ in range(170):
        deep = float(setting.rng.random()) ** 1.4
        x, y = setting.between(left, right), top + (1.05 - top) * deep
        size = 0.006 + 0.022 * deep
        tone = mix(fill, setting.scene.palette.glow if setting.rng.random() < 0.4 else (0, 0, 0), 0.13)
        brush.polygon(
            [(x - size * 0.3, y), (x + size * 0.3, y), (x + size * setting.between(-0.6, 0.6), y - size)], tone
        )


def forest(setting: Setting) -> None:
    h, p, k = setting.scene.view.horizon, setting.scene.palette, setting.near
    leaf = _verdant(setting, 0.5)
    left, right = span(setting)
    for n, (depth, count, tall) in enumerate(((0.22, 30, 0.30), (0.38, 20, 0.44), (0.60, 11, 0.66))):
        fill = mix(mix(leaf, p.haze, 0.55 - 0.27 * n), p.near, 0.16 * n)
        brush = setting.sheet.brush(fill)
        level = h + 0.03 + 0.05 * n
        ground(setting, brush, level, fill)
        for c in range(count):
            x = left + (right - left) * (c + setting.between(0.0, 1.0)) / count
            tree(setting, brush, x, level + 0.02, tall * k * setting.between(0.65, 1.15), fill, "pine")
        _put(setting, brush, level - tall * k, level + 0.08, 0.05, 0.62 - 0.2 * n, depth)
    _floor(setting, h + 0.15, mix(leaf, p.near, 0.62))
    brush = setting.sheet.brush(mix(p.near, (0, 0, 0), 0.3))
    for side in (-0.02, 0.98):
        x = setting.sheet.aspect * (side + setting.between(-0.03, 0.05))
        brush.limb([(x, 1.3), (x + 0.02, 0.5), (x - 0.01, -0.3)], [0.16, 0.11, 0.09], mix(p.near, (0, 0, 0), 0.3))
    setting.add(brush.plate(blur=0.004), 1.35)


def _peaks(setting: Setting, rise: float, depth: float) -> None:
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
    _put(setting, brush, high, h + 0.06, 0.05, 0.70, depth)


def mountains(setting: Setting) -> None:
    h, p, k = setting.scene.view.horizon, setting.scene.palette, setting.near
    _peaks(setting, 0.46, 0.18)
    for n, (fill, depth) in enumerate(((mix(p.far, p.mid, 0.5), 0.36), (p.mid, 0.58))):
        brush = setting.sheet.brush(fill)
        ridge(setting, brush, h + 0.09 + 0.07 * n, (0.14 - 0.04 * n) * k, fill, rough=0.45, scale=1.2 * k)
        _put(setting, brush, h - 0.05, h + 0.2, 0.20 - 0.1 * n, 0.50 - 0.25 * n, depth)
    _floor(setting, h + 0.20, mix(p.mid, p.near, 0.6))


def _water(setting: Setting, level: float, fill: RGB, depth: float) -> None:
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


def sea(setting: Setting) -> None:
    h, p = setting.scene.view.horizon, setting.scene.palette
    kind = setting.scene.beyond
    if kind:
        beyond(setting)
    tide = mix(mix(p.middle, p.far, 0.45), ambient(setting, (40, 104, 128)), 0.35)
    _water(setting, h, tide, 0.4)
    words = (setting.scene.caption.subject + setting.scene.caption.setting + setting.scene.caption.action).lower()
    afloat = any(f.kind in ("boat", "fish") for f in setting.scene.cast)
    if (setting.scene.cast and not afloat) or "beach" in words:
        sand = mix(ambient(setting, (222, 196, 150)), p.mid, 0.25)
        brush = setting.sheet.brush(sand)
        line = ridge(setting, brush, h + 0.215, 0.035, sand, rough=0.0, scale=2.2)
        brush.limb([(x, y - 0.004) for x, y in line[::4]], 0.012, mix(p.glow, (255, 255, 255), 0.4))
        _put(setting, brush, h + 0.18, 1.0, 0.12, 0.0, 0.9)


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
        _put(setting, brush, level - rise, level + 0.2, 0.15, 0.35 - 0.14 * n, depth)
    _floor(setting, h + 0.24, mix(sand, p.near, 0.30))


def field(setting: Setting) -> None:
    h, p, k = setting.scene.view.horizon, setting.scene.palette, setting.near
    beyond(setting)
    crop = mix(_verdant(setting, 0.35), ambient(setting, (206, 170, 92)), 0.35)
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
        _put(setting, brush, h - 0.1, h + 0.2, 0.2, 0.2, 0.4 + 0.2 * n)
    soil = mix(crop, p.near, 0.42)
    brush = setting.sheet.brush(soil, (-9, h + 0.12, 99, 99))
    level = h + 0.155
    ground(setting, brush, level, soil)
    gone = setting.sheet.aspect * setting.between(0.35, 0.65)
    for n in range(-16, 17):
        x = gone + n * 0.022
        foot = gone + n * 0.30
        brush.polygon([(x, level), (x + 0.006, level), (foot + 0.12, 1.25), (foot, 1.25)], mix(soil, p.near, 0.35))
    _tufts(setting, brush, level + 0.03, soil)
    _put(setting, brush, level, 1.0, 0.25, 0.0, 0.9)


def _house(setting: Setting, brush: Brush, x: float, foot: float, size: float) -> None:
    wall = ambient(setting, (226, 214, 196), 0.2)
    brush.rect(x - size * 0.6, foot - size * 0.7, x + size * 0.6, foot, wall)
    roof = ambient(setting, (156, 82, 62), 0.15)
    brush.polygon(
        [(x - size * 0.72, foot - size * 0.68), (x + size * 0.72, foot - size * 0.68), (x, foot - size * 1.25)], roof
    )
    pane = LAMP if lit_windows(setting) else mix(wall, (40, 50, 70), 0.5)
    brush.rect(x - size * 0.12, foot - size * 0.48, x + size * 0.12, foot - size * 0.22, pane)


def street(setting: Setting) -> None:
    """Two rows of houses running to a vanishing point, rails between them, lamps along the kerb."""
    h, p, k = setting.scene.view.horizon, setting.scene.palette, setting.near
    beyond(setting)
    gone, aspect = setting.sheet.aspect * setting.between(0.42, 0.58), setting.sheet.aspect
    road = mix(p.mid, p.near, 0.62)
    brush = setting.sheet.brush(road, (-9, h, 99, 99))
    ground(setting, brush, h + 0.01, road)
    kerb = mix(road, p.haze, 0.22)
    for side in (-1, 1):
        brush.polygon(
            [
                (gone + side * 0.02, h + 0.01),
                (gone + side * 1.15, 1.3),
                (gone + side * 4, 1.3),
                (gone + side * 0.12, h + 0.01),
            ],
            kerb,
        )
        rail = mix(p.glow, road, 0.35)
        for off in (0.16, 0.185):
            brush.polygon(
                [(gone, h + 0.01), (gone + side * off * 2.6, 1.3), (gone + side * off * 2.6 + 0.018, 1.3)], rail
            )
    wet = {"rain", "snow"} & setting.scene.weather
    if wet:
        for _ in range(46):
            x, y = setting.between(-0.3, aspect + 0.3), h + 0.05 + (0.95 - h) * float(setting.rng.random())
            tone = mix(road, p.accent if setting.rng.random() < 0.4 else p.glow, 0.35)
            brush.polygon(blob(x, y, 0.07 * (y - h + 0.2), 0.010 * (y - h + 0.3) * 2, [1, 0.8, 1.1, 0.9]), tone)
    _put(setting, brush, h, 1.0, 0.35, 0.0, 0.8)
    for side in (-1, 1):
        wall = setting.sheet.brush(mix(p.far, p.mid, 0.6))
        _facades(setting, wall, gone, side, k)
        setting.add(wall.plate(air(setting, h - 0.4, h + 0.1, 0.12, 0.22), blur=setting.blur, dither=True), 0.62)
    lamps = setting.sheet.brush(mix(p.near, (0, 0, 0), 0.2))
    for n, deep in enumerate((0.18, 0.38, 0.8)):
        for side in (-1, 1):
            _lamp(
                setting,
                lamps,
                gone + side * (0.05 + 0.62 * deep * 1.25),
                h + 0.01 + 0.62 * deep * 0.62,
                0.10 + 0.52 * deep,
                -side,
                n,
            )
    setting.add(lamps.plate(blur=setting.blur * 0.5), 0.72)


def _facades(setting: Setting, brush: Brush, gone: float, side: int, k: float) -> None:
    h, p = setting.scene.view.horizon, setting.scene.palette
    share = 0.55 if lit_windows(setting) else 0.0
    deep = 0.05
    tall = 0.9 if setting.scene.view.angle != "low" else 1.3
    while deep < 2.4:
        far, deep = deep, deep * setting.between(1.28, 1.55)
        top = tall * setting.between(0.75, 1.2)
        base = mix(
            mix(p.far, p.mid, 0.7), p.accent if setting.rng.random() < 0.25 else p.low, setting.between(0.05, 0.28)
        )
        fill = mix(base, p.haze, max(0.0, 0.55 - deep * 0.6))
        if (side < 0) == (setting.scene.light.x < 0.5):
            fill = mix(fill, p.near, 0.30)

        def at(z: float, y: float) -> tuple[float, float]:
            return gone + side * (0.02 + z * 1.02), h + 0.01 + z * (0.42 - y * 1.35)

        brush.polygon([at(far, 0), at(deep, 0), at(deep, top), at(far, top)], fill)
        rows, columns = 4, 3
        for row in range(rows):
            for column in range(columns):
                y, z = top * (0.22 + 0.19 * row), far + (deep - far) * (column + 0.25) / columns
                z2 = z + (deep - far) * 0.5 / columns
                lit = setting.rng.random() < share
                pane = mix(LAMP, fill, setting.between(0, 0.4)) if lit else mix(fill, p.near, 0.32)
                brush.polygon([at(z, y), at(z2, y), at(z2, y + top * 0.11), at(z, y + top * 0.11)], pane)
        awning = mix(p.accent, fill, setting.between(0.1, 0.6))
        brush.polygon([at(far, top * 0.13), at(deep, top * 0.13), at(deep, top * 0.19), at(far, top * 0.19)], awning)


def _lamp(setting: Setting, brush: Brush, x: float, foot: float, tall: float, lean: int, n: int) -> None:
    post = mix(setting.scene.palette.near, (0, 0, 0), 0.2)
    brush.limb([(x, foot), (x, foot - tall), (x + lean * tall * 0.16, foot - tall * 1.06)], tall * 0.022, post)
    light = LAMP if lit_windows(setting) else mix(LAMP, (255, 255, 255), 0.5)
    brush.ellipse(x + lean * tall * 0.17, foot - tall * 1.04, tall * 0.035, tall * 0.025, light)


def rooftop(setting: Setting) -> None:
    """A roof garden over the city: parapet, planters, a water tank."""
    h, p, k = setting.scene.view.horizon, setting.scene.palette, setting.near
    beyond(setting)
    low = setting.sheet.brush(p.mid)
    towers(
        setting, low, h + 0.20, 0.22 * k, mix(p.mid, p.far, 0.3), width=0.24 * k, windows=0.25 * lit_windows(setting)
    )
    _put(setting, low, h - 0.1, h + 0.2, 0.05, 0.35, 0.55)
    deck = mix(mix(p.mid, p.near, 0.45), p.haze, 0.12)
    brush = setting.sheet.brush(deck)
    edge = h + 0.15
    left, right = span(setting)
    brush.rect(left - 1, edge, right + 1, 9.0, deck)
    brush.rect(left - 1, edge - 0.045, right + 1, edge + 0.012, mix(deck, p.haze, 0.28))
    brush.rect(left - 1, edge + 0.012, right + 1, edge + 0.03, mix(deck, p.near, 0.5))
    gone = setting.sheet.aspect / 2
    for n in range(-14, 15):
        brush.line([(gone + n * 0.16, edge + 0.03), (gone + n * 0.62, 1.3)], 0.003, mix(deck, p.near, 0.4))
    leaf = _verdant(setting, 0.8)
    x = left
    while x < right:
        wide = setting.between(0.16, 0.34)
        brush.rect(x, edge - 0.035, x + wide, edge + 0.05, mix(deck, ambient(setting, (132, 92, 64)), 0.5))
        for _ in range(int(wide * 60)):
            at, r = x + setting.between(0, wide), setting.between(0.014, 0.034)
            tone = mix(leaf, p.glow if setting.rng.random() < 0.3 else p.near, setting.between(0, 0.3))
            brush.polygon(
                blob(at, edge - 0.04 - r * setting.between(0, 1.2), r, r * 0.9, [1, 0.8, 1.1, 0.9, 1.05]), tone
            )
        if setting.rng.random() < 0.45:
            tree(setting, brush, x + wide / 2, edge - 0.02, setting.between(0.16, 0.26) * k, leaf)
        x += wide + setting.between(0.12, 0.5)
    _put(setting, brush, edge - 0.2, 1.0, 0.10, 0.0, 0.9)


def interior(setting: Setting) -> None:
    """A room: back wall, a tall window with the time of day in it, floor, furniture in outline, a table if needed."""
    h, p, k = max(0.5, setting.scene.view.horizon), setting.scene.palette, setting.near
    aspect, left_lit = setting.sheet.aspect, setting.scene.light.x < 0.5
    wall = mix(p.haze, p.far, 0.35)
    brush = setting.sheet.brush(wall)
    ground(setting, brush, -2.0, wall)
    skirting = h + 0.16
    wx, ww, top = aspect * (0.2 if left_lit else 0.80), 0.17 * k, 0.16
    low = min(skirting - 0.12, top + 0.40 * k)
    _window(setting, brush, wx, ww, top, low)
    for n in range(3):
        x = aspect * ((0.62, 0.78, 0.93) if left_lit else (0.07, 0.22, 0.38))[n]
        size = (0.07, 0.10, 0.06)[n] * k
        frame = mix(p.near, p.mid, 0.4)
        brush.rect(x - size * 0.8, 0.24 - size * 0.2, x + size * 0.8, 0.24 + size * 1.4, frame)
        brush.rect(
            x - size * 0.68,
            0.24 - size * 0.08,
            x + size * 0.68,
            0.24 + size * 1.28,
            mix(p.accent, wall, 0.35 + 0.2 * n),
        )
    shelf = aspect * (0.74 if left_lit else 0.26)
    _shelf(setting, brush, shelf, 0.30 * k, h + 0.02)
    brush.rect(-9, skirting - 0.02, 99, skirting, mix(wall, p.near, 0.4))
    boards = mix(p.mid, p.near, 0.35)
    brush.rect(-9, skirting, 99, 9, boards)
    for n in range(-16, 17):
        brush.line([(aspect / 2 + n * 0.15, skirting), (aspect / 2 + n * 0.5, 1.3)], 0.003, mix(boards, p.near, 0.45))
    _put(setting, brush, 0.0, skirting, 0.0, 0.10, 0.5)
    _shaft(setting, wx, ww, top, low, left_lit)
    pendant = setting.sheet.brush(mix(p.near, (0, 0, 0), 0.2))
    x = aspect * setting.between(0.42, 0.6)
    pendant.line([(x, -0.6), (x, 0.13)], 0.004, mix(p.near, (0, 0, 0), 0.2))
    pendant.polygon(
        [(x - 0.07, 0.19), (x + 0.07, 0.19), (x + 0.025, 0.125), (x - 0.025, 0.125)], mix(p.accent, p.near, 0.35)
    )
    pendant.ellipse(x, 0.192, 0.030, 0.014, LAMP)
    setting.add(pendant.plate(blur=setting.blur * 0.6), 0.7)
    _table(setting)


def _window(setting: Setting, brush: Brush, x: float, half: float, top: float, low: float) -> None:
    p = setting.scene.palette
    frame = mix(p.near, p.mid, 0.5)
    night = setting.scene.light.time in ("night", "dusk")
    brush.rect(x - half - 0.014, top - 0.014, x + half + 0.014, low + 0.014, frame)
    steps = 14
    high, deep = ((24, 32, 66), (70, 66, 110)) if night else (mix(p.glow, (200, 222, 240), 0.5), p.glow)
    for n in range(steps):
        y = top + (low - top) * n / steps
        brush.rect(x - half, y, x + half, y + (low - top) / steps, mix(high, deep, n / steps))
    for n in range(7):
        roof = low - setting.between(0.03, 0.13)
        at = x - half + 2 * half * n / 7
        brush.rect(at, roof, at + 2 * half / 7, low, mix(mix(high, deep, 0.5), p.near, 0.35))
    for share in (-1 / 3, 1 / 3):
        brush.rect(x + half * share - 0.004, top, x + half * share + 0.004, low, frame)
    brush.rect(x - half, (top + low) / 2 - 0.004, x + half, (top + low) / 2 + 0.004, frame)
    brush.rect(x - half - 0.03, low + 0.012, x + half + 0.03, low + 0.028, mix(frame, p.haze, 0.4))


def _shelf(setting: Setting, brush: Brush, x: float, wide: float, foot: float) -> None:
    p = setting.scene.palette
    wood = mix(p.near, p.mid, 0.55)
    for n in range(3):
        y = foot - n * 0.085
        brush.rect(x - wide / 2, y, x + wide / 2, y + 0.010, wood)
        at = x - wide / 2 + 0.01
        while at < x + wide / 2 - 0.04:
            w, tall = setting.between(0.008, 0.022), setting.between(0.035, 0.068)
            tint = (p.accent, p.far, p.low, p.near)[int(setting.rng.integers(0, 4))]
            if setting.rng.random() < 0.8:
                brush.rect(at, y - tall, at + w, y, mix(tint, wood, 0.35))
            at += w + 0.003


def _shaft(setting: Setting, x: float, half: float, top: float, low: float, left_lit: bool) -> None:
    """Light falling from the window across the room."""
    if setting.scene.light.time == "night":
        return
    lean = 0.75 if left_lit else -0.75
    beam = setting.sheet.brush(setting.scene.palette.glow)
    beam.polygon(
        [(x - half, top), (x + half, top), (x + half + lean, 1.1), (x - half + lean, 1.1)],
        setting.scene.palette.glow,
        46,
    )
    beam.polygon(
        [(x - half, low), (x + half, low), (x + half + lean * 0.9, 1.1), (x - half + lean * 0.9, 1.1)],
        setting.scene.palette.glow,
        66,
    )
    setting.add(beam.plate(blur=0.02), 0.55)


def _table(setting: Setting) -> None:
    alone = [f for f in setting.scene.cast if f.kind in ("cup", "bottle", "phone", "book", "flower", "lamp", "object")]
    if not alone:
        return
    p = setting.scene.palette
    wood = mix(ambient(setting, (148, 102, 68)), p.near, 0.25)
    brush = setting.sheet.brush(wood)
    top = 0.70
    brush.rect(-9, top, 99, 9, wood)
    brush.rect(-9, top, 99, top + 0.006, mix(wood, p.glow, 0.45))
    for n in range(18):
        y = top + 0.02 + 0.35 * (n / 18) ** 1.4
        x = setting.between(-0.5, setting.sheet.aspect)
        brush.line(
            [(x, y), (x + setting.between(0.3, 0.9), y + 0.002)], 0.002 + 0.002 * n / 18, mix(wood, p.near, 0.28)
        )
    setting.add(brush.plate(air(setting, top, 1.0, 0.10, 0.0), dither=True), 0.9)


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


def from_above(setting: Setting) -> None:
    """Any place seen straight down: its ground as a pattern."""
    p, aspect, place = setting.scene.palette, setting.sheet.aspect, setting.scene.place
    base = {
        "sea": mix(p.far, ambient(setting, (40, 110, 130)), 0.6),
        "park": _verdant(setting),
        "field": _verdant(setting),
    }
    fill = base.get(place, _verdant(setting) if place == "forest" else mix(p.mid, p.far, 0.4))
    brush = setting.sheet.brush(fill)
    brush.rect(-9, -9, 99, 99, fill)
    left, right = span(setting)
    if place in ("park", "forest", "field", "open", "rooftop"):
        brush.limb(
            [(left - 0.2, 0.9), (aspect * 0.3, 0.55), (aspect * 0.7, 0.45), (right + 0.2, 0.1)],
            0.13,
            mix(fill, p.low, 0.5),
        )
        for _ in range(90 if place == "forest" else 26):
            x, y, r = setting.between(left, right), setting.between(-0.2, 1.1), setting.between(0.04, 0.10)
            if abs(y - (0.85 - 0.42 * x)) < 0.15 and place != "forest":
                continue
            brush.ellipse(x + r * 0.4, y + r * 0.5, r, r, mix(fill, p.near, 0.5))
            for n in range(3):
                lumps = [setting.between(0.85, 1.15) for _ in range(8)]
                brush.polygon(
                    blob(x - 0.1 * r * n, y - 0.12 * r * n, r * (1 - 0.28 * n), r * (1 - 0.28 * n), lumps),
                    mix(_verdant(setting, 0.8), p.glow, 0.10 * n),
                )
    elif place in ("street", "city"):
        brush.rect(left - 1, 0.28, right + 1, 0.66, mix(p.mid, p.near, 0.6))
        for n in range(-4, 40):
            brush.rect(n * 0.16, 0.462, n * 0.16 + 0.09, 0.474, mix(p.glow, fill, 0.2))
        for n in range(8):
            brush.rect(aspect * 0.72, 0.29 + n * 0.047, aspect * 0.72 + 0.16, 0.312 + n * 0.047, mix(p.glow, fill, 0.2))
    else:
        for n in range(60):
            x, y = setting.between(left, right), n / 50
            brush.limb([(x, y), (x + 0.15, y - 0.012), (x + 0.3, y)], [0.002, 0.006, 0.002], mix(fill, p.low, 0.35))
    setting.add(brush.plate(dither=True), 1.0)


Painter = Callable[[Setting], None]

PAINTERS: dict[str, Painter] = {
    "open": open_land,
    "city": city,
    "park": park,
    "forest": forest,
    "mountains": mountains,
    "sea": sea,
    "desert": desert,
    "field": field,
    "street": street,
    "rooftop": rooftop,
    "interior": interior,
    "space": space,
}
