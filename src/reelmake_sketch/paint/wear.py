"""Hats and beards, from the side (small figures) and from the front (faces).

The pen's unit is the figure's height (side) or the height of the head (front). Knows nothing of roles.
"""

from __future__ import annotations

from math import cos, pi, sin

from reelmake_sketch.paint.brush import RGB, Point
from reelmake_sketch.paint.pen import BLACK, GLASS, WHITE, Pen
from reelmake_sketch.palette import mix
from reelmake_sketch.scenery import Figure

_GOLD: RGB = (232, 186, 70)


def arch(x: float, y: float, rx: float, ry: float, steps: int = 12) -> list[Point]:
    """The upper half of an ellipse, from right to left."""
    return [(x + rx * cos(pi * n / steps), y + ry * sin(pi * n / steps)) for n in range(steps + 1)]


def beard_side(pen: Pen, figure: Figure, r: float, y: float) -> None:
    hair = figure.hair
    pen.shape(
        [(-r * 0.1, y + r * 0.05), (r * 0.92, y - r * 0.28), (r * 0.95, y - r * 1.15), (r * 0.3, y - r * 1.3)], hair
    )
    pen.limb([(r * 0.62, y - r * 0.56), (r * 0.88, y - r * 0.52)], r * 0.08, mix(hair, (120, 40, 40), 0.5))


def hat_side(pen: Pen, figure: Figure, r: float, y: float) -> None:
    """`r`: the head's radius; `y`: its middle."""
    colour, dark = figure.hat_colour, mix(figure.hat_colour, BLACK, 0.28)
    brow = y + r * 0.36
    match figure.hat:
        case "cap":
            pen.shape(
                [(-r * 1.02, brow), (r * 0.98, brow), (r * 1.22, brow + r * 0.62), (-r * 1.08, brow + r * 0.74)],
                mix(colour, WHITE, 0.86),
            )
            pen.shape(
                [
                    (-r * 1.02, brow - r * 0.06),
                    (r * 1.0, brow - r * 0.06),
                    (r, brow + r * 0.24),
                    (-r * 1.04, brow + r * 0.24),
                ],
                colour,
            )
            pen.limb([(r * 0.86, brow - r * 0.02), (r * 1.5, brow - r * 0.16)], [r * 0.16, r * 0.10], BLACK)
            pen.oval(r * 0.88, brow + r * 0.16, r * 0.12, r * 0.14, _GOLD)
        case "knit":
            pen.shape(arch(-r * 0.05, brow, r * 1.06, r * 0.98), colour)
            pen.limb([(-r * 1.02, brow), (r * 0.94, brow + r * 0.02)], r * 0.30, dark)
            pen.oval(-r * 0.1, brow + r * 1.06, r * 0.22, r * 0.22, mix(colour, WHITE, 0.5))
        case "brim":
            pen.shape(arch(0.0, brow + r * 0.1, r * 0.86, r * 0.92), colour)
            pen.limb(
                [(-r * 1.75, brow - r * 0.04), (0.0, brow + r * 0.12), (r * 1.75, brow - r * 0.04)], r * 0.17, colour
            )
            pen.limb([(-r * 0.84, brow + r * 0.22), (r * 0.84, brow + r * 0.22)], r * 0.16, mix(colour, BLACK, 0.55))
        case "toque":
            for x, up in ((-0.62, 1.08), (0.5, 1.12), (-0.08, 1.32)):
                pen.oval(r * x, brow + r * up, r * 0.60, r * 0.50, mix(colour, BLACK, 0.06 if x else 0.0))
            pen.shape(
                [(-r * 0.96, brow), (r * 0.92, brow), (r * 0.86, brow + r * 1.1), (-r * 0.92, brow + r * 1.1)], colour
            )
        case "bubble":
            pen.oval(0.0, y, r * 1.52, r * 1.52, colour)
            pen.oval(r * 0.34, y + r * 0.04, r * 1.08, r * 1.12, (46, 66, 96))
            pen.limb([(r * 0.2, y + r * 0.86), (r * 0.86, y + r * 0.66)], [r * 0.06, r * 0.20], GLASS)
        case "hard":
            pen.shape(arch(-r * 0.06, brow - r * 0.04, r * 1.12, r * 1.0), colour)
            pen.limb([(-r * 1.05, brow), (r * 1.34, brow - r * 0.02)], r * 0.15, dark)
            pen.limb([(-r * 0.5, brow + r * 0.84), (r * 0.28, brow + r * 0.94)], r * 0.16, mix(colour, WHITE, 0.35))
        case "helm":
            pen.shape(
                [
                    *arch(-r * 0.06, brow - r * 0.1, r * 1.12, r * 1.02),
                    (-r * 1.18, y - r * 0.6),
                    (-r * 0.3, y - r * 0.6),
                    (-r * 0.2, y + r * 0.1),
                    (r * 1.06, brow - r * 0.1),
                ],
                colour,
            )
            pen.limb([(-r * 0.9, brow + r * 0.2), (r * 1.0, brow + r * 0.05)], r * 0.10, mix(colour, WHITE, 0.4))
        case "crown":
            peaks: list[Point] = [(-r * 0.92, brow + r * 0.2), (r * 0.86, brow + r * 0.2)]
            peaks += [(r * (0.9 - 0.465 * n), brow + r * (1.0 if n % 2 == 0 else 0.52)) for n in range(5)]
            pen.shape(peaks, colour)
        case "point":
            pen.shape([(-r * 0.92, brow + r * 0.05), (r * 0.92, brow + r * 0.05), (-r * 0.7, brow + r * 2.4)], colour)
            pen.limb([(-r * 1.7, brow - r * 0.04), (r * 1.7, brow - r * 0.04)], r * 0.16, dark)


def beard_front(pen: Pen, figure: Figure) -> None:
    hair, dark = figure.hair, mix(figure.hair, BLACK, 0.16)
    outline = [(-0.37, 0.56), (-0.36, 0.30), (-0.26, 0.08), (0.0, -0.06), (0.26, 0.08), (0.36, 0.30), (0.37, 0.56)]
    pen.curve([*outline, (0.29, 0.40), (0.17, 0.375), (0.07, 0.395), (-0.05, 0.375), (-0.25, 0.40)], hair)
    pen.curve([(-0.36, 0.52), (-0.35, 0.26), (-0.24, 0.08), (-0.06, 0.0), (-0.20, 0.20), (-0.28, 0.40)], dark)
    pen.limb(
        [(-0.03, 0.285), (0.06, 0.275), (0.16, 0.29)], [0.014, 0.026, 0.014], mix(figure.skin, (130, 40, 44), 0.55)
    )
    pen.limb([(-0.10, 0.36), (0.06, 0.372), (0.24, 0.365)], [0.02, 0.05, 0.02], mix(hair, WHITE, 0.12))


def hat_front(pen: Pen, figure: Figure) -> None:
    """Over the hair; the brow is at 0.80, the crown of the head at 1.14."""
    colour, dark = figure.hat_colour, mix(figure.hat_colour, BLACK, 0.28)
    light = mix(colour, WHITE, 0.22)
    match figure.hat:
        case "cap":
            pen.curve(
                [(-0.60, 1.16), (-0.30, 1.36), (0.10, 1.40), (0.46, 1.32), (0.58, 1.12), (0.42, 0.92), (-0.44, 0.92)],
                mix(colour, WHITE, 0.86),
            )
            pen.curve(
                [(-0.60, 1.16), (-0.42, 1.27), (-0.36, 1.10), (-0.42, 0.92), (-0.52, 0.98)], mix(colour, WHITE, 0.66)
            )
            pen.shape([(-0.455, 0.86), (0.445, 0.86), (0.455, 1.04), (-0.465, 1.04)], colour)
            pen.curve([(-0.44, 0.88), (0.03, 0.93), (0.46, 0.88), (0.36, 0.745), (0.04, 0.70), (-0.32, 0.745)], BLACK)
            pen.limb([(-0.20, 0.76), (0.04, 0.735), (0.28, 0.76)], [0.01, 0.022, 0.01], (70, 72, 84))
            pen.oval(0.05, 0.985, 0.062, 0.075, _GOLD)
            pen.oval(0.05, 0.985, 0.028, 0.036, mix(_GOLD, BLACK, 0.35))
        case "knit":
            pen.curve(
                [(-0.46, 0.86), (-0.44, 1.14), (-0.20, 1.34), (0.06, 1.38), (0.30, 1.30), (0.44, 1.10), (0.44, 0.86)],
                colour,
            )
            pen.curve([(-0.46, 0.86), (-0.44, 1.14), (-0.22, 1.33), (-0.26, 1.05), (-0.24, 0.86)], dark)
            pen.limb([(-0.44, 0.87), (0.02, 0.91), (0.43, 0.87)], 0.17, light)
            for n in range(9):
                pen.limb([(-0.40 + 0.1 * n, 0.81), (-0.40 + 0.1 * n, 0.95)], 0.012, dark)
        case "brim":
            pen.curve([(-0.40, 0.92), (-0.38, 1.26), (-0.12, 1.40), (0.16, 1.40), (0.38, 1.26), (0.40, 0.92)], colour)
            pen.shape([(-0.41, 0.90), (0.41, 0.90), (0.40, 1.02), (-0.40, 1.02)], mix(colour, BLACK, 0.55))
            pen.curve([(-0.92, 0.86), (-0.40, 0.98), (0.40, 0.98), (0.92, 0.86), (0.40, 0.76), (-0.40, 0.76)], colour)
            pen.curve([(-0.80, 0.85), (-0.36, 0.80), (0.36, 0.80), (0.80, 0.85), (0.36, 0.755), (-0.36, 0.755)], dark)
        case "toque":
            for x, up, r in ((-0.32, 1.40, 0.26), (0.34, 1.40, 0.26), (0.0, 1.52, 0.30)):
                pen.oval(x, up, r, r * 0.82, mix(colour, BLACK, 0.07 if x < 0 else 0.02))
            pen.shape([(-0.40, 0.86), (0.42, 0.86), (0.46, 1.36), (-0.44, 1.36)], colour)
            for x in (-0.22, 0.02, 0.26):
                pen.limb([(x, 0.92), (x * 1.1, 1.34)], 0.012, mix(colour, BLACK, 0.14))
        case "hard":
            pen.curve(
                [(-0.50, 0.88), (-0.48, 1.14), (-0.24, 1.36), (0.04, 1.41), (0.30, 1.34), (0.50, 1.12), (0.50, 0.88)],
                colour,
            )
            pen.curve([(-0.50, 0.88), (-0.48, 1.14), (-0.26, 1.35), (-0.30, 1.08), (-0.28, 0.88)], dark)
            pen.limb([(0.04, 0.95), (0.05, 1.38)], [0.13, 0.09], light)
            pen.curve(
                [(-0.54, 0.88), (0.02, 0.96), (0.54, 0.88), (0.40, 0.78), (0.04, 0.75), (-0.38, 0.78)],
                mix(colour, BLACK, 0.12),
            )
        case "helm":
            pen.curve(
                [(-0.50, 0.84), (-0.48, 1.12), (-0.24, 1.34), (0.04, 1.39), (0.30, 1.32), (0.48, 1.10), (0.48, 0.84)],
                colour,
            )
            pen.limb([(-0.47, 0.86), (0.03, 0.90), (0.46, 0.86)], 0.09, light)
            pen.shape([(0.04, 0.90), (0.15, 0.90), (0.145, 0.52), (0.085, 0.48)], mix(colour, BLACK, 0.12))
            for side in (-1, 1):
                pen.shape([(side * 0.46, 0.88), (side * 0.30, 0.86), (side * 0.32, 0.34), (side * 0.42, 0.36)], dark)
        case "crown":
            peaks: list[Point] = [(-0.40, 1.0), (0.40, 1.0)]
            peaks += [(0.46 - 0.115 * n, 1.40 if n % 2 == 0 else 1.18) for n in range(9)]
            pen.shape(peaks, colour)
            pen.limb([(-0.40, 1.02), (0.40, 1.02)], 0.07, light)
            for n in range(5):
                pen.oval(0.46 - 0.23 * n, 1.41, 0.03, 0.03, light)
        case "point":
            pen.curve([(-0.42, 0.96), (-0.30, 1.36), (-0.06, 1.90), (0.02, 1.94), (0.20, 1.40), (0.42, 0.96)], colour)
            pen.curve([(-0.86, 0.86), (-0.40, 1.02), (0.40, 1.02), (0.86, 0.86), (0.40, 0.78), (-0.40, 0.78)], dark)


def bubble_front(pen: Pen, figure: Figure) -> None:
    """A space helmet round the whole head: its collar, its rim and the light on its glass."""
    colour = figure.hat_colour
    for width, fill in ((0.10, mix(colour, BLACK, 0.25)), (0.055, colour)):
        ring = [(0.02 + 0.66 * cos(2 * pi * n / 40), 0.62 + 0.70 * sin(2 * pi * n / 40)) for n in range(41)]
        pen.limb(ring, width, fill)
    pen.limb([(-0.50, -0.08), (0.02, -0.16), (0.54, -0.08)], 0.15, mix(colour, BLACK, 0.18))
    pen.limb([(-0.40, 0.98), (-0.26, 1.14), (-0.08, 1.22)], [0.03, 0.075, 0.02], mix(GLASS, WHITE, 0.4))
    pen.limb([(0.46, 0.34), (0.50, 0.48)], [0.02, 0.045], mix(GLASS, WHITE, 0.2))


def umbrella_behind(pen: Pen, figure: Figure) -> None:
    """Held over the shoulder: its dome behind the head, darker inside, with ribs."""
    colour, dark = figure.prop_colour, mix(figure.prop_colour, BLACK, 0.34)
    pen.limb([(0.62, -0.9), (0.30, 1.2)], 0.05, (40, 38, 42))
    dome = [(x - 0.12 * (y - 0.5), y) for x, y in arch(0.10, 0.60, 1.55, 1.02, 24)]
    pen.shape(dome, dark)
    for n in range(1, 6):
        x, y = dome[n * 4]
        pen.limb([(0.0, 1.5), (x, y)], 0.018, mix(dark, BLACK, 0.3))
    pen.limb(dome, 0.06, colour)
