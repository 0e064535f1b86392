"""What is above the horizon: the gradient, the sun or moon and its glow, clouds, stars."""

from __future__ import annotations

import numpy as np
from PIL import Image

from reelmake_sketch.paint.plate import Floats, plate
from reelmake_sketch.paint.stage import Setting, StageLayer
from reelmake_sketch.scenery import RGB

_DEPTH = 0.12


def paint(setting: Setting) -> None:
    """Adds an opaque layer that fills the frame."""
    scene, sheet = setting.scene, setting.sheet
    unit, p = sheet.height, scene.palette
    mx, my = round(sheet.margin_x * unit * 0.3) // 2 * 2 + 4, round(sheet.margin_y * unit * 0.3) // 2 * 2 + 4
    wide, tall = sheet.width + 2 * mx, sheet.height + 2 * my
    x = (np.arange(wide, dtype=np.float32)[None, :] - mx) / unit
    y = (np.arange(tall, dtype=np.float32)[:, None] - my) / unit
    horizon = max(0.2, scene.view.horizon)
    down = np.clip(y / horizon, -0.2, 1.0)
    sky = _gradient(down, (p.top, p.middle, p.low)) * np.ones((1, wide, 1), np.float32)
    if "stars" in scene.weather or scene.light.time == "night":
        sky += _stars(setting, wide, tall, down)
    if scene.light.kind != "none":
        _shine(setting, sky, x, y)
    if scene.place != "space" and ("clouds" in scene.weather or scene.light.time != "night"):
        _clouds(setting, sky, down)
    setting.layers.append(StageLayer((plate(np.clip(sky, 0, 255), None, -mx, -my, sheet.seed),), _DEPTH))


def _gradient(down: Floats, stops: tuple[RGB, RGB, RGB]) -> Floats:
    t = np.clip(down, 0, 1)[..., None]
    top, middle, low = (np.array(c, np.float32) for c in stops)
    upper = np.clip(t / 0.58, 0, 1)
    lower = np.clip((t - 0.42) / 0.58, 0, 1)
    upper, lower = upper * upper * (3 - 2 * upper), lower * lower * (3 - 2 * lower)
    blended: Floats = top + (middle - top) * upper
    blended += (low - blended) * lower
    return blended


def _shine(setting: Setting, sky: Floats, x: Floats, y: Floats) -> None:
    light, p = setting.scene.light, setting.scene.palette
    cx, cy = light.x * setting.sheet.aspect, min(light.y, setting.scene.view.horizon - 0.03)
    away = np.sqrt((x - cx) ** 2 + (y - cy) ** 2)
    glow = np.array(p.glow, np.float32)
    strength = 0.55 if light.kind == "sun" else 0.28
    wide = np.exp(-((away / 0.55) ** 2)) * strength * 0.55 + np.exp(-away / 0.11) * strength
    sky += (glow - sky) * np.clip(wide, 0, 1)[..., None]
    radius = 0.052 if light.kind == "sun" else 0.042
    disc = np.clip((radius - away) * setting.sheet.height / 1.5 + 0.5, 0, 1)
    if light.kind == "moon":
        bite = np.sqrt((x - cx + 0.018) ** 2 + (y - cy + 0.008) ** 2)
        disc *= 0.25 + 0.75 * np.clip((bite - radius * 0.92) * setting.sheet.height / 3 + 0.5, 0, 1)
    core = np.minimum(255.0, glow * 1.06 + 8)
    sky += (core - sky) * (disc * 0.96)[..., None]


def _clouds(setting: Setting, sky: Floats, down: Floats) -> None:
    heavy = bool({"clouds", "rain", "snow"} & setting.scene.weather)
    tall, wide = sky.shape[:2]
    noise = fractal(setting.rng, tall, wide, setting.sheet.height, stretch=3.4)
    level = 0.40 if heavy else 0.60
    body = np.clip((noise - level) / 0.30, 0, 1)
    body = body * body * (3 - 2 * body) * np.clip((1.04 - down) * 3, 0, 1) * np.clip((down + 0.3) * 2, 0, 1)
    lit = np.roll(noise, -max(2, setting.sheet.height // 60), axis=0)
    edge = np.clip((noise - lit) * 5 + 0.5, 0, 1)[..., None]
    p = setting.scene.palette
    bright = np.array(p.glow, np.float32) * (0.80 if heavy else 0.97)
    shade = (np.array(p.middle, np.float32) * 0.6 + np.array(p.haze, np.float32) * 0.4) * (0.86 if heavy else 1.0)
    cloud = shade + (bright - shade) * edge * (0.4 if heavy else 0.8)
    sky += (cloud - sky) * (body * (0.8 if heavy else 0.55))[..., None]


def _stars(setting: Setting, wide: int, tall: int, down: Floats) -> Floats:
    rng, unit = setting.rng, setting.sheet.height
    stars = np.zeros((tall, wide, 1), np.float32)
    count = 420 if "stars" in setting.scene.weather or setting.scene.place == "space" else 160
    size = max(1, unit // 540)
    for _ in range(count):
        cy, cx, power = rng.random() ** 1.3 * tall, rng.random() * wide, rng.random() ** 4
        fade = max(0.0, 1 - max(0.0, float(down[int(cy), 0])) * 0.9)
        grown = size + (1 if power > 0.6 else 0)
        stars[int(cy) : int(cy) + grown, int(cx) : int(cx) + grown] += (40 + 190 * power) * fade
    return stars


def fractal(rng: np.random.Generator, tall: int, wide: int, unit: int, stretch: float = 1.0) -> Floats:
    """Smooth noise 0..1 with detail down to 1/50 of a frame height; `stretch` makes it wider than tall."""
    total = np.zeros((tall, wide), np.float32)
    weight = 0.0
    for octave in range(4):
        cell = unit * 0.32 / 2**octave
        grid = rng.random((int(tall / cell) + 4, int(wide / cell / stretch) + 4)).astype(np.float32)
        scale = 0.55**octave
        grown = Image.fromarray(grid).resize((wide, tall), Image.Resampling.BICUBIC)
        total += np.asarray(grown) * scale
        weight += scale
    spread: Floats = np.clip((total / weight - 0.5) * 1.7 + 0.5, 0, 1)
    return spread
