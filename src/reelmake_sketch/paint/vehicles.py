"""What travels: painters of one pose of a cycle (`phase` 0..1). Facing right; origin as in things.py."""

from __future__ import annotations

from math import cos, pi, sin

from reelmake_sketch.paint.brush import RGB, Point
from reelmake_sketch.paint.pen import BLACK, GLASS, LAMP, WHITE, Pen
from reelmake_sketch.palette import mix


def _wheel(pen: Pen, x: float, r: float) -> None:
    pen.oval(x, r, r, r, (26, 26, 30))
    pen.oval(x, r, r * 0.5, r * 0.5, (150, 152, 158))


def tram(pen: Pen, coat: RGB, phase: float) -> None:
    pale = mix(coat, (255, 248, 228), 0.72)
    pen.limb([(-0.25, 1.0), (0.05, 1.22), (-0.15, 1.42)], 0.014, (40, 42, 48))
    pen.limb([(-0.35, 1.42), (0.1, 1.42)], 0.016, (40, 42, 48))
    for x in (-1.05, -0.75, 0.75, 1.05):
        _wheel(pen, x, 0.09)
    pen.shape(
        [
            (-1.42, 0.10),
            (1.42, 0.10),
            (1.50, 0.22),
            (1.50, 0.52),
            (1.38, 1.0),
            (-1.38, 1.0),
            (-1.50, 0.52),
            (-1.50, 0.22),
        ],
        coat,
    )
    pen.box(-1.46, 0.50, 1.46, 0.92, pale)
    for n in range(7):
        x = -1.34 + n * 0.39
        pen.box(x, 0.55, x + 0.31, 0.88, mix(GLASS, LAMP, 0.35) if n % 3 else GLASS)
    pen.box(-1.40, 0.98, 1.40, 1.05, mix(coat, BLACK, 0.35))
    pen.box(-1.50, 0.46, 1.50, 0.50, mix(coat, BLACK, 0.35))
    pen.oval(1.46, 0.32, 0.045, 0.045, LAMP)


def bus(pen: Pen, coat: RGB, phase: float) -> None:
    for x in (-0.75, 0.75):
        _wheel(pen, x, 0.17)
    pen.shape([(-1.2, 0.14), (1.2, 0.14), (1.24, 0.55), (1.16, 1.0), (-1.2, 1.0)], coat)
    for n in range(6):
        pen.box(-1.1 + n * 0.37, 0.55, -0.80 + n * 0.37, 0.88, GLASS)
    pen.oval(1.18, 0.30, 0.05, 0.05, LAMP)
    for x in (-0.75, 0.75):
        pen.oval(x, 0.17, 0.17, 0.17, (26, 26, 30))
        pen.oval(x, 0.17, 0.08, 0.08, (150, 152, 158))


def car(pen: Pen, coat: RGB, phase: float) -> None:
    pen.shape(
        [
            (-1.5, 0.25),
            (1.5, 0.25),
            (1.52, 0.55),
            (1.0, 0.66),
            (0.62, 0.98),
            (-0.62, 0.98),
            (-1.1, 0.64),
            (-1.52, 0.58),
        ],
        coat,
    )
    pen.shape([(-0.92, 0.64), (-0.54, 0.90), (-0.04, 0.90), (-0.04, 0.64)], GLASS)
    pen.shape([(0.04, 0.64), (0.04, 0.90), (0.54, 0.90), (0.86, 0.64)], GLASS)
    pen.box(-1.5, 0.25, 1.5, 0.34, mix(coat, BLACK, 0.35))
    pen.oval(1.46, 0.50, 0.07, 0.05, LAMP)
    pen.oval(-1.48, 0.50, 0.05, 0.05, (220, 50, 40))
    for x in (-0.92, 0.92):
        _wheel(pen, x, 0.26)


def bike(pen: Pen, coat: RGB, phase: float) -> None:
    for x in (-0.5, 0.5):
        for r, fill in ((0.30, (30, 30, 34)), (0.265, mix(coat, WHITE, 0.75))):
            pen.oval(x, 0.30, r, r, fill)
        for n in range(4):
            a = 2 * pi * (phase + n / 8)
            pen.limb(
                [(x - 0.26 * cos(a), 0.30 - 0.26 * sin(a)), (x + 0.26 * cos(a), 0.30 + 0.26 * sin(a))],
                0.008,
                (120, 120, 124),
            )
    frame: list[Point] = [(-0.5, 0.30), (-0.18, 0.68), (0.34, 0.68), (0.0, 0.30), (-0.5, 0.30)]
    pen.limb(frame, 0.04, coat)
    pen.limb([(0.5, 0.30), (0.32, 0.86), (0.44, 0.92)], 0.035, coat)
    pen.limb([(0.0, 0.30), (-0.2, 0.80)], 0.035, coat)
    pen.limb([(-0.30, 0.82), (-0.10, 0.82)], 0.06, BLACK)


def boat(pen: Pen, coat: RGB, phase: float) -> None:
    pen.shape([(0.05, 0.34), (0.05, 1.75), (0.72, 0.42)], (246, 242, 232))
    pen.shape([(-0.03, 0.40), (-0.03, 1.55), (-0.55, 0.44)], (226, 220, 208))
    pen.limb([(0.01, 0.2), (0.01, 1.8)], 0.03, (84, 62, 50))
    pen.shape([(-0.85, 0.30), (0.95, 0.34), (0.62, 0.0), (-0.62, 0.0)], coat)
    pen.box(-0.82, 0.24, 0.84, 0.29, WHITE)


def plane(pen: Pen, coat: RGB, phase: float) -> None:
    pen.shape([(-0.9, 0.05), (-1.2, 0.46), (-0.98, 0.46), (-0.62, 0.08)], mix(coat, BLACK, 0.15))
    pen.limb([(-1.05, 0.04), (0.0, 0.0), (0.95, 0.0)], [0.08, 0.24, 0.18], mix(coat, WHITE, 0.6))
    pen.shape([(-0.10, 0.0), (0.26, 0.0), (-0.40, -0.42), (-0.58, -0.42)], coat)
    for n in range(7):
        pen.oval(-0.45 + n * 0.16, 0.04, 0.03, 0.03, GLASS)


def drone(pen: Pen, coat: RGB, phase: float) -> None:
    for x in (-0.7, 0.7):
        pen.limb([(0.0, 0.0), (x, 0.14)], 0.07, (52, 54, 60))
        wide = 0.34 * abs(cos(2 * pi * phase)) + 0.08
        pen.oval(x, 0.20, wide, 0.025, (190, 194, 200))
    pen.limb([(-0.2, 0.0), (0.2, 0.0)], 0.28, coat)
    pen.oval(0.0, -0.20, 0.09, 0.09, BLACK)
    pen.oval(0.24, 0.02, 0.03, 0.03, (255, 90, 80))


def rocket(pen: Pen, coat: RGB, phase: float) -> None:
    flame = 0.30 + 0.10 * sin(2 * pi * phase)
    pen.shape([(-0.10, 0.0), (0.10, 0.0), (0.0, -flame)], (255, 190, 80))
    pen.shape([(-0.14, 0.22), (-0.30, -0.04), (-0.12, 0.04)], coat)
    pen.shape([(0.14, 0.22), (0.30, -0.04), (0.12, 0.04)], coat)
    pen.shape([(-0.14, 0.0), (0.14, 0.0), (0.16, 0.60), (0.0, 1.05), (-0.16, 0.60)], (232, 234, 238))
    pen.shape([(-0.11, 0.78), (0.11, 0.78), (0.0, 1.05)], coat)
    pen.oval(0.0, 0.58, 0.07, 0.07, GLASS)


def balloon(pen: Pen, coat: RGB, phase: float) -> None:
    pen.box(-0.10, 0.0, 0.10, 0.15, (120, 86, 58))
    for x in (-0.09, 0.09):
        pen.limb([(x, 0.14), (x * 3.2, 0.52)], 0.010, (70, 56, 48))
    pen.shape([(-0.36, 0.66), (0.36, 0.66), (0.12, 0.36), (-0.12, 0.36)], coat)
    pen.oval(0.0, 0.82, 0.42, 0.42, coat)
    pen.oval(0.0, 0.82, 0.22, 0.42, mix(coat, WHITE, 0.55))
    pen.oval(0.0, 0.82, 0.09, 0.42, coat)
