"""The places a scene can stand in, each a painter of its layers from the horizon to the ground.

A new place is a function here and its name in PAINTERS (and in the lexicon, so that words lead to it).
"""

from __future__ import annotations

from collections.abc import Callable

from reelmake.media.sketch.masses import air, ambient, ground, lit_windows, ridge, span, towers, tree
from reelmake.media.sketch.stage import Setting
from reelmake.providers.sketch.palette import mix


def _level(setting: Setting) -> float:
    return setting.scene.view.horizon


def _far_hills(setting: Setting, share: float = 0.75) -> None:
    h, p, k = _level(setting), setting.scene.palette, setting.near
    for n in range(2):
        brush = setting.sheet.brush(p.far)
        ridge(
            setting,
            brush,
            h + 0.02 + 0.03 * n,
            (0.13 - 0.03 * n) * k,
            mix(p.far, p.haze, 0.35 - 0.2 * n),
            rough=0.25,
            scale=k,
        )
        setting.add(
            brush.plate(air(setting, h - 0.15 * k, h + 0.06, 0.10, share), blur=setting.blur, dither=True),
            0.2 + 0.08 * n,
        )


def city(setting: Setting, stand: bool = True) -> None:
    """Two rows of towers; with `stand`, a ground to stand on."""
    h, p, k = _level(setting), setting.scene.palette, setting.near
    lift = 1.35 if setting.scene.view.angle == "low" else 1.0
    lights = 0.34 if lit_windows(setting) else 0.0
    farms = "farm" in setting.scene.caption.subject.lower() or "green" in setting.scene.caption.subject.lower()
    for n, (tall, wide, wall, depth) in enumerate(
        ((0.30, 0.085, mix(p.far, p.haze, 0.45), 0.22), (0.40, 0.13, p.far, 0.36), (0.34, 0.20, p.mid, 0.58))
    ):
        brush = setting.sheet.brush(wall)
        foot = h + (0.03, 0.07, 0.16)[n]
        towers(
            setting, brush, foot, tall * k * lift, wall, width=wide * k, windows=lights * (n > 0), green=farms and n > 0
        )
        high, low = ((0.20, 0.72), (0.06, 0.55), (0.0, 0.34))[n]
        setting.add(brush.plate(air(setting, h - tall * k, foot, high, low), blur=setting.blur, dither=True), depth)
        if n == 1 and not stand:
            return
    _floor(setting, h + 0.14, mix(p.mid, p.near, 0.55))


def _floor(setting: Setting, level: float, fill: tuple[int, int, int], depth: float = 0.9) -> None:
    p = setting.scene.palette
    brush = setting.sheet.brush(fill, (-9, level - 0.02, 99, 99))
    ground(setting, brush, level, fill)
    setting.add(brush.plate(air(setting, level, 1.0, 0.30, 0.0), dither=True), depth)
    del p


def hills(setting: Setting) -> None:
    h, p, k = _level(setting), setting.scene.palette, setting.near
    _far_hills(setting)
    brush = setting.sheet.brush(p.mid)
    ridge(setting, brush, h + 0.10, 0.10 * k, p.mid, rough=0.05, scale=1.6 * k)
    setting.add(brush.plate(air(setting, h, h + 0.25, 0.25, 0.05), blur=setting.blur, dither=True), 0.5)
    _floor(setting, h + 0.17, mix(p.mid, p.near, 0.5))


PAINTERS: dict[str, Callable[[Setting], None]] = dict.fromkeys(
    ("open", "park", "forest", "mountains", "sea", "desert", "field", "interior", "space", "street", "rooftop"), hills
)
PAINTERS["city"] = city
_ = (ambient, span, tree)
