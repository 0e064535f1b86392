"""Which layers make a scene: sky, what stands beyond, the place, the light, the cast, the weather, the foreground."""

from __future__ import annotations

import numpy as np

from reelmake_sketch.paint import bystanders, cast, marks, sky, weather
from reelmake_sketch.paint.scene_places import PAINTERS, from_above
from reelmake_sketch.paint.stage import Setting, Stage, sheet
from reelmake_sketch.scenery import Scene


def paint(scene: Scene, width: int, height: int) -> Stage:
    """Paints every layer once. The longest part of a short clip: about a second at 1280x720."""
    setting = Setting(scene, sheet(scene, width, height), np.random.default_rng(scene.seed))
    if scene.view.angle == "overhead" and scene.place not in ("interior", "space"):
        from_above(setting)
    else:
        if scene.place != "interior":  # its wall fills the frame
            sky.paint(setting)
        PAINTERS[scene.place](setting)
        marks.paint(setting)
    weather.paint_light(setting)
    bystanders.paint(setting)
    cast.paint(setting)
    weather.paint(setting)
    return Stage(scene, width, height, setting.layers)


def paint_weather(scene: Scene, width: int, height: int) -> Stage:
    """Only what falls or drifts through the air, for frames that exist already."""
    setting = Setting(scene, sheet(scene, width, height), np.random.default_rng(scene.seed))
    weather.paint_light(setting)
    weather.paint(setting)
    return Stage(scene, width, height, setting.layers, still=True)
