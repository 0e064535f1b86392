"""Pen: a brush held by a sprite; lengths are shares of the sprite's height, up is up, and it can face left.

Knows nothing of what is drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reelmake_sketch.paint.brush import RGB, Brush, Point, smooth

BLACK: RGB = (12, 12, 18)
WHITE: RGB = (250, 250, 250)
GLASS: RGB = (176, 208, 222)
LAMP: RGB = (255, 226, 160)


@dataclass(slots=True)
class Pen:
    """`tall` in frame heights. `lean` shears what is high forward; `bob` lifts everything (shares of `tall`)."""

    brush: Brush
    tall: float
    facing: int
    lean: float = 0.0
    bob: float = 0.0

    def at(self, x: float, y: float) -> Point:
        """`y` is up from the ground."""
        return self.facing * self.tall * (x + self.lean * y), -self.tall * (y + self.bob)

    def limb(self, points: list[Point], widths: float | list[float], fill: RGB) -> None:
        scaled = widths * self.tall if isinstance(widths, float) else [w * self.tall for w in widths]
        self.brush.limb([self.at(*p) for p in points], scaled, fill)

    def shape(self, points: list[Point], fill: RGB, alpha: int = 255) -> None:
        self.brush.polygon([self.at(*p) for p in points], fill, alpha)

    def curve(self, points: list[Point], fill: RGB, alpha: int = 255) -> None:
        self.shape(smooth(points), fill, alpha)

    def box(self, left: float, low: float, right: float, high: float, fill: RGB, alpha: int = 255) -> None:
        self.shape([(left, low), (right, low), (right, high), (left, high)], fill, alpha)

    def oval(self, x: float, y: float, rx: float, ry: float, fill: RGB, alpha: int = 255) -> None:
        """`alpha` 0 cuts a hole."""
        self.brush.ellipse(*self.at(x, y), rx * self.tall, ry * self.tall, fill, alpha)


Painter = Callable[[Pen, RGB, float], None]  # (pen, coat, phase 0..1 of its cycle)
