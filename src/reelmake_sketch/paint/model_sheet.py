"""A model sheet: one of the cast on plain paper, from both sides, in motion and close up, as animators pin them up.

Knows nothing of places or weather.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from reelmake_sketch import lexicon
from reelmake_sketch.paint import people
from reelmake_sketch.paint.brush import RGB
from reelmake_sketch.paint.pen import Pen
from reelmake_sketch.paint.plate import Canvas, Plate, plate
from reelmake_sketch.paint.shadow import cast_shadow
from reelmake_sketch.paint.stage import Setting, sheet
from reelmake_sketch.paint.things import THINGS
from reelmake_sketch.palette import mix
from reelmake_sketch.scenery import Figure, Scene, SceneMove

_WORDS = r"(?:character|model|reference|expression|prop|design|costume) sheet|turn[- ]?around|contact sheet of poses"
_PAPER: RGB = (236, 231, 222)
_FOOT = 0.88  # frame heights from the top
_TALL = 0.72, 0.46  # of a grown figure, in frame heights; at most this share of the frame's aspect


def subject(words: str) -> str | None:
    """The words (lower case) without those that ask for such a sheet; None = none of them do."""
    found = lexicon.find(_WORDS, words)
    return words[: found.start()] + words[found.end() :] if found else None


def paint(drawn: Scene, canvas: Canvas) -> None:
    """Fills the canvas."""
    still = replace(drawn, move=SceneMove("static"), view=replace(drawn.view, roll=0.0, distance="full"))
    setting = Setting(still, sheet(still, canvas.width, canvas.height), np.random.default_rng(drawn.seed))
    _paper(setting, canvas)
    figure, middle = drawn.cast[0], setting.sheet.aspect / 2
    if figure.kind in ("person", "child"):
        tall = _tall(setting)
        views = ((-1.0, 1, "stand", 0.0), (-0.42, -1, "stand", 0.0), (0.16, 1, "walk", 0.25))
        for at, facing, action, phase in views:
            _person(setting, replace(figure, action=action), middle * (1 + 0.78 * at), tall, facing, phase)
        _bust(setting, figure, middle * 1.68, 0.42 * tall)
    else:
        kind = THINGS[figure.kind]
        tall = min(0.60, 0.52 * setting.sheet.aspect / kind.wide)
        for at, size, facing in ((-0.62, 0.72, 1), (0.34, 1.0, -1)):
            brush = setting.sheet.free(figure.coat, kind.wide * tall * size * 1.08, 1.45 * tall * size, 0.6 * tall)
            kind.paint(Pen(brush, tall * size, facing), figure.coat, 0.2)
            _put(setting, brush.plate(), middle * (1 + 0.8 * at), 0.55 if kind.home in ("air", "water") else _FOOT)
    for layer in setting.layers:
        dx, dy, which, alpha = layer.path(0.5, 0.0) if layer.path else (0.0, 0.0, 0, 1.0)
        canvas.lay(layer.plates[which], dx * canvas.height, dy * canvas.height, alpha)


def _tall(setting: Setting) -> float:
    return min(_TALL[0], _TALL[1] * setting.sheet.aspect)


def _paper(setting: Setting, canvas: Canvas) -> None:
    x = np.linspace(-1, 1, canvas.width, dtype=np.float32)[None, :, None]
    y = np.linspace(-1, 1, canvas.height, dtype=np.float32)[:, None, None]
    rgb = np.array(mix(_PAPER, setting.scene.palette.haze, 0.12), np.float32) * (1 - 0.10 * (x * x + y * y) / 2)
    canvas.lay(plate(rgb, None, 0, 0, setting.sheet.seed))
    brush = setting.sheet.brush(_PAPER)
    ink = mix(_PAPER, setting.scene.palette.near, 0.30)
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):  # heads are counted on such lines
        y_at = _FOOT - share * _tall(setting)
        brush.line([(0.04, y_at), (setting.sheet.aspect - 0.04, y_at)], 0.0015, ink, 90)
    canvas.lay(brush.plate())


def _person(setting: Setting, figure: Figure, x: float, tall: float, facing: int, phase: float) -> None:
    tall *= 0.80 if figure.kind == "child" else 1.0
    brush = setting.sheet.free(figure.coat, 1.15 * tall, 1.5 * tall, 0.1 * tall)
    people.person(brush, figure, tall, phase, facing, setting.scene.seed >> 8)
    cast_shadow(setting, tall * 0.22, lambda share, seconds: (x, _FOOT, 0, 1.0), 1.0)
    _put(setting, brush.plate(), x, _FOOT)


def _bust(setting: Setting, figure: Figure, x: float, tall: float) -> None:
    frame = setting.sheet.brush(mix(_PAPER, (255, 255, 255), 0.6))
    left, top, right, low = x - 0.82 * tall, _FOOT - 2.22 * tall, x + 0.82 * tall, _FOOT
    frame.rect(left, top, right, low, mix(figure.coat, _PAPER, 0.78))
    setting.add(frame.plate(), 1.0)
    origin = top + 1.45 * tall
    brush = setting.sheet.free(figure.coat, 1.64 * tall, 1.45 * tall, low - origin)
    people.bust(brush, replace(figure, prop=""), tall, False, -1, setting.scene.seed >> 8)
    _put(setting, brush.plate().above(round((low - origin) * setting.sheet.height / 2) * 2), x, origin)


def _put(setting: Setting, made: Plate, x: float, y: float) -> None:
    setting.add(made, 1.0, lambda share, seconds: (x, y, 0, 1.0))
