"""More people than can be told apart: a throng behind the cast, or heads and umbrellas seen from above."""

from __future__ import annotations

from math import cos, pi, sin

from reelmake_sketch.paint import people
from reelmake_sketch.paint.brush import RGB, Brush
from reelmake_sketch.paint.masses import ambient
from reelmake_sketch.paint.plate import Plate
from reelmake_sketch.paint.shadow import cast_shadow
from reelmake_sketch.paint.stage import Path, Pose, Poses, Setting, StageLayer
from reelmake_sketch.palette import mix
from reelmake_sketch.scenery import Crowd, Figure

_COATS: tuple[RGB, ...] = ((58, 66, 88), (120, 78, 66), (76, 104, 100), (152, 122, 86), (96, 82, 112), (52, 54, 62))
_SKINS: tuple[RGB, ...] = ((236, 196, 164), (200, 150, 112), (150, 104, 74), (104, 70, 52))
# how tall they are, where their feet are, how many, by framing
_ROWS = {
    "extreme wide": (0.065, 0.70, 20),
    "wide": (0.14, 0.715, 16),
    "full": (0.27, 0.75, 16),
    "medium": (0.50, 0.86, 8),
    "close": (0.66, 0.98, 7),
    "extreme close": (0.66, 0.98, 6),
}
_KINDS = 5  # different people; the rest are theirs at other places and paces


def paint(setting: Setting) -> None:
    crowd = setting.scene.crowd
    if crowd is None:
        return
    if setting.scene.view.angle == "overhead":
        _from_above(setting, crowd)
    else:
        _throng(setting, crowd)


def _throng(setting: Setting, crowd: Crowd) -> None:
    distance, aspect = setting.scene.view.distance, setting.sheet.aspect
    tall, foot, count = _ROWS[distance]
    said = f"{setting.scene.caption.subject} {setting.scene.caption.action}".lower()
    cheers = any(word in said for word in ("cheer", "danc", "celebrat", "concert"))
    poses = 8
    cycles = [_cycle(setting, crowd, n, tall, cheers, poses) for n in range(2 * _KINDS)]
    spots = sorted((setting.between(0, 1), n) for n in range(count))
    for deep, n in spots:
        goes = 1 if n % 2 else -1
        speed = 0.0 if cheers else goes * setting.between(0.20, 0.34) * tall
        x = aspect * ((n + setting.between(0.1, 0.9)) / count * 1.3 - 0.15)
        y = foot + 0.12 * tall * deep - 0.04
        plates = cycles[n % _KINDS + (_KINDS if goes < 0 else 0)]
        setting.layers.append(
            StageLayer(plates, 0.62 + 0.16 * deep, _stroll(x, y, speed, setting.between(0, 8), poses))
        )


def _cycle(setting: Setting, crowd: Crowd, n: int, tall: float, cheers: bool, poses: int) -> Poses:
    figure = _one(setting, crowd, n % _KINDS, "dance" if cheers else "walk")
    facing = 1 if n < _KINDS else -1

    def posed(pose: int) -> Plate:
        brush = setting.sheet.free(figure.coat, 1.15 * tall, (1.6 if figure.prop else 1.2) * tall, 0.1 * tall)
        people.person(brush, figure, tall, pose / poses, facing, 0)
        return brush.plate(blur=setting.blur * 0.7)

    return Poses(poses, posed)


def _one(setting: Setting, crowd: Crowd, n: int, action: str) -> Figure:
    far = {"extreme wide": 0.30, "wide": 0.20}.get(setting.scene.view.distance, 0.12)
    named = crowd.colours[n % len(crowd.colours)] if crowd.colours else None
    coat = _COATS[n % len(_COATS)] if crowd.prop or named is None else named
    held = named or (_COATS[(n * 3 + 1) % len(_COATS)])
    return Figure(
        kind="person",
        action=action,
        coat=ambient(setting, coat, far),
        hair=ambient(setting, (44, 36, 36), far),
        skin=ambient(setting, _SKINS[n % 4], far),
        prop=crowd.prop,
        prop_colour=ambient(setting, held, far * 0.6),
        long_hair=n % 2 == 0,
    )


def _stroll(x: float, y: float, speed: float, offset: float, poses: int) -> Path:
    def path(share: float, seconds: float) -> Pose:
        return x + speed * (seconds - 2), y, int((seconds + offset) * poses / 1.1), 1.0

    return path


def _from_above(setting: Setting, crowd: Crowd) -> None:
    """They cross from both sides, each at a pace of their own."""
    aspect = setting.sheet.aspect
    size = {"extreme wide": 0.045, "wide": 0.062, "full": 0.078}.get(setting.scene.view.distance, 0.095)
    taken: list[tuple[float, float]] = []
    for n in range(crowd.count + 4):
        for _ in range(12):
            x, y = setting.between(0.04, 0.96) * aspect, setting.between(0.13, 0.80)
            if all((x - a) ** 2 + (y - b) ** 2 > (2.2 * size) ** 2 for a, b in taken):
                break
        else:
            continue
        taken.append((x, y))
        figure = _one(setting, crowd, n, "walk")
        brush = setting.sheet.free(figure.coat, 3.4 * size, 2.0 * size, 2.0 * size)
        grown = size * setting.between(0.9, 1.12)
        if crowd.prop == "umbrella":
            umbrella(brush, figure.prop_colour, grown, setting.between(0, 1), setting.scene.light.x)
        else:
            head(brush, figure, 0.62 * grown)
        goes = (1 if n % 2 else -1) * setting.between(0.5, 1.0) * 0.075
        wander = setting.between(-0.012, 0.012)
        path = _drift(x, y, goes, wander, setting.between(0, 6))
        cast_shadow(setting, 1.25 * grown, _beside(path, 0.35 * grown), 1.0, flat=0.8)
        setting.layers.append(StageLayer((brush.plate(),), 1.0, path))


def _drift(x: float, y: float, goes: float, wander: float, offset: float) -> Path:
    def path(share: float, seconds: float) -> Pose:
        step = 0.0022 * sin(2 * pi * (seconds / 0.55 + offset))
        return x + goes * (seconds - 2), y + wander * (seconds - 2) + step, 0, 1.0

    return path


def _beside(path: Path, off: float) -> Path:
    def beside(share: float, seconds: float) -> Pose:
        x, y, _, _ = path(share, seconds)
        return x + off, y + off, 0, 1.0

    return beside


def umbrella(brush: Brush, colour: RGB, size: float, turn: float, light_x: float) -> None:
    """Seen from above: eight panels that take the light in turn, hollow at the hem, and the tip in the middle."""
    ribs = 8
    side = 0.0 if light_x >= 0.5 else pi
    for n in range(ribs):
        a, b = 2 * pi * (n + turn) / ribs, 2 * pi * (n + 1 + turn) / ribs
        half = (a + b) / 2
        lit = 0.5 + 0.5 * cos(half - side + 0.6)
        fill = mix(mix(colour, (0, 0, 0), 0.34), mix(colour, (255, 255, 255), 0.20), lit)
        hem = [(cos(t) * size * r, sin(t) * size * r) for t, r in ((a, 1.0), (half, 0.90), (b, 1.0))]
        brush.polygon([(0.0, 0.0), *hem], fill)
    for n in range(ribs):
        a = 2 * pi * (n + turn) / ribs
        brush.line([(0.0, 0.0), (cos(a) * size, sin(a) * size)], 0.012 * size, mix(colour, (0, 0, 0), 0.45))
    brush.ellipse(0.0, 0.0, 0.055 * size, 0.055 * size, mix(colour, (0, 0, 0), 0.6))


def head(brush: Brush, figure: Figure, size: float) -> None:
    """Shoulders and hair, seen from above."""
    brush.ellipse(0, 0, size * 1.25, size * 0.62, figure.coat)
    brush.ellipse(size * 0.3, 0, size * 0.9, size * 0.5, mix(figure.coat, (255, 255, 255), 0.08))
    brush.ellipse(0, -0.05 * size, size * 0.52, size * 0.56, figure.hair)
    brush.ellipse(0.1 * size, -0.15 * size, size * 0.2, size * 0.18, mix(figure.hair, (255, 255, 255), 0.2))
    if figure.hat:
        brush.ellipse(0, -0.05 * size, size * 0.60, size * 0.62, figure.hat_colour)
        brush.ellipse(0, -0.08 * size, size * 0.36, size * 0.38, mix(figure.hat_colour, (255, 255, 255), 0.18))
