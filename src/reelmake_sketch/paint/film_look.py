"""Grade: another film's frames in a scene's colours, composition untouched, as two tables a frame.

Knows nothing of what the frames show.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from reelmake_sketch.paint.plate import Bytes2D, Floats
from reelmake_sketch.palette import luma, mix
from reelmake_sketch.scenery import RGB, Scene, Time

_KEPT = 0.45  # of the old colours: a red coat stays redder than the rest


class Grade:
    """Built on the first frame: its brightness is led half way to the palette's own."""

    def __init__(self, scene: Scene, first: tuple[Bytes2D, Bytes2D, Bytes2D]) -> None:
        p = scene.palette
        ramp = sorted((p.near, p.mid, p.far, p.middle, p.haze, p.low), key=luma)
        old = min(0.9, max(0.08, float((first[0].mean() - 16) / 219)))
        new = sum(luma(c) for c in (p.middle, p.low, p.far, p.mid)) / 4
        aim = min(0.8, max(0.1, 0.3 * old + 0.7 * new))
        level = np.clip((np.arange(256) - 16) / 219, 0, 1)
        bent = level ** (np.log(aim) / np.log(old))
        self._luma = np.clip(np.rint(16 + bent * 219), 0, 255).astype(np.uint8)
        self._u, self._v = _chroma(ramp, bent)

    def apply(self, frame: tuple[Bytes2D, Bytes2D, Bytes2D]) -> tuple[Bytes2D, Bytes2D, Bytes2D]:
        y, u, v = frame
        small = y[: u.shape[0] * 2 : 2, : u.shape[1] * 2 : 2]
        keep = np.int16(round(_KEPT * 256))
        shifts = [
            (table[small] + ((plane.astype(np.int16) - 128) * keep >> 8)).clip(16, 240).astype(np.uint8)
            for table, plane in ((self._u, u), (self._v, v))
        ]
        return self._luma[y], shifts[0], shifts[1]


def _chroma(ramp: list[RGB], bent: Floats) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """U and V for each old luma: the palette's colour at the brightness it becomes."""
    lumas = np.array([luma(c) for c in ramp])
    rgb = np.stack([np.interp(bent, lumas, [c[n] for c in ramp]) for n in range(3)])
    tone = 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]
    fade = np.clip(bent / 0.12, 0, 1)  # black has no colour
    u, v = 128 + (rgb[2] - tone) * 0.473 * 0.72 * fade, 128 + (rgb[0] - tone) * 0.558 * 0.72 * fade
    return np.rint(u).astype(np.int16), np.rint(v).astype(np.int16)


def borrowed(scene: Scene, opening: tuple[Bytes2D, Bytes2D, Bytes2D]) -> Scene:
    """The scene in the light of the picture it goes on from, where its own words say nothing of light."""
    if scene.told:
        return scene
    p = scene.palette
    bands = {"top": 0.10, "middle": 0.26, "low": 0.42, "haze": 0.46, "far": 0.54, "mid": 0.66}
    tones = {name: mix(getattr(p, name), _at(opening, share), 0.72) for name, share in bands.items()}
    tones["near"] = mix(p.near, mix(tones["mid"], (0, 0, 0), 0.55), 0.72)
    tones["glow"] = mix(p.glow, tones["low"], 0.5)
    bright = luma(tones["middle"]) * 0.5 + luma(tones["low"]) * 0.5
    hour: Time = "night" if bright < 0.22 else "dusk" if bright < 0.42 else scene.light.time
    light = replace(scene.light, time=hour, kind="moon" if hour == "night" else scene.light.kind)
    if hour == "dusk":
        light = replace(light, y=0.5)
    return replace(scene, palette=replace(p, **tones), light=light)


def _at(frame: tuple[Bytes2D, Bytes2D, Bytes2D], share: float) -> RGB:
    """The mean colour of a row band of the picture."""
    means = []
    for plane in frame:
        row = round(plane.shape[0] * share)
        means.append(float(plane[row : row + max(1, plane.shape[0] // 12)].mean()))
    y, u, v = (means[0] - 16) * 255 / 219, (means[1] - 128) / 0.473, (means[2] - 128) / 0.558
    r, b = y + v, y + u
    g = (y - 0.2126 * r - 0.0722 * b) / 0.7152
    return tuple(round(min(255.0, max(0.0, c))) for c in (r, g, b))  # type: ignore[return-value]
