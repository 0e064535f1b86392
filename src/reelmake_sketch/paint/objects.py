"""What is looked at alone, on a table: painters of one pose of a cycle (`phase` 0..1). Origin as in things.py."""

from __future__ import annotations

from math import cos, pi, sin

from reelmake_sketch.paint.brush import RGB
from reelmake_sketch.paint.pen import BLACK, LAMP, WHITE, Pen
from reelmake_sketch.palette import mix


def cup(pen: Pen, coat: RGB, phase: float) -> None:
    dark, light = mix(coat, BLACK, 0.18), mix(coat, WHITE, 0.22)
    pen.oval(0.42, 0.40, 0.19, 0.21, dark)
    pen.oval(0.42, 0.40, 0.115, 0.135, dark, alpha=0)
    side = [(0.42, 0.72), (0.415, 0.50), (0.39, 0.32), (0.345, 0.17), (0.27, 0.06), (0.18, 0.01), (0.0, 0.0)]
    pen.shape([(-x, y) for x, y in side] + side[::-1], coat)
    inner = [(-0.14, 0.01), (-0.22, 0.20), (-0.245, 0.45), (-0.25, 0.66)]
    pen.shape([(-x, y) for x, y in side[:-1]] + inner, dark)
    pen.limb([(0.29, 0.58), (0.275, 0.38), (0.22, 0.18)], [0.035, 0.045, 0.012], light)
    pen.oval(0.0, 0.72, 0.42, 0.095, mix(coat, WHITE, 0.40))
    pen.oval(0.0, 0.714, 0.37, 0.072, (58, 34, 26))
    pen.oval(0.05, 0.706, 0.27, 0.045, (92, 56, 38))
    pen.limb([(-0.24, 0.728), (-0.10, 0.742), (0.04, 0.744)], [0.006, 0.014, 0.006], (170, 122, 86))


def bottle(pen: Pen, coat: RGB, phase: float) -> None:
    pen.shape(
        [
            (-0.20, 0.0),
            (0.20, 0.0),
            (0.20, 0.60),
            (0.07, 0.76),
            (0.07, 0.95),
            (-0.07, 0.95),
            (-0.07, 0.76),
            (-0.20, 0.60),
        ],
        coat,
    )
    pen.box(-0.09, 0.92, 0.09, 1.0, (60, 50, 46))
    pen.box(-0.19, 0.18, 0.19, 0.46, (244, 238, 224))
    pen.box(0.11, 0.04, 0.145, 0.58, mix(coat, WHITE, 0.55))


def phone(pen: Pen, coat: RGB, phase: float) -> None:
    pen.limb([(-0.20, 0.06), (-0.20, 0.94), (0.20, 0.94), (0.20, 0.06), (-0.20, 0.06)], 0.10, (28, 30, 36))
    pen.box(-0.21, 0.08, 0.21, 0.92, mix(coat, (255, 255, 255), 0.35))
    pen.box(-0.15, 0.60, 0.15, 0.82, WHITE)
    for n in range(3):
        pen.box(-0.15, 0.46 - n * 0.11, 0.10 - n * 0.05, 0.50 - n * 0.11, mix(coat, BLACK, 0.35))


def book(pen: Pen, coat: RGB, phase: float) -> None:
    pen.shape([(-0.72, 0.04), (0.0, 0.12), (0.72, 0.04), (0.72, 0.56), (0.0, 0.64), (-0.72, 0.56)], coat)
    for side in (-1, 1):
        pen.shape([(0.0, 0.16), (side * 0.66, 0.10), (side * 0.66, 0.58), (0.0, 0.66)], (246, 240, 226))
        for n in range(4):
            y = 0.24 + n * 0.09
            pen.limb([(side * 0.10, y), (side * 0.56, y - 0.03)], 0.012, (170, 164, 152))
    pen.limb([(0.0, 0.14), (0.0, 0.66)], 0.014, mix(coat, BLACK, 0.4))


def flower(pen: Pen, coat: RGB, phase: float) -> None:
    sway = 0.03 * sin(2 * pi * phase)
    stem = (86, 134, 78)
    pen.limb([(0.0, 0.0), (0.03, 0.4), (sway, 0.74)], [0.05, 0.035, 0.03], stem)
    pen.shape([(0.02, 0.22), (0.20, 0.42), (0.36, 0.44), (0.22, 0.26)], stem)
    pen.shape([(0.02, 0.12), (-0.20, 0.30), (-0.34, 0.28), (-0.18, 0.12)], mix(stem, BLACK, 0.2))
    for n in range(8):
        a = 2 * pi * n / 8
        pen.oval(sway + 0.13 * cos(a), 0.80 + 0.13 * sin(a), 0.085, 0.085, mix(coat, BLACK, 0.12 * (n % 2)))
    pen.oval(sway, 0.80, 0.075, 0.075, (246, 200, 80))


def lamp(pen: Pen, coat: RGB, phase: float) -> None:
    pen.box(-0.18, 0.0, 0.18, 0.05, (54, 50, 52))
    pen.limb([(0.0, 0.04), (0.0, 0.62)], 0.035, (54, 50, 52))
    pen.shape([(-0.30, 0.58), (0.30, 0.58), (0.17, 0.96), (-0.17, 0.96)], mix(coat, LAMP, 0.7))


def thing(pen: Pen, coat: RGB, phase: float) -> None:
    pen.shape([(-0.34, 0.0), (0.20, 0.0), (0.20, 0.66), (-0.34, 0.66)], coat)
    pen.shape([(0.20, 0.0), (0.42, 0.12), (0.42, 0.76), (0.20, 0.66)], mix(coat, BLACK, 0.28))
    pen.shape([(-0.34, 0.66), (0.20, 0.66), (0.42, 0.76), (-0.10, 0.76)], mix(coat, WHITE, 0.28))
    pen.box(-0.12, 0.0, -0.02, 0.66, mix(coat, WHITE, 0.5))
