"""What is named and stands far off or lights the sky: turbines, a lighthouse, a bridge, a castle, fireworks, aurora."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import cos, pi, sin

import numpy as np

from reelmake_sketch.paint.brush import RGB, Brush
from reelmake_sketch.paint.masses import ambient, lit_windows, span
from reelmake_sketch.paint.plate import Plate, plate
from reelmake_sketch.paint.sky import fractal
from reelmake_sketch.paint.stage import Path, Poses, Setting, StageLayer
from reelmake_sketch.palette import mix

LAMP: RGB = (255, 226, 160)


def paint(setting: Setting) -> None:
    for name in setting.scene.marks:
        PAINTERS[name](setting)


def _line(setting: Setting) -> float:
    """Where far things stand: at the horizon of water, a little nearer on land."""
    return setting.scene.view.horizon + (0.012 if setting.scene.place == "sea" else 0.055)


def _side(setting: Setting) -> float:
    """A place in the width that the cast and the light leave free."""
    return 0.24 if setting.scene.seed >> 20 & 1 else 0.76


def turbine(setting: Setting) -> None:
    """A row that goes away; every rotor turns at its own pace."""
    k, aspect, foot = min(1.5, setting.near), setting.sheet.aspect, _line(setting)
    white = ambient(setting, (246, 248, 248))
    steps = 24
    left = setting.between(0.04, 0.12)
    for n, (share, tall) in enumerate(((0.05, 0.17), (0.24, 0.23), (0.47, 0.15), (0.66, 0.34), (0.90, 0.20))):
        tall = tall * k
        far = 0.42 - 0.9 * min(0.4, tall)
        tone = mix(white, setting.scene.palette.haze, max(0.08, far))
        x, high = aspect * (left + share * 0.88), foot - tall
        mast = setting.sheet.brush(tone, (x - 0.1, high - 0.05, x + 0.1, foot + 0.05))
        mast.limb([(x, high), (x, foot)], [tall * 0.020, tall * 0.040], tone)
        mast.limb([(x, high), (x + tall * 0.05, high)], tall * 0.034, tone)
        depth = 0.20 + 0.5 * tall
        setting.add(mast.plate(), depth)
        rotor = tuple(_rotor(setting, tall * 0.58, tone, 2 * pi / 3 * step / steps) for step in range(steps))
        setting.layers.append(StageLayer(rotor, depth, _turning(x, high, steps, 15.0 - 3.5 * tall + n, 5 * n)))


def _rotor(setting: Setting, reach: float, tone: RGB, turn: float) -> Plate:
    brush = setting.sheet.free(tone, 2.2 * reach, 1.1 * reach, 1.1 * reach)
    for n in range(3):
        a = turn + 2 * pi * n / 3
        at = [(reach * r * cos(a), reach * r * sin(a)) for r in (0.0, 0.2, 1.0)]
        brush.limb(at, [reach * 0.035, reach * 0.060, reach * 0.012], tone)
    brush.ellipse(0, 0, reach * 0.05, reach * 0.05, mix(tone, (0, 0, 0), 0.2))
    return brush.plate()


def _turning(x: float, y: float, steps: int, pace: float, offset: int) -> Path:
    return lambda share, seconds: (x, y, int(seconds * pace) + offset, 1.0)


def lighthouse(setting: Setting) -> None:
    k, foot = min(1.7, setting.near), _line(setting) + 0.02
    x, tall, p = setting.sheet.aspect * _side(setting), 0.36 * k, setting.scene.palette
    rock = mix(p.near, p.far, 0.45)
    brush = setting.sheet.brush(rock)
    left = [(x - 0.30 * k, foot + 0.02), (x - 0.2 * k, foot - 0.05 * k), (x - 0.07 * k, foot - 0.075 * k)]
    right = [(x + 0.08 * k, foot - 0.07 * k), (x + 0.17 * k, foot - 0.03 * k), (x + 0.30 * k, foot + 0.02)]
    brush.polygon([*left, *right], rock)
    low, high = foot - 0.06 * k, foot - tall
    white, red = ambient(setting, (244, 240, 232)), ambient(setting, (196, 62, 52))

    def wide(y: float) -> float:
        return (0.030 + 0.018 * (y - high) / (low - high)) * k

    for n in range(5):
        top, end = high + (low - high) * n / 5, high + (low - high) * (n + 1) / 5
        tone = white if n % 2 else red
        brush.polygon([(x - wide(top), top), (x + wide(top), top), (x + wide(end), end), (x - wide(end), end)], tone)
        brush.polygon(
            [(x + wide(top) * 0.25, top), (x + wide(top), top), (x + wide(end), end), (x + wide(end) * 0.25, end)],
            mix(tone, (0, 0, 0), 0.16),
        )
    brush.rect(x - 0.042 * k, high - 0.008 * k, x + 0.042 * k, high + 0.006 * k, mix(p.near, p.far, 0.2))
    brush.rect(x - 0.022 * k, high - 0.045 * k, x + 0.022 * k, high - 0.008 * k, LAMP)
    brush.polygon([(x - 0.032 * k, high - 0.045 * k), (x + 0.032 * k, high - 0.045 * k), (x, high - 0.08 * k)], red)
    setting.add(brush.plate(blur=setting.blur * 0.6), 0.46)
    if lit_windows(setting):
        for side in (-1, 1):
            ray = setting.sheet.brush(LAMP)
            y = high - 0.026 * k
            ray.polygon(
                [(x, y - 0.006), (x + side * 1.6, y - 0.15), (x + side * 1.6, y + 0.06), (x, y + 0.006)], LAMP, 120
            )
            phase = 0.0 if side < 0 else pi
            setting.add(ray.plate(blur=0.012), 0.46, _sweep(phase))


def _sweep(phase: float) -> Path:
    return lambda share, seconds: (0.0, 0.0, 0, max(0.0, sin(seconds * 1.25 + phase)) ** 2)


def bridge(setting: Setting) -> None:
    """A suspension bridge across the whole width."""
    k, deck, p = min(1.5, setting.near), _line(setting) - 0.055, setting.scene.palette
    left, right = span(setting)
    tone = mix(ambient(setting, (172, 84, 70)), p.haze, 0.28)
    brush = setting.sheet.brush(tone)
    brush.rect(left - 0.1, deck, right + 0.1, deck + 0.014 * k, tone)
    gap, rise = 0.86 * k, 0.24 * k
    x = setting.sheet.aspect * 0.5 - 2.5 * gap
    while x < right + gap:
        for off in (-0.016, 0.016):
            brush.rect(x + off * k - 0.006 * k, deck - rise, x + off * k + 0.006 * k, deck + 0.09 * k, tone)
        brush.rect(x - 0.02 * k, deck - rise * 0.6, x + 0.02 * k, deck - rise * 0.56, tone)
        for n in range(20):
            t, u = n / 20, (n + 1) / 20
            high, next_high = (deck - 0.012 - rise * (2 * v - 1) ** 2 for v in (t, u))
            brush.line([(x + gap * t, high), (x + gap * u, next_high)], 0.005 * k, tone)
            brush.line([(x + gap * t, high), (x + gap * t, deck)], 0.0016, tone)
        x += gap
    setting.add(brush.plate(blur=setting.blur * 0.7), 0.30)


def castle(setting: Setting) -> None:
    k, foot, p = min(1.6, setting.near), _line(setting) + 0.03, setting.scene.palette
    x, wall = setting.sheet.aspect * _side(setting), mix(ambient(setting, (172, 160, 150)), p.haze, 0.30)
    roof = mix(ambient(setting, (104, 86, 128)), p.haze, 0.25)
    brush = setting.sheet.brush(wall)
    hill = mix(p.far, p.mid, 0.5)
    brush.polygon(
        [(x + 0.55 * k * (n / 12 - 1), foot + 0.03 - 0.13 * k * sin(pi * n / 24) ** 2) for n in range(25)], hill
    )
    base = foot - 0.075 * k
    brush.rect(x - 0.17 * k, base - 0.10 * k, x + 0.17 * k, base + 0.02, mix(wall, (0, 0, 0), 0.10))
    for n in range(9):
        at = x - 0.17 * k + n * 0.04 * k
        brush.rect(at, base - 0.115 * k, at + 0.02 * k, base - 0.10 * k, mix(wall, (0, 0, 0), 0.10))
    for off, tall, wide in ((-0.18, 0.22, 0.030), (0.18, 0.24, 0.030), (-0.07, 0.30, 0.034), (0.06, 0.36, 0.040)):
        at, top = x + off * k, base - tall * k
        brush.rect(at - wide * k, top, at + wide * k, base + 0.02, wall)
        brush.rect(at + wide * k * 0.3, top, at + wide * k, base + 0.02, mix(wall, (0, 0, 0), 0.16))
        brush.polygon([(at - wide * 1.3 * k, top), (at + wide * 1.3 * k, top), (at, top - 0.10 * k)], roof)
        pane = LAMP if lit_windows(setting) else mix(wall, (30, 30, 50), 0.6)
        for y in (0.04, 0.10):
            brush.rect(at - 0.005 * k, top + y * k, at + 0.005 * k, top + (y + 0.022) * k, pane)
    setting.add(brush.plate(blur=setting.blur * 0.6), 0.36)


def fireworks(setting: Setting) -> None:
    aspect, steps = setting.sheet.aspect, 16
    for n in range(5):
        colour = ((255, 196, 90), (255, 92, 120), (120, 210, 255), (190, 140, 255), (140, 255, 170))[n]
        reach = setting.between(0.13, 0.21)
        spokes = [(2 * pi * (m + setting.between(-0.3, 0.3)) / 34, setting.between(0.55, 1.0)) for m in range(34)]
        burst = partial(_burst, setting, colour, reach, spokes, steps)
        x, y = aspect * (0.12 + 0.19 * n), setting.between(0.20, 0.38)
        setting.layers.append(StageLayer(Poses(steps, burst), 0.2, _bursting(x, y, steps, 0.62 * n)))


def _burst(
    setting: Setting, colour: RGB, reach: float, spokes: list[tuple[float, float]], steps: int, pose: int
) -> Plate:
    t = (pose + 1) / steps
    brush = setting.sheet.free(colour, 2.6 * reach, 1.3 * reach, 1.5 * reach)
    out, alpha = 1 - (1 - t) ** 3, round(255 * (1 - t) ** 0.7)
    for a, long in spokes:
        ends = [
            (reach * long * r * cos(a), reach * long * r * sin(a) + 0.22 * reach * t * t) for r in (out * 0.72, out)
        ]
        brush.limb(ends, [0.001, 0.0042], mix(colour, (255, 255, 255), 0.5 * (1 - t)), alpha)
    return brush.plate(blur=0.0012)


def _bursting(x: float, y: float, steps: int, offset: float) -> Path:
    def path(share: float, seconds: float) -> tuple[float, float, int, float]:
        now = (seconds + offset) % 2.6 / 1.5
        return x, y, min(steps - 1, int(now * steps)), 1.0 if now < 1 else 0.0

    return path


def aurora(setting: Setting) -> None:
    """Two curtains of light that breathe and drift."""
    unit, sheet = setting.sheet.height, setting.sheet
    tall = round(min(0.62, setting.scene.view.horizon + 0.05) * unit) // 2 * 2 or 2
    wide = (sheet.width + round(0.3 * unit)) // 2 * 2
    y = np.linspace(0, 1, tall, dtype=np.float32)[:, None]
    x = np.linspace(0, sheet.aspect, wide, dtype=np.float32)[None, :]
    for n, (low, high) in enumerate((((70, 240, 160), (90, 120, 230)), ((110, 250, 200), (190, 90, 210)))):
        a, b = setting.between(0, 6), setting.between(0, 6)
        foot = 0.62 + 0.13 * np.sin(2.1 * x + a) + 0.06 * np.sin(5.3 * x + b) - 0.16 * n
        folds = fractal(setting.rng, 4, wide, unit, stretch=0.35)[:1]
        up = foot - y
        alpha = np.where(up > 0, np.exp(-up / (0.16 + 0.22 * folds)), np.exp(up / 0.02)) * (0.25 + folds) * 200
        share = np.clip(up / 0.45, 0, 1)[..., None]
        rgb = (np.array(low, np.float32) * (1 - share) + np.array(high, np.float32) * share).astype(np.float32)
        made = plate(rgb, np.clip(alpha, 0, 230).astype(np.float32), -round(0.15 * unit) // 2 * 2, 0)
        setting.add(made, 0.1, _breathing(1 if n else -1, a))


def _breathing(way: int, offset: float) -> Path:
    return lambda share, seconds: (way * 0.012 * seconds, 0.0, 0, 0.72 + 0.28 * sin(seconds * 0.9 + offset))


def lightning(setting: Setting) -> None:
    white: RGB = (236, 238, 255)
    for n in range(2):
        brush = setting.sheet.brush(white)
        x, y = setting.sheet.aspect * setting.between(0.15, 0.85), 0.02
        points = [(x, y)]
        while y < setting.scene.view.horizon - 0.02:
            x, y = x + setting.between(-0.055, 0.055), y + setting.between(0.03, 0.06)
            points.append((x, y))
        brush.limb(points, [0.008 * (1 - 0.7 * i / len(points)) for i in range(len(points))], white)
        fork = points[len(points) // 2]
        brush.limb(
            [fork, (fork[0] + 0.07, fork[1] + 0.07), (fork[0] + 0.08, fork[1] + 0.16)], [0.004, 0.003, 0.001], white
        )
        setting.add(brush.plate(blur=0.0015), 0.15, _flash(0.35 + 1.5 * n))


def _flash(at: float) -> Path:
    def path(share: float, seconds: float) -> tuple[float, float, int, float]:
        gone = (seconds - at) % 3.1
        return 0.0, 0.0, 0, max(0.0, 1 - gone / 0.45) if gone < 0.45 else 0.0

    return path


def rainbow(setting: Setting) -> None:
    x, y, aspect = setting.sheet.aspect * _side(setting), setting.scene.view.horizon + 0.12, setting.sheet.aspect
    brush = setting.sheet.brush((255, 255, 255), (-9, -9, 99, setting.scene.view.horizon + 0.02))
    bands: tuple[RGB, ...] = (
        (230, 80, 80),
        (240, 160, 70),
        (244, 224, 100),
        (110, 200, 120),
        (90, 150, 230),
        (140, 100, 210),
    )
    for n, colour in enumerate((*bands, bands[-1])):
        r = aspect * 0.40 - 0.016 * n
        brush.ellipse(x, y, r, r, colour, 0 if n == len(bands) else 96)
    setting.add(brush.plate(blur=0.006), 0.14)


def solar(setting: Setting) -> None:
    """Rows of tilted panels on the ground in front."""
    h, p, k = setting.scene.view.horizon, setting.scene.palette, setting.near
    left, right = span(setting)
    glass, frame = ambient(setting, (44, 66, 118)), mix(p.haze, (255, 255, 255), 0.3)
    for n in range(3):
        foot, tall = h + 0.10 + 0.075 * n, (0.035 + 0.022 * n) * min(1.4, k)
        brush = setting.sheet.brush(glass)
        x, wide = left - 0.1 * n, (0.14 + 0.07 * n) * min(1.4, k)
        while x < right:
            _panel(brush, x, foot, wide, tall, mix(glass, p.glow, 0.10), frame)
            x += wide * 1.12
        setting.add(brush.plate(blur=setting.blur * 0.6), 0.5 + 0.14 * n)


def _panel(brush: Brush, x: float, foot: float, wide: float, tall: float, glass: RGB, frame: RGB) -> None:
    lean = 0.16 * wide
    brush.limb([(x + wide * 0.5, foot), (x + wide * 0.5, foot - tall * 0.4)], tall * 0.08, mix(frame, (0, 0, 0), 0.5))

    def at(u: float, v: float) -> tuple[float, float]:
        return x + wide * u + lean * v, foot - tall * (0.25 + 0.75 * v)

    brush.polygon([at(0, 0), at(0.96, 0), at(0.96, 1), at(0, 1)], glass)
    brush.polygon([at(0.55, 0), at(0.75, 0), at(0.45, 1), at(0.25, 1)], mix(glass, (255, 255, 255), 0.14))
    for n in range(5):
        brush.line([at(0.24 * n, 0), at(0.24 * n, 1)], 0.0016, frame)
    for v in (0.0, 0.5, 1.0):
        brush.line([at(0, v), at(0.96, v)], 0.0016, frame)


PAINTERS: dict[str, Callable[[Setting], None]] = {
    "turbine": turbine,
    "lighthouse": lighthouse,
    "bridge": bridge,
    "castle": castle,
    "fireworks": fireworks,
    "aurora": aurora,
    "lightning": lightning,
    "rainbow": rainbow,
    "solar": solar,
}
