"""People as cut paper: jointed figures that stand, walk, run, dance, wave, sit, hold a line; and faces for close shots.

Lengths are shares of the figure's height; a sprite's origin is between its feet. Knows nothing of where it stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi, sin

from reelmake_sketch.paint.brush import RGB, Brush, Point
from reelmake_sketch.paint.pen import BLACK, Pen
from reelmake_sketch.paint.wear import beard_front, beard_side, bubble_front, hat_front, hat_side, umbrella_behind
from reelmake_sketch.palette import mix
from reelmake_sketch.scenery import Figure


@dataclass(frozen=True, slots=True)
class Build:
    """Heights above the ground of the joints, and the size of the head."""

    head: float
    crown: float
    shoulder: float
    hip: float
    broad: float


ADULT = Build(head=0.066, crown=0.925, shoulder=0.815, hip=0.49, broad=0.088)
CHILD = Build(head=0.098, crown=0.885, shoulder=0.745, hip=0.41, broad=0.094)

# thigh swing, knee bend, arm swing, elbow bend, lean: radians
_GAITS = {
    "walk": (0.42, 0.75, 0.40, 0.35, 0.03),
    "run": (0.78, 1.60, 0.75, 1.45, 0.17),
    "dance": (0.30, 0.90, 0.30, 0.50, 0.0),
    "kite": (0.14, 0.25, 0.10, 0.30, -0.06),
}


def person(brush: Brush, figure: Figure, tall: float, phase: float, facing: int, seed: int) -> None:
    """One pose of a cycle: `phase` 0..1."""
    build = CHILD if figure.kind == "child" else ADULT
    swing, bend, arms, elbow, lean = _GAITS.get(figure.action, (0.0, 0.0, 0.0, 0.2, 0.0))
    turn = 2 * pi * phase
    bob = 0.014 * abs(cos(turn)) if swing else 0.0
    pen = Pen(brush, tall, facing, lean, bob)
    trousers = mix(figure.coat, (38, 42, 58), 0.80)
    if figure.action == "sit":
        _seated(pen, build, figure, trousers, seed)
        return
    dark = mix(figure.coat, BLACK, 0.30)
    _arm(pen, build, figure, turn + pi, arms, elbow, dark, far=True)
    stance = 0.05 if not swing else 0.0
    _leg(pen, build, turn + pi, swing, bend, mix(trousers, BLACK, 0.30), -stance)
    _leg(pen, build, turn, swing, bend, trousers, stance)
    _torso(pen, build, figure, sin(turn) * swing)
    _head(pen, build, figure, seed)
    _arm(pen, build, figure, turn, arms, elbow, figure.coat, far=False)


def _leg(pen: Pen, build: Build, turn: float, swing: float, bend: float, fill: RGB, stance: float) -> None:
    upper, lower = build.hip * 0.52, build.hip * 0.44
    thigh = swing * sin(turn) + stance
    shin = thigh - bend * max(0.0, cos(turn)) if swing else stance * 0.6
    knee = (upper * sin(thigh), build.hip - upper * cos(thigh))
    ankle = (knee[0] + lower * sin(shin), knee[1] - lower * cos(shin))
    pen.limb([(0.0, build.hip), knee, ankle], [0.075, 0.055, 0.036], fill)
    toe = (ankle[0] + 0.052, max(0.014, ankle[1] - 0.012))
    pen.limb([ankle, toe], [0.038, 0.030], mix(fill, BLACK, 0.5))


def _torso(pen: Pen, build: Build, figure: Figure, sway: float) -> None:
    broad, top, hem = build.broad, build.shoulder, build.hip - 0.085
    flare = 0.115 + 0.02 * abs(sway)
    outline = [(-broad, top - 0.01), (-broad * 0.45, top + 0.03), (broad * 0.45, top + 0.03), (broad, top - 0.01)]
    outline += [(broad * 0.84, build.hip + 0.10), (flare + sway * 0.05, hem), (-flare + sway * 0.05, hem)]
    outline += [(-broad * 0.88, build.hip + 0.10)]
    pen.shape(outline, figure.coat)
    pen.oval(-broad * 0.62, top - 0.018, broad * 0.42, 0.034, figure.coat)
    pen.oval(broad * 0.62, top - 0.018, broad * 0.42, 0.034, figure.coat)
    shade = mix(figure.coat, BLACK, 0.20)
    pen.shape([(-broad, top - 0.01), (-broad * 0.3, top), (-flare * 0.35, hem), (-flare + sway * 0.05, hem)], shade)
    pen.limb([(broad * 0.42, top), (broad * 0.34, build.hip + 0.1), (flare * 0.42, hem + 0.01)], 0.006, shade)


def _head(pen: Pen, build: Build, figure: Figure, seed: int) -> None:
    r, y = build.head, build.crown
    neck, collar = mix(figure.skin, BLACK, 0.16), build.shoulder + 0.028
    pen.shape(
        [(-r * 0.62, collar - 0.02), (-r * 0.50, y - r * 0.3), (r * 0.52, y - r * 0.5), (r * 0.60, collar - 0.02)], neck
    )
    pen.shape([(-r * 0.98, collar - 0.012), (-r * 0.62, collar + r * 0.34), (r * 0.1, collar - 0.006)], figure.coat)
    pen.shape(
        [(r * 0.98, collar - 0.014), (r * 0.66, collar + r * 0.26), (-r * 0.1, collar - 0.012)],
        mix(figure.coat, BLACK, 0.14),
    )
    if figure.long_hair:
        pen.limb(
            [(-r * 0.45, y + r * 0.2), (-r * 0.95, y - r * 1.1), (-r * 0.8, y - r * 2.0)],
            [r * 1.3, r * 1.0, r * 0.5],
            figure.hair,
        )
    pen.oval(0.014, y, r * 0.92, r * 1.06, figure.skin)
    pen.shape([(r * 0.98, y + r * 0.12), (r * 1.26, y - r * 0.16), (r * 0.96, y - r * 0.24)], figure.skin)
    pen.oval(-r * 0.24, y + r * 0.34, r * 0.98, r * 0.82, figure.hair)
    pen.limb([(-r * 0.75, y + r * 0.2), (-r * 0.72, y - r * 0.45)], r * 0.66, figure.hair)
    pen.oval(r * 0.50, y + r * 0.60, r * 0.42, r * 0.34, figure.hair)
    pen.oval(-r * 0.16, y - r * 0.12, r * 0.17, r * 0.22, mix(figure.skin, BLACK, 0.14))
    pen.oval(r * 0.74, y + r * 0.02, r * 0.075, r * 0.11, mix(figure.hair, BLACK, 0.5))
    pen.limb([(r * 0.62, y - r * 0.55), (r * 0.92, y - r * 0.50)], r * 0.07, mix(figure.skin, (140, 40, 40), 0.45))
    if figure.beard:
        beard_side(pen, figure, r, y)
    hat_side(pen, figure, r, y)


def _arm(
    pen: Pen, build: Build, figure: Figure, turn: float, swing: float, elbow: float, fill: RGB, *, far: bool
) -> None:
    x, y = (-0.4 if far else -0.1) * build.broad, build.shoulder - 0.02
    upper, lower = build.shoulder * 0.21, build.shoulder * 0.20
    raised = {"kite": 2.25, "wave": 2.7 + 0.3 * sin(turn), "dance": 2.6 + 0.45 * sin(turn)}.get(figure.action)
    if raised is not None and (not far or figure.action == "dance"):
        angle, bent = raised if not far else 2 * pi - raised, 0.35 if not far else -0.35
    elif figure.prop == "umbrella" and not far:
        angle, bent = 0.9, 1.5
    else:
        angle, bent = -swing * sin(turn) + 0.06, elbow
    joint = (x + upper * sin(angle), y - upper * cos(angle))
    hand = (joint[0] + lower * sin(angle + bent), joint[1] - lower * cos(angle + bent))
    pen.limb([(x, y), joint, hand], [0.058, 0.048, 0.036], fill)
    pen.oval(hand[0], hand[1], 0.021, 0.023, figure.skin)
    if not far:
        _held(pen, figure, hand)


def hand_of_kite(figure: Figure) -> Point:
    """Where the raised hand of the kite pose is: forward and up, shares of the height."""
    build = CHILD if figure.kind == "child" else ADULT
    upper, lower = build.shoulder * 0.21, build.shoulder * 0.20
    x = -0.1 * build.broad + upper * sin(2.25) + lower * sin(2.60)
    y = build.shoulder - 0.02 - upper * cos(2.25) - lower * cos(2.60)
    return x + _GAITS["kite"][4] * y, y


def _held(pen: Pen, figure: Figure, hand: Point) -> None:
    colour, (x, y) = figure.prop_colour, hand
    if figure.prop == "umbrella":
        top = y + 0.37
        pen.limb([(x, y - 0.03), (x + 0.01, top)], 0.010, BLACK)
        dome = [(x + 0.30 * cos(a), top - 0.02 + 0.17 * sin(a)) for a in (pi * n / 16 for n in range(17))]
        pen.shape(dome, colour)
        pen.shape(
            [(x + 0.30 * cos(a), top - 0.02 + 0.17 * sin(a)) for a in (pi * n / 8 for n in range(4))]
            + [(x, top - 0.02)],
            mix(colour, BLACK, 0.16),
        )
    elif figure.prop == "balloon":
        pen.limb([(x, y), (x + 0.02, y + 0.35)], 0.005, (220, 220, 220))
        pen.oval(x + 0.03, y + 0.47, 0.10, 0.125, colour)
        pen.oval(x + 0.06, y + 0.51, 0.025, 0.035, mix(colour, (255, 255, 255), 0.5))
    elif figure.prop == "flag":
        pen.limb([(x, y - 0.1), (x, y + 0.55)], 0.012, BLACK)
        pen.shape([(x, y + 0.55), (x - 0.30, y + 0.50), (x - 0.28, y + 0.36), (x, y + 0.38)], colour)
    elif figure.prop == "bag":
        pen.limb([(x, y), (x, y - 0.05)], 0.012, mix(colour, BLACK, 0.5))
        pen.shape(
            [(x - 0.09, y - 0.05), (x + 0.09, y - 0.05), (x + 0.10, y - 0.19), (x - 0.10, y - 0.19)],
            mix(colour, (110, 80, 60), 0.5),
        )
    elif figure.prop == "lantern":
        pen.oval(x, y - 0.07, 0.035, 0.05, (255, 214, 130))


def _seated(pen: Pen, build: Build, figure: Figure, trousers: RGB, seed: int) -> None:
    seat = 0.27
    drop = build.hip - seat
    pen.limb([(-0.16, seat - 0.06), (0.16, seat - 0.06)], 0.035, mix(trousers, BLACK, 0.5))
    for x in (-0.14, 0.14):
        pen.limb([(x, seat - 0.07), (x, 0.0)], 0.022, mix(trousers, BLACK, 0.6))
    low = Pen(pen.brush, pen.tall, pen.facing, 0.0, pen.bob - drop)
    low.limb(
        [(0.0, build.hip + 0.02), (0.24, build.hip), (0.26, build.hip - seat + 0.03)], [0.085, 0.062, 0.040], trousers
    )
    low.limb(
        [(0.26, build.hip - seat + 0.02), (0.32, build.hip - seat + 0.014)], [0.036, 0.028], mix(trousers, BLACK, 0.5)
    )
    _torso(low, build, figure, 0.0)
    _head(low, build, figure, seed)
    y = build.shoulder - 0.02
    low.limb([(-0.02, y), (0.06, y - 0.17), (0.21, y - 0.20)], [0.058, 0.048, 0.036], figure.coat)
    low.oval(0.22, y - 0.20, 0.022, 0.023, figure.skin)


def bust(brush: Brush, figure: Figure, tall: float, blink: bool, facing: int, seed: int) -> None:
    """Head and shoulders in three-quarter view; `tall` is the height of the head. Origin: below the chin, at the
    collar. The head's middle is one head above it.
    """
    pen = Pen(brush, tall, facing)
    skin, hair, coat = figure.skin, figure.hair, figure.coat
    shade, deep = mix(skin, BLACK, 0.16), mix(skin, (120, 40, 40), 0.30)
    if figure.prop == "umbrella":
        umbrella_behind(pen, figure)
    if figure.long_hair:
        pen.curve(
            [(-0.46, 1.25), (0.42, 1.25), (0.50, 0.30), (0.44, -0.05), (-0.52, -0.10), (-0.54, 0.40)],
            mix(hair, BLACK, 0.25),
        )
    wide = 1.02 if figure.kind == "person" else 0.80
    slope = [(-wide, -0.72), (-wide * 0.96, -0.46), (-wide * 0.82, -0.26), (-0.44, -0.10), (-0.28, 0.02)]
    pen.shape([*slope, *((-x, y) for x, y in reversed(slope)), (wide * 1.06, -3.0), (-wide * 1.06, -3.0)], coat)
    pen.shape([*slope, (-0.20, -0.30), (-0.26, -3.0), (-wide * 1.06, -3.0)], mix(coat, BLACK, 0.18))
    for x in (-1, 1):
        pen.oval(x * wide * 0.80, -0.50, wide * 0.205, 0.26, mix(coat, BLACK, 0.18) if x < 0 else coat)
    pen.shape([(-0.20, 0.36), (0.22, 0.36), (0.24, -0.02), (0.02, -0.26), (-0.22, -0.02)], shade)
    for side in (-1, 1):
        pen.curve(
            [(side * 0.24, 0.08), (side * 0.46, -0.06), (side * 0.06, -0.42), (side * 0.02, -0.22)],
            mix(coat, (255, 255, 255), 0.10),
        )
    pen.oval(-0.36, 0.56, 0.075, 0.12, shade)
    pen.oval(0.0, 0.62, 0.375, 0.50, skin)
    jaw = [(-0.33, 0.50), (-0.22, 0.20), (0.02, 0.10), (0.24, 0.20), (0.345, 0.50)]
    pen.curve(jaw, skin)
    pen.curve(
        [(-0.375, 0.62), (-0.33, 0.42), (-0.20, 0.19), (-0.10, 0.15), (-0.20, 0.45), (-0.25, 0.72)],
        mix(skin, BLACK, 0.08),
    )
    _features(pen, figure, blink, shade, deep)
    if figure.beard:
        beard_front(pen, figure)
    fringe = [(-0.40, 0.55), (-0.44, 0.90), (-0.30, 1.13), (0.02, 1.20), (0.30, 1.10), (0.42, 0.86), (0.385, 0.62)]
    fringe += [(0.30, 0.80), (0.12, 0.92), (-0.10, 0.88), (-0.27, 0.78), (-0.33, 0.62)]
    pen.curve(fringe, hair)
    pen.limb([(-0.10, 1.10), (0.14, 1.08), (0.30, 0.94)], [0.02, 0.035, 0.012], mix(hair, (255, 255, 255), 0.16))
    if figure.hat == "bubble":
        bubble_front(pen, figure)
    else:
        hat_front(pen, figure)


def _features(pen: Pen, figure: Figure, blink: bool, shade: RGB, deep: RGB) -> None:
    dark = mix(figure.hair, BLACK, 0.55)
    for x, half in ((-0.09, 0.078), (0.20, 0.068)):
        if blink:
            pen.limb([(x - half, 0.60), (x, 0.575), (x + half, 0.60)], 0.016, dark)
        else:
            pen.oval(x, 0.605, half, 0.043, (244, 240, 234))
            pen.oval(x + 0.012, 0.606, 0.038, 0.042, mix((92, 66, 48), figure.hair, 0.3))
            pen.oval(x + 0.012, 0.606, 0.019, 0.021, BLACK)
            pen.oval(x + 0.026, 0.622, 0.010, 0.010, (255, 255, 255))
            pen.limb([(x - half, 0.612), (x, 0.654), (x + half, 0.618)], [0.010, 0.020, 0.012], dark)
            pen.limb([(x - half * 0.8, 0.572), (x + half * 0.8, 0.574)], 0.006, shade)
        pen.limb([(x - half, 0.715), (x, 0.748), (x + half, 0.722)], [0.016, 0.028, 0.014], dark)
    pen.curve([(0.065, 0.64), (0.135, 0.42), (0.075, 0.395), (0.03, 0.41)], mix(figure.skin, BLACK, 0.07))
    pen.limb([(0.045, 0.408), (0.085, 0.396), (0.128, 0.416)], 0.013, shade)
    pen.limb([(-0.04, 0.285), (0.06, 0.272), (0.165, 0.290)], [0.012, 0.024, 0.012], deep)
    pen.limb([(0.0, 0.252), (0.06, 0.246), (0.12, 0.254)], [0.008, 0.018, 0.008], mix(figure.skin, deep, 0.6))
    pen.oval(-0.20, 0.44, 0.07, 0.05, mix(figure.skin, (220, 90, 80), 0.16))
