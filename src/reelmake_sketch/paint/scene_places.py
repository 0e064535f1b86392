"""The places a scene can stand in, by name, and any of them seen from straight above.

A new place is a painter in nature.py or built.py and its name here (and in the lexicon, so that words lead to it).
"""

from __future__ import annotations

from collections.abc import Callable

from reelmake_sketch.paint.brush import RGB, Brush, blob
from reelmake_sketch.paint.built import city, interior, rooftop, street
from reelmake_sketch.paint.masses import ambient, span
from reelmake_sketch.paint.nature import desert, field, forest, mountains, open_land, park, sea, space
from reelmake_sketch.paint.stage import Setting
from reelmake_sketch.paint.terrain import verdant
from reelmake_sketch.palette import mix


def from_above(setting: Setting) -> None:
    """Any place seen straight down: its ground as a pattern."""
    p, aspect, place = setting.scene.palette, setting.sheet.aspect, setting.scene.place
    base = {
        "sea": mix(p.far, ambient(setting, (40, 110, 130)), 0.6),
        "park": verdant(setting),
        "field": verdant(setting),
    }
    fill = base.get(place, verdant(setting) if place == "forest" else mix(p.mid, p.far, 0.4))
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
                    mix(verdant(setting, 0.8), p.glow, 0.10 * n),
                )
    elif place in ("street", "city"):
        _road(setting, brush, fill)
    else:
        for n in range(60):
            x, y = setting.between(left, right), n / 50
            brush.limb([(x, y), (x + 0.15, y - 0.012), (x + 0.3, y)], [0.002, 0.006, 0.002], mix(fill, p.low, 0.35))
    setting.add(brush.plate(dither=True), 1.0)


def _road(setting: Setting, brush: Brush, pavement: RGB) -> None:
    """Two pavements, the road between them, a zebra across it, and what is wet shines in the colours of the lights."""
    p, aspect = setting.scene.palette, setting.sheet.aspect
    left, right = span(setting)
    top, low, asphalt = 0.24, 0.72, mix(p.mid, p.near, 0.6)
    for n in range(-8, 60):
        brush.line([(n * 0.11, -0.5), (n * 0.11, 1.5)], 0.0022, mix(pavement, p.near, 0.25))
    for y in (0.02, 0.13, 0.83, 0.94):
        brush.line([(left, y), (right, y)], 0.0022, mix(pavement, p.near, 0.25))
    brush.rect(left - 1, top - 0.012, right + 1, low + 0.012, mix(pavement, p.haze, 0.35))
    brush.rect(left - 1, top, right + 1, low, asphalt)
    paint = mix(mix(p.glow, (255, 255, 255), 0.4), asphalt, 0.30)
    middle, half = aspect * 0.5, 0.26
    for n in range(-4, 60):
        x = left + n * 0.17
        if not middle - half - 0.12 < x < middle + half + 0.03:
            brush.rect(x, 0.474, x + 0.09, 0.486, paint)
    for n in range(9):
        y = top + 0.014 + n * (low - top - 0.01) / 9
        brush.rect(middle - half, y, middle + half, y + 0.028, paint)
    if not {"rain", "snow"} & setting.scene.weather:
        return
    lights = (p.accent, p.glow, mix(p.accent, (60, 200, 255), 0.7), p.low)
    for n in range(34):
        x, y, size = setting.between(left, right), setting.between(top, low), setting.between(0.012, 0.045)
        tone = mix(asphalt, lights[n % 4], setting.between(0.12, 0.42))
        brush.polygon(blob(x, y, size * 2.4, size * 0.5, [1, 0.7, 1.2, 0.9, 0.8]), tone)


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
