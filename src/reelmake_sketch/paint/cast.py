"""The cast on the stage: who stands where, how large for the framing, and how each moves through the clip."""

from __future__ import annotations

from dataclasses import replace
from math import cos, pi, sin

import numpy as np
from PIL import Image

from reelmake_sketch.paint import people, steam
from reelmake_sketch.paint.brush import RGB, Brush
from reelmake_sketch.paint.bystanders import head, umbrella
from reelmake_sketch.paint.masses import ambient
from reelmake_sketch.paint.pen import Pen
from reelmake_sketch.paint.plate import Bytes2D, Canvas, Plate
from reelmake_sketch.paint.shadow import cast_shadow
from reelmake_sketch.paint.stage import Path, Pose, Poses, Setting, StageLayer, ease
from reelmake_sketch.paint.things import THINGS
from reelmake_sketch.palette import luma, mix
from reelmake_sketch.scenery import Figure

_TALL = {"extreme wide": 0.12, "wide": 0.27, "full": 0.58, "medium": 1.14, "close": 1.9, "extreme close": 1.9}
_FEET = {"extreme wide": 0.75, "wide": 0.775, "full": 0.795, "medium": 1.30, "close": 1.9, "extreme close": 1.9}
_FACE = {"close": (0.47, 0.42), "extreme close": (1.20, 0.40)}  # height of the head, where its eyes are
_ALONE = {"extreme wide": 0.14, "wide": 0.24, "full": 0.36, "medium": 0.46, "close": 0.58, "extreme close": 0.95}
_LARGEST = 0.60  # frame heights: no vehicle fills more of a picture of something else
_STEP = {"walk": (1.05, 0.42), "run": (0.62, 1.05)}  # seconds of a cycle, own heights a second
_MOVERS = ("tram", "bus", "car", "bike", "boat", "plane", "drone", "rocket", "balloon", "bird", "fish")


def paint(setting: Setting) -> None:
    """Adds the cast, the farthest first, and a shoulder in front for an over-the-shoulder shot."""
    cast = setting.scene.cast
    lead = 1 if setting.scene.seed >> 20 & 1 else -1
    for n in reversed(range(len(cast))):
        side = lead if n == 0 else -lead if n == 1 else 0
        _enter(setting, cast[n], n, side)
    if setting.scene.view.shoulder:
        _shoulder(setting, -lead)


def _enter(setting: Setting, figure: Figure, n: int, side: int) -> None:
    view, aspect = setting.scene.view, setting.sheet.aspect
    off = 0.07 if view.distance in ("close", "extreme close") else 0.14
    x = aspect / 2 + side * off * aspect
    human = figure.kind in ("person", "child")
    if human and view.angle == "overhead":
        _from_above(setting, figure, x)
    elif human and view.distance in _FACE and n == 0:
        _face(setting, figure, x, -side or 1)
    elif human:
        _walker(setting, figure, x, -side or 1, n)
    else:
        _thing(setting, figure, x, -side or 1, n)


def _lit(setting: Setting, colour: RGB) -> RGB:
    return ambient(setting, colour, {"extreme wide": 0.22, "wide": 0.10}.get(setting.scene.view.distance, 0.0))


def _dressed(setting: Setting, figure: Figure) -> Figure:
    return replace(
        figure,
        coat=_lit(setting, figure.coat),
        hair=_lit(setting, figure.hair),
        skin=_lit(setting, figure.skin),
        prop_colour=_lit(setting, figure.prop_colour),
        hat_colour=_lit(setting, figure.hat_colour),
    )


def _rim(setting: Setting, x: float) -> tuple[float, float, RGB] | None:
    light = setting.scene.light
    if light.kind == "none":
        return None
    return (1.0 if light.x * setting.sheet.aspect > x else -1.0), -0.45, setting.scene.palette.glow


def _walker(setting: Setting, figure: Figure, x: float, facing: int, n: int) -> None:
    scene, distance = setting.scene, setting.scene.view.distance
    tall = _TALL[distance] * (0.74 if figure.kind == "child" else 1.0) * (1.0 if n == 0 else 0.94)
    foot = _FEET[distance] - (0.0 if n == 0 else 0.012)
    if figure.kind == "child" and distance in ("medium", "close", "extreme close"):
        foot = 0.20 + tall  # a child fills the frame as an adult does
    if figure.prop == "umbrella" and distance == "medium":
        tall, foot = 0.84 * tall, foot - 0.10  # room for what is held up
    follow = scene.move.follow and figure.action in _STEP
    if follow and scene.move.x:
        facing = 1 if scene.move.x > 0 else -1
    dressed = _dressed(setting, figure)
    cycles = figure.action in ("walk", "run", "dance", "wave", "kite")
    count = (12 if tall < 0.8 else 8) if cycles else 1
    low = min(0.1 * tall, 1.03 + setting.sheet.margin_y - foot)

    def posed(pose: int) -> Plate:
        brush = setting.sheet.free(dressed.coat, 1.15 * tall, (1.5 if figure.prop else 1.2) * tall, low)
        people.person(brush, dressed, tall, pose / count, facing, scene.seed >> 8)
        return brush.plate(rim=_rim(setting, x))

    path, depth = _gait(setting, figure, x, foot, tall, facing, count)
    if foot < 1.0:
        cast_shadow(setting, tall * 0.24, lambda share, seconds: (*path(share, seconds)[:2], 0, 1.0), depth)
    setting.layers.append(StageLayer(Poses(count, posed), depth, path))
    if figure.prop == "kite":
        _kite(setting, dressed, path, tall, facing, depth)


def _gait(
    setting: Setting, figure: Figure, x: float, foot: float, tall: float, facing: int, count: int
) -> tuple[Path, float]:
    follow = setting.scene.move.follow
    period, speed = _STEP.get(figure.action, (2.6 if figure.action != "dance" else 1.3, 0.0))
    aspect = setting.sheet.aspect
    travel = 0.0 if follow else min(speed * tall * 4, 0.42 * aspect)
    start = x - facing * travel / 2

    def path(share: float, seconds: float) -> Pose:
        pose = int(seconds / period * count) if count > 1 else 0
        breath = 0.0 if count > 1 else 0.0015 * sin(2 * pi * seconds / 3.4)
        sway = 0.004 * sin(2 * pi * seconds / 5.3) if not speed else 0.0
        return start + facing * travel * share + sway, foot + breath, pose, 1.0

    return path, 0.0 if follow and speed else 0.95


def _face(setting: Setting, figure: Figure, x: float, facing: int) -> None:
    tall, eyes = _FACE[setting.scene.view.distance]
    origin = eyes + 0.605 * tall
    low = 1.04 + setting.sheet.margin_y - origin
    dressed = _dressed(setting, figure)

    def posed(pose: int) -> Plate:
        brush = setting.sheet.free(dressed.coat, (3.6 if figure.prop else 2.7) * tall, 2.0 * tall, low)
        people.bust(brush, dressed, tall, bool(pose), facing, setting.scene.seed >> 8)
        return brush.plate(rim=_rim(setting, x))

    offset = (setting.scene.seed >> 12 & 7) / 4

    def path(share: float, seconds: float) -> Pose:
        blink = (seconds + offset) % 2.9 < 0.13
        nod = 0.004 * sin(2 * pi * seconds / 3.1) * tall
        return x + 0.012 * sin(2 * pi * seconds / 6.1) * tall, origin + nod, int(blink), 1.0

    setting.layers.append(StageLayer(Poses(2, posed), 0.85, path))


def _from_above(setting: Setting, figure: Figure, x: float) -> None:
    dressed = _dressed(setting, figure)
    size = max(0.05, 0.30 * _ALONE[setting.scene.view.distance])
    brush = setting.sheet.free(dressed.coat, 4 * size, 2.4 * size, 2.4 * size)
    if figure.prop == "umbrella":
        umbrella(brush, dressed.prop_colour, 1.4 * size, 0.3, setting.scene.light.x)
    else:
        head(brush, dressed, size)
    made = brush.plate()
    travel = 0.3 * setting.sheet.aspect if figure.action in _STEP else 0.02
    x, y = x - travel / 2, 0.43
    cast_shadow(
        setting, size * 1.7, lambda share, seconds: (x + travel * share + size * 0.5, y + size * 0.5, 0, 1.0), 1.0
    )
    setting.layers.append(StageLayer((made,), 1.0, lambda share, seconds: (x + travel * share, y, 0, 1.0)))


def _thing(setting: Setting, figure: Figure, x: float, facing: int, n: int) -> None:
    kind, distance = THINGS[figure.kind], setting.scene.view.distance
    alone = n == 0
    if kind.home == "table":
        tall = kind.tall * _ALONE[distance] * (1.0 if alone else 0.5)
        foot = 0.775 if distance != "extreme close" else 0.95
    else:
        tall = min(kind.tall * _TALL[distance], _LARGEST if alone or figure.kind != "horse" else 0.8)
        if alone and distance in ("full", "medium", "close", "extreme close"):
            tall = max(tall, min(_ALONE[distance], 1.15 * setting.sheet.aspect / kind.wide))
        foot = {"air": 0.30, "water": setting.scene.view.horizon + 0.09}.get(kind.home, min(0.80, _FEET[distance]))
    coat = _lit(setting, figure.coat)

    def posed(pose: int) -> Plate:
        brush = setting.sheet.free(coat, kind.wide * tall * 1.08, 1.45 * tall, 0.6 * tall)
        kind.paint(Pen(brush, tall, facing), coat, pose / kind.poses)
        return brush.plate(rim=_rim(setting, x), blur=0.0 if n == 0 else setting.blur * 0.5)

    path, depth = _course(setting, figure, x, foot, tall, facing, kind.poses)
    if kind.home in ("ground", "table"):
        cast_shadow(setting, kind.wide * tall * 0.46, lambda share, seconds: (*path(share, seconds)[:2], 0, 1.0), depth)
    setting.layers.append(StageLayer(Poses(kind.poses, posed), depth, path))
    if "steam" in setting.scene.weather and (n == 0 or figure.kind == "cup") and kind.home == "table":
        above = min(1.0, 0.74 / kind.tall if figure.kind != "cup" else 0.74) * tall
        steam.rise(setting, path, above, 0.62 * tall, 0.72 * tall, depth)


def _course(
    setting: Setting, figure: Figure, x: float, foot: float, tall: float, facing: int, poses: int
) -> tuple[Path, float]:
    """How a thing moves: across, up, bobbing, or not at all."""
    kind, aspect, follow = figure.kind, setting.sheet.aspect, setting.scene.move.follow
    home = THINGS[kind].home
    moves = figure.action in ("walk", "run", "travel") or kind in ("bird", "plane", "rocket", "balloon")
    going = {"walk": 0.55, "run": 1.1, "travel": 0.8}.get(figure.action, 0.45) if moves and not follow else 0.0
    rises = kind in ("rocket", "balloon") and moves
    step = 0.7 if figure.action == "run" else 1.1 if kind in ("dog", "cat", "horse", "robot") else 0.8
    still = not moves and kind in ("dog", "cat", "horse", "robot", "bike")

    def path(share: float, seconds: float) -> Pose:
        gone = ease(share) * going
        dx, dy = (0.0, -0.5 * gone) if rises else (facing * (gone - going / 2) * aspect * 0.8, 0.0)
        bob = {"water": 0.008 * sin(2 * pi * seconds / 3.2), "air": 0.010 * sin(2 * pi * seconds / 2.7)}.get(home, 0.0)
        if rises:
            dy += 0.38
        pose = 0 if still else int(seconds / step * poses)
        return x + dx, foot + dy + bob, pose, 1.0

    return path, 0.0 if follow and moves else {"air": 0.6, "water": 0.6}.get(home, 0.95)


def _kite(setting: Setting, figure: Figure, path: Path, tall: float, facing: int, depth: float) -> None:
    size = min(0.13, max(0.035, 0.17 * tall))
    hx, hy = people.hand_of_kite(figure)

    def posed(pose: int) -> Plate:
        brush = setting.sheet.free(figure.prop_colour, 3.6 * size, 1.6 * size, 3.6 * size)
        _paper(brush, figure.prop_colour, size, 2 * pi * pose / 8, facing)
        return brush.plate(rim=_rim(setting, 0.0))

    aspect = setting.sheet.aspect
    reach = min(0.62, 1.5 * tall)

    def aloft(share: float, seconds: float) -> Pose:
        x, foot, _, _ = path(share, seconds)
        hand_x, hand_y = x + facing * tall * hx, foot - tall * hy
        kx = min(aspect - 0.14, max(0.14, hand_x + facing * reach + 0.030 * sin(2 * pi * seconds / 3.7)))
        ky = max(0.235, hand_y - 0.72 * reach) + 0.018 * cos(2 * pi * seconds / 2.9)
        return kx, ky, int(seconds * 9), 1.0

    ink = round(16 + 219 * luma(mix((250, 246, 238), setting.scene.palette.haze, 0.15)))

    def string(canvas: Canvas, dx: float, dy: float, share: float, seconds: float) -> None:
        unit = setting.sheet.height
        x, foot, _, _ = path(share, seconds)
        kx, ky, _, _ = aloft(share, seconds)
        hand = ((x + facing * tall * hx) * unit + dx, (foot - tall * hy) * unit + dy)
        thread(canvas, hand, (kx * unit + dx, ky * unit + dy), ink, max(0.6, unit / 720))

    setting.layers.append(StageLayer((), depth, None, string))
    setting.layers.append(StageLayer(Poses(8, posed), depth, aloft))


def _paper(brush: Brush, colour: RGB, size: float, turn: float, facing: int) -> None:
    tip = 0.12 * sin(turn)
    top, low = (0.25 * size * facing, -size), (-0.3 * size * facing, size * 1.05)
    left, right = (-0.72 * size, -0.30 * size + tip * size), (0.74 * size, -0.12 * size - tip * size)
    brush.polygon([top, left, low], mix(colour, (0, 0, 0), 0.18))
    brush.polygon([top, right, low], colour)
    brush.polygon([top, left, right], mix(colour, (255, 255, 255), 0.16))
    tail = [
        (low[0] - facing * n * 0.16 * size + 0.14 * size * sin(turn + n), low[1] + n * 0.36 * size) for n in range(7)
    ]
    brush.limb(tail, 0.035 * size, mix(colour, (255, 255, 255), 0.4))
    for n in (2, 4, 6):
        x, y = tail[n]
        brush.limb(
            [(x - 0.16 * size, y - 0.05 * size), (x + 0.16 * size, y + 0.05 * size)], [0.12 * size, 0.12 * size], colour
        )


def thread(canvas: Canvas, start: tuple[float, float], end: tuple[float, float], ink: int, width: float) -> None:
    """A sagging line of brightness `ink`, in pixels, with soft edges."""
    left, right = int(min(start[0], end[0])), int(max(start[0], end[0])) + 2
    sag = abs(end[0] - start[0]) * 0.10
    top, bottom = int(min(start[1], end[1])) - 3, int(max(start[1], end[1]) + sag) + 4
    left, top = max(0, left), max(0, top)
    right, bottom = min(canvas.width, right), min(canvas.height, bottom)
    if right <= left or bottom <= top or abs(end[0] - start[0]) < 1:
        return
    x = np.arange(left, right, dtype=np.float32)
    t = (x - start[0]) / (end[0] - start[0])
    line = start[1] + (end[1] - start[1]) * t + sag * 4 * t * (1 - t) * 0.5
    steep = np.sqrt(1 + np.gradient(line) ** 2) if len(line) > 1 else np.ones(1)
    y = np.arange(top, bottom, dtype=np.float32)[:, None]
    alpha = np.clip(width / 2 + 0.5 - np.abs(y - line) / steep, 0, 1) * ((t >= 0) & (t <= 1)) * 190
    mask: Bytes2D = alpha.astype(np.uint8)
    canvas.luma.paste(ink, (left, top, right, bottom), Image.fromarray(mask))


def _shoulder(setting: Setting, side: int) -> None:
    """Someone's back, dark and soft, at one side of the frame."""
    p, aspect = setting.scene.palette, setting.sheet.aspect
    fill = mix(p.near, (0, 0, 0), 0.45)
    brush = setting.sheet.brush(fill)
    x = aspect * (0.5 + side * 0.36)
    brush.polygon(
        [
            (x - 0.5, 1.6),
            (x - 0.46, 0.86),
            (x - 0.30, 0.70),
            (x - 0.10, 0.64),
            (x + 0.10, 0.64),
            (x + 0.30, 0.70),
            (x + 0.46, 0.86),
            (x + 0.5, 1.6),
        ],
        fill,
    )
    brush.limb([(x, 0.70), (x, 0.5)], 0.17, fill)
    brush.ellipse(x, 0.40, 0.165, 0.215, mix(fill, (0, 0, 0), 0.25))
    light = setting.scene.light
    rim = ((1.0 if light.x * aspect > x else -1.0), -0.3, p.glow) if light.kind != "none" else None
    setting.add(brush.plate(blur=0.006, rim=rim), 1.35)
