"""Everything in a cast that is not a person: animals, vehicles, things; each a painter of one pose.

Origin: the middle of the foot line (of a flying thing, its middle). Lengths are shares of `tall`. Facing right.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, pi, sin

from reelmake.media.sketch.brush import RGB, Brush, Point
from reelmake.providers.sketch.palette import mix

BLACK: RGB = (14, 14, 20)
WHITE: RGB = (250, 250, 250)
GLASS: RGB = (176, 208, 222)
LAMP: RGB = (255, 226, 160)


@dataclass(slots=True)
class Pen:
    brush: Brush
    tall: float
    facing: int

    def at(self, x: float, y: float) -> Point:
        return self.facing * self.tall * x, -self.tall * y

    def limb(self, points: list[Point], widths: float | list[float], fill: RGB) -> None:
        scaled = widths * self.tall if isinstance(widths, float) else [w * self.tall for w in widths]
        self.brush.limb([self.at(*p) for p in points], scaled, fill)

    def shape(self, points: list[Point], fill: RGB) -> None:
        self.brush.polygon([self.at(*p) for p in points], fill)

    def box(self, left: float, low: float, right: float, high: float, fill: RGB) -> None:
        self.shape([(left, low), (right, low), (right, high), (left, high)], fill)

    def oval(self, x: float, y: float, rx: float, ry: float, fill: RGB) -> None:
        self.brush.ellipse(*self.at(x, y), rx * self.tall, ry * self.tall, fill)


Painter = Callable[[Pen, RGB, float], None]


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


def cup(pen: Pen, coat: RGB, phase: float) -> None:
    for r, fill in ((0.20, coat), (0.13, mix(coat, WHITE, 0.85))):
        pen.oval(0.42, 0.36, r, r, fill)
    pen.shape([(-0.42, 0.72), (0.42, 0.72), (0.32, 0.06), (0.20, 0.0), (-0.20, 0.0), (-0.32, 0.06)], coat)
    pen.oval(0.0, 0.72, 0.42, 0.09, mix(coat, WHITE, 0.35))
    pen.oval(0.0, 0.71, 0.36, 0.065, (72, 44, 32))
    for n, x in enumerate((-0.12, 0.10)):
        s = 0.05 * sin(2 * pi * phase + n * 2)
        pen.limb([(x, 0.82), (x + s, 0.92), (x - s, 1.02)], [0.02, 0.03, 0.008], (236, 236, 236))


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


@dataclass(frozen=True, slots=True)
class Thing:
    """`tall` is its height beside a person of 1.0; `wide` its sprite's width in its own heights.

    `poses` how many pictures its cycle needs; `home`: ground, air, water or table (things that are looked at alone).
    """

    paint: Painter
    tall: float
    wide: float
    poses: int
    home: str = "ground"


THINGS: dict[str, Thing] = {
    "dog": Thing(quadruped(0.95, 0.14, 0.26, 0.24, 0.30), 0.36, 2.4, 8),
    "cat": Thing(quadruped(0.95, 0.10, 0.20, 0.45, 0.24), 0.25, 2.6, 8),
    "horse": Thing(quadruped(0.95, 0.38, 0.30, -0.35, 0.34, mane=True), 0.92, 2.4, 8),
    "bird": Thing(bird, 0.22, 1.8, 8, "air"),
    "fish": Thing(fish, 0.5, 2.4, 6, "water"),
    "tram": Thing(tram, 1.75, 3.2, 1),
    "bus": Thing(bus, 1.6, 2.7, 1),
    "car": Thing(car, 0.82, 3.2, 1),
    "bike": Thing(bike, 0.72, 1.8, 4),
    "boat": Thing(boat, 1.0, 2.1, 1, "water"),
    "plane": Thing(plane, 0.55, 2.6, 1, "air"),
    "drone": Thing(drone, 0.32, 2.4, 4, "air"),
    "rocket": Thing(rocket, 2.6, 0.9, 4, "air"),
    "robot": Thing(robot, 1.0, 0.9, 8),
    "balloon": Thing(balloon, 1.3, 1.0, 1, "air"),
    "cup": Thing(cup, 1.0, 1.5, 8, "table"),
    "bottle": Thing(bottle, 1.25, 0.7, 1, "table"),
    "phone": Thing(phone, 1.1, 0.8, 1, "table"),
    "book": Thing(book, 0.9, 1.7, 1, "table"),
    "flower": Thing(flower, 1.25, 1.0, 8, "table"),
    "lamp": Thing(lamp, 1.2, 0.9, 1, "table"),
    "object": Thing(thing, 1.0, 1.1, 1, "table"),
}
