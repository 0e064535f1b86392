"""Animals and a robot: painters of one pose of a cycle (`phase` 0..1). Facing right; origin as in things.py."""

from __future__ import annotations

from math import cos, pi, sin

from reelmake_sketch.paint.brush import RGB
from reelmake_sketch.paint.pen import BLACK, WHITE, Painter, Pen
from reelmake_sketch.palette import mix


def quadruped(long: float, neck: float, head: float, tail: float, thick: float, mane: bool = False) -> Painter:
    def paint(pen: Pen, coat: RGB, phase: float) -> None:
        turn, dark = 2 * pi * phase, mix(coat, BLACK, 0.28)
        for n, x in enumerate((-long * 0.46, -long * 0.38, long * 0.36, long * 0.46)):
            angle = 0.5 * sin(turn + n * 1.6) if phase >= 0 else 0.0
            knee = (x + 0.24 * sin(angle), 0.56 - 0.28 * cos(angle))
            foot = (knee[0] + 0.26 * sin(angle * 0.4 - 0.1), knee[1] - 0.27)
            pen.limb([(x, 0.60), knee, foot], [thick * 0.42, thick * 0.28, thick * 0.20], dark if n % 2 else coat)
        pen.limb([(-long * 0.42, 0.66), (0.0, 0.64), (long * 0.42, 0.68)], [thick, thick * 0.92, thick * 1.06], coat)
        top = (long * 0.5 + neck * 0.55, 0.72 + neck)
        pen.limb([(long * 0.42, 0.74), top], [thick * 0.75, thick * 0.45], coat)
        nose = (top[0] + head, top[1] - head * 0.35)
        pen.limb([top, nose], [head * 0.62, head * 0.34], coat)
        pen.shape(
            [
                (top[0] - head * 0.2, top[1] + head * 0.2),
                (top[0] + head * 0.1, top[1] + head * 0.2),
                (top[0] - head * 0.1, top[1] + head * 0.62),
            ],
            dark,
        )
        pen.oval(top[0] + head * 0.32, top[1] + head * 0.06, head * 0.07, head * 0.08, BLACK)
        pen.oval(nose[0] + head * 0.1, nose[1], head * 0.09, head * 0.08, BLACK)
        sway = 0.1 * sin(turn * 2)
        pen.limb(
            [
                (-long * 0.52, 0.72),
                (-long * 0.62 - tail * 0.4, 0.74 + tail * 0.5 + sway),
                (-long * 0.60 - tail * 0.7, 0.72 + tail + sway),
            ],
            [thick * 0.24, thick * 0.2, thick * 0.12],
            dark,
        )
        if mane:
            pen.limb(
                [(long * 0.36, 0.82), (top[0] - head * 0.25, top[1] + head * 0.1)], thick * 0.3, mix(coat, BLACK, 0.6)
            )

    return paint


def bird(pen: Pen, coat: RGB, phase: float) -> None:
    flap = sin(2 * pi * phase)
    dark = mix(coat, BLACK, 0.25)
    for side, fill in ((-0.35, dark), (0.15, coat)):
        tip = (side - 0.30, 0.10 + 0.62 * flap)
        pen.shape([(side - 0.16, 0.02), (side + 0.22, 0.02), (side + 0.05, 0.34 * flap + 0.05), tip], fill)
    pen.limb([(-0.50, 0.04), (0.0, 0.0), (0.40, 0.06)], [0.06, 0.24, 0.18], coat)
    pen.oval(0.46, 0.09, 0.11, 0.10, coat)
    pen.shape([(0.55, 0.12), (0.74, 0.07), (0.55, 0.04)], (236, 168, 60))
    pen.oval(0.49, 0.12, 0.022, 0.022, BLACK)


def fish(pen: Pen, coat: RGB, phase: float) -> None:
    sway = 0.12 * sin(2 * pi * phase)
    pen.shape([(-0.62, 0.0), (-1.0, 0.28 + sway), (-0.92, sway), (-1.0, -0.28 + sway)], mix(coat, BLACK, 0.2))
    pen.limb([(-0.66, 0.0), (0.0, 0.02), (0.62, 0.0)], [0.10, 0.56, 0.30], coat)
    pen.shape([(-0.2, 0.24), (0.1, 0.24), (-0.22, 0.48)], mix(coat, BLACK, 0.25))
    pen.oval(0.62, 0.05, 0.04, 0.04, BLACK)


def robot(pen: Pen, coat: RGB, phase: float) -> None:
    swing = 0.08 * sin(2 * pi * phase)
    for x, s in ((-0.09, swing), (0.09, -swing)):
        pen.limb([(x, 0.42), (x + s, 0.22), (x + s, 0.03)], 0.075, (92, 98, 108))
        pen.box(x + s - 0.05, 0.0, x + s + 0.08, 0.045, (60, 64, 72))
    for x, s in ((-0.22, -swing), (0.22, swing)):
        pen.limb([(x, 0.74), (x + s, 0.56), (x + s + 0.03, 0.40)], 0.06, (112, 118, 128))
    pen.box(-0.19, 0.40, 0.19, 0.78, coat)
    pen.box(-0.11, 0.55, 0.11, 0.69, mix(coat, WHITE, 0.5))
    pen.box(-0.04, 0.78, 0.04, 0.83, (92, 98, 108))
    pen.box(-0.14, 0.82, 0.15, 1.0, mix(coat, WHITE, 0.25))
    for x in (-0.02, 0.09):
        pen.oval(x, 0.92, 0.03, 0.03, (120, 240, 250))
