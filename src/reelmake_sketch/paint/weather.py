"""What is in the air, in front of the place: beams of light, mist, rain, snow, petals; and the leaves near the lens."""

from __future__ import annotations

from math import sin

import numpy as np
from PIL import Image, ImageDraw

from reelmake_sketch.paint.masses import ambient
from reelmake_sketch.paint.plate import Canvas, plate
from reelmake_sketch.paint.sky import fractal
from reelmake_sketch.paint.stage import Drawing, Setting, StageLayer
from reelmake_sketch.palette import luma, mix


def paint_light(setting: Setting) -> None:
    """What hangs in the air behind the cast."""
    outside = setting.scene.place not in ("interior", "space")
    if setting.scene.light.beams and outside:
        _beams(setting)
    if "fog" in setting.scene.weather and outside:
        _mist(setting)


def paint(setting: Setting) -> None:
    """What falls or drifts in front of everything."""
    weather = setting.scene.weather
    outside = setting.scene.place not in ("interior", "space")
    if "rain" in weather and outside:
        _rain(setting)
    if "snow" in weather and outside:
        _flakes(setting, 150, 0.0042, 0.16, 245)
    elif "wind" in weather and outside:
        _flakes(setting, 16, 0.0040, 0.05, 0)
    elif setting.scene.light.time in ("golden", "dawn") and not weather:
        _flakes(setting, 26, 0.0022, 0.02, 240)


def _beams(setting: Setting) -> None:
    """Shafts that fan out from the sun: noise over the angle, fading with distance."""
    unit, sheet, light = setting.sheet.height, setting.sheet, setting.scene.light
    x = (np.arange(sheet.width, dtype=np.float32)[None, :]) / unit - light.x * sheet.aspect
    y = (np.arange(sheet.height, dtype=np.float32)[:, None]) / unit - (light.y - 0.12)
    angle = np.arctan2(y, x)
    rays = np.zeros_like(angle)
    for n in range(5):
        rays += np.sin(angle * (5 + 7 * n) + setting.between(0, 6.28)) / (1 + n * 0.6)
    away = np.sqrt(x * x + y * y)
    alpha = np.clip(rays * 0.5 + 0.15, 0, 1) * np.exp(-away / 0.75) * np.clip(away * 6, 0, 1) * 118
    rgb = np.empty((sheet.height, sheet.width, 3), np.float32)
    rgb[:] = setting.scene.palette.glow
    offset = setting.between(0, 6)
    setting.add(
        plate(rgb, alpha.astype(np.float32), 0, 0),
        0.0,
        lambda share, seconds: (0.0, 0.0, 0, 0.86 + 0.14 * sin(seconds * 0.9 + offset)),
    )


def _mist(setting: Setting) -> None:
    unit, sheet, h = setting.sheet.height, setting.sheet, setting.scene.view.horizon
    wide, tall = (sheet.width + round(0.7 * unit)) // 2 * 2, round(0.46 * unit) // 2 * 2
    noise = fractal(setting.rng, tall, wide, unit, stretch=4.0)
    rise = np.sin(np.linspace(0, np.pi, tall, dtype=np.float32))[:, None]
    rgb = np.empty((tall, wide, 3), np.float32)
    rgb[:] = mix(setting.scene.palette.haze, setting.scene.palette.glow, 0.3)
    made = plate(rgb, np.clip((noise - 0.25) * 1.3, 0, 1) * rise * 120, -round(0.35 * unit) // 2 * 2, 0)
    setting.add(made, 0.5, lambda share, seconds: (0.022 * seconds - 0.15, h - 0.16, 0, 1.0))


def _rain(setting: Setting) -> None:
    """Two sheets of streaks that fall at different speeds; only brightness is touched, which is quick."""
    unit, sheet = setting.sheet.height, setting.sheet
    ink = round(16 + 219 * luma(mix(setting.scene.palette.glow, (255, 255, 255), 0.3)))
    for speed, count, long, power in ((1.7, 240, 0.045, 46), (2.6, 110, 0.085, 70)):
        tile = Image.new("L", (sheet.width, sheet.height), 0)
        pen = ImageDraw.Draw(tile)
        for _ in range(count):
            x, y = float(setting.rng.random()) * sheet.width, float(setting.rng.random()) * sheet.height
            for wrap in (0, -sheet.height):
                end = (x - 0.16 * long * unit, y + wrap + long * unit)
                pen.line([(x, y + wrap), end], fill=power, width=max(1, round(unit / 500)))
        setting.layers.append(StageLayer((), 0.4, None, _falling(tile, ink, speed, unit)))


def _falling(tile: Image.Image, ink: int, speed: float, unit: int) -> Drawing:
    def draw(canvas: Canvas, dx: float, dy: float, share: float, seconds: float) -> None:
        down = round(speed * unit * seconds) % tile.height
        along = round(dx - 0.16 * speed * unit * seconds) % tile.width
        for x in (along, along - tile.width):
            for y in (down, down - tile.height):
                left, top = max(0, x), max(0, y)
                right, bottom = min(canvas.width, x + tile.width), min(canvas.height, y + tile.height)
                if right > left and bottom > top:
                    canvas.luma.paste(
                        ink, (left, top, right, bottom), tile.crop((left - x, top - y, right - x, bottom - y))
                    )

    return draw


def _flakes(setting: Setting, count: int, size: float, fall: float, white: int) -> None:
    """Snow, dust in the light, or leaves on the wind: soft dots, each on its own way."""
    unit, sheet = setting.sheet.height, setting.sheet
    rng = setting.rng
    dots = []
    leaf = ambient(setting, (196, 120, 62))
    for n in range(4):
        r = max(1.0, size * unit * (0.6 + 0.5 * n))
        side = int(r * 2 + 4) // 2 * 2 + 2
        axis = np.arange(side, dtype=np.float32) - (side - 1) / 2
        away = np.sqrt(axis[:, None] ** 2 + (axis[None, :] * (1.0 if white else 1.7)) ** 2)
        rgb = np.empty((side, side, 3), np.float32)
        rgb[:] = mix(setting.scene.palette.glow, (255, 255, 255), 0.5) if white else leaf
        soft = 1.4 if white else 0.8
        dots.append(plate(rgb, np.clip((r - away) / soft + 0.5, 0, 1) * (200 - 25 * n if fall > 0.03 else 110), 0, 0))
    ways = rng.random((count, 5))
    drift = 0.02 if white else 0.34

    def draw(canvas: Canvas, dx: float, dy: float, share: float, seconds: float) -> None:
        for a, b, c, d, e in ways:
            depth = 0.5 + e
            x = (a + (drift * depth + 0.02 * sin(seconds * (0.6 + c) + 6 * d)) * seconds / sheet.aspect) % 1.1 - 0.05
            y = (b + fall * depth * seconds + (0.012 * sin(seconds * 2 * (0.5 + d) + 9 * c))) % 1.1 - 0.05
            # whole pixels: dots this small hide it, and it is three times as quick
            canvas.lay(dots[int(c * 4)], round(x * sheet.width / 2) * 2, round(y * unit / 2) * 2)

    setting.layers.append(StageLayer((), 1.0, None, draw))
