"""Places that people built: city, street, rooftop, and rooms."""

from __future__ import annotations

from reelmake_sketch.paint.brush import RGB, Brush, blob
from reelmake_sketch.paint.masses import air, ambient, ground, lit_windows, span, towers, tree
from reelmake_sketch.paint.stage import Setting
from reelmake_sketch.paint.terrain import beyond, floor, put, verdant
from reelmake_sketch.palette import mix
from reelmake_sketch.prompt_reading import TABLE

LAMP: RGB = (255, 214, 140)


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
        put(setting, brush, h - tall * k, foot, high, low, depth)
    floor(setting, h + 0.21, mix(p.mid, p.near, 0.65))


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
    put(setting, brush, h, 1.0, 0.35, 0.0, 0.8)
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
    put(setting, low, h - 0.1, h + 0.2, 0.05, 0.35, 0.55)
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
    leaf = verdant(setting, 0.8)
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
    put(setting, brush, edge - 0.2, 1.0, 0.10, 0.0, 0.9)


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
    put(setting, brush, 0.0, skirting, 0.0, 0.10, 0.5)
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
    if not any(f.kind in TABLE for f in setting.scene.cast):
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
