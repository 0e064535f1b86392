"""Brush: draws shapes on one layer, larger than life, and hands it over as a plate with smooth edges.

Lengths are in frame heights from the frame's top left. Knows nothing of what is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import cos, pi, radians, sin

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from reelmake_sketch.paint.plate import Floats, Plate, plate

RGB = tuple[int, int, int]
Point = tuple[float, float]
Shade = Callable[[Floats, Floats, Floats], Floats]  # (rgb, x of columns, y of rows) -> rgb, lengths in frame heights


@dataclass(frozen=True, slots=True)
class Sheet:
    """The paper: frame size in pixels, how far layers reach beyond it (frame heights), how much is oversampled."""

    width: int
    height: int
    margin_x: float
    margin_y: float
    seed: int
    roll: float = 0.0

    @property
    def aspect(self) -> float:
        return self.width / self.height

    @property
    def over(self) -> int:
        return 3 if self.height <= 480 else 2

    def brush(self, base: RGB, box: tuple[float, float, float, float] | None = None) -> Brush:
        """`box` (left, top, right, bottom) limits the layer to where it will be drawn."""
        # a tipped frame sees round the corners of any box
        left, top, right, bottom = box if box and not self.roll else (-9.0, -9.0, 99.0, 99.0)
        lowest = self.height * (1 + self.margin_y)
        x0 = _even(max(left, -self.margin_x) * self.height)
        y0 = _even(max(top, -self.margin_y) * self.height)
        x1 = _even(min(right * self.height, self.width + self.margin_x * self.height)) + 2
        y1 = _even(min(bottom * self.height, lowest)) + 2
        return Brush(self, base, x0, y0, max(2, x1 - x0), max(2, y1 - y0))

    def free(self, base: RGB, width: float, height: float, low: float) -> Brush:
        """A brush for a sprite with its own origin (0, 0) at the middle of its foot line.

        It reaches `height` above the foot line and `low` below it (negative: what is under the frame is left out).
        """
        half, tall = _even(width / 2 * self.height) + 4, _even(height * self.height) + 4
        return Brush(self, base, -half, -tall, 2 * half, max(4, tall + _even(low * self.height) + 4), sprite=True)


def _even(value: float) -> int:
    return int(value // 2) * 2


class Brush:
    def __init__(
        self, sheet: Sheet, base: RGB, x: int, y: int, width: int, height: int, *, sprite: bool = False
    ) -> None:
        self.sprite = sprite
        self.sheet, self.x, self.y, self.width, self.height = sheet, x, y, width, height
        size = (width * sheet.over, height * sheet.over)
        self.colour = Image.new("RGB", size, base)
        self.mask = Image.new("L", size, 0)
        self._pens = (ImageDraw.Draw(self.colour), ImageDraw.Draw(self.mask))

    def _at(self, point: Point) -> Point:
        over, unit = self.sheet.over, self.sheet.height
        return (point[0] * unit - self.x) * over, (point[1] * unit - self.y) * over

    def _len(self, length: float) -> float:
        return length * self.sheet.height * self.sheet.over

    def polygon(self, points: Sequence[Point], fill: RGB, alpha: int = 255) -> None:
        at = [self._at(p) for p in points]
        self._pens[0].polygon(at, fill=fill)
        self._pens[1].polygon(at, fill=alpha)

    def rect(self, left: float, top: float, right: float, bottom: float, fill: RGB, alpha: int = 255) -> None:
        if right > left and bottom > top:
            box = [self._at((left, top)), self._at((right, bottom))]
            self._pens[0].rectangle(box, fill=fill)
            self._pens[1].rectangle(box, fill=alpha)

    def ellipse(self, x: float, y: float, rx: float, ry: float, fill: RGB, alpha: int = 255) -> None:
        box = [self._at((x - rx, y - ry)), self._at((x + rx, y + ry))]
        self._pens[0].ellipse(box, fill=fill)
        self._pens[1].ellipse(box, fill=alpha)

    def limb(self, points: Sequence[Point], widths: float | Sequence[float], fill: RGB, alpha: int = 255) -> None:
        """A thick line with round joints and ends; `widths` may taper from point to point."""
        sizes = [widths] * len(points) if isinstance(widths, float | int) else list(widths)
        for (p, w), (q, z) in zip(
            zip(points, sizes, strict=True), zip(points[1:], sizes[1:], strict=True), strict=False
        ):
            dx, dy = q[0] - p[0], q[1] - p[1]
            length = (dx * dx + dy * dy) ** 0.5 or 1e-9
            nx, ny = -dy / length / 2, dx / length / 2
            corners = [(p[0] + nx * w, p[1] + ny * w), (q[0] + nx * z, q[1] + ny * z)]
            corners += [(q[0] - nx * z, q[1] - ny * z), (p[0] - nx * w, p[1] - ny * w)]
            self.polygon(corners, fill, alpha)
        for (x, y), w in zip(points, sizes, strict=True):
            self.ellipse(x, y, w / 2, w / 2, fill, alpha)

    def line(self, points: Sequence[Point], width: float, fill: RGB, alpha: int = 255) -> None:
        """A thin line; at least half a pixel of the frame wide."""
        at = [self._at(p) for p in points]
        wide = max(1, round(self._len(width)))
        self._pens[0].line(at, fill=fill, width=wide)
        self._pens[1].line(at, fill=alpha, width=wide)

    def plate(
        self,
        shade: Shade | None = None,
        *,
        blur: float = 0.0,
        rim: tuple[float, float, RGB] | None = None,
        dither: bool = False,
    ) -> Plate:
        """`blur` in frame heights; `rim`: direction towards the light (x, y) and its colour, drawn along the edge."""
        unit, over = self.sheet.height, self.sheet.over
        whole = bool(self.sheet.roll)
        left, top, right, bottom = (
            (0, 0, self.width, self.height) if whole else self._drawn(2 * round(1.5 * blur * unit))
        )
        box = (left * over, top * over, right * over, bottom * over)
        colour, mask = self.colour.reduce(over, box), self.mask.reduce(over, box)
        if whole:
            colour, mask = self._rolled(colour), self._rolled(mask)
        if blur * unit >= 0.4:
            soft = ImageFilter.GaussianBlur(blur * unit)
            colour, mask = colour.filter(soft), mask.filter(soft)
        rgb, alpha = np.asarray(colour, dtype=np.float32), np.asarray(mask, dtype=np.float32)
        x, y = self.x + left, self.y + top
        if shade is not None:
            xs = (np.arange(right - left, dtype=np.float32) + x) / unit
            ys = (np.arange(bottom - top, dtype=np.float32) + y) / unit
            rgb = shade(rgb, xs[None, :, None], ys[:, None, None])
        if rim is not None:
            rgb = _rimmed(rgb, alpha, rim, max(1, round(unit * 0.005)))
        return plate(rgb, alpha, x, y, self.sheet.seed if dither else None)

    def _drawn(self, pad: int) -> tuple[int, int, int, int]:
        """What has been drawn on, with room for a blur and a clear rim, in frame pixels with even corners."""
        left, top, right, bottom = self.mask.getbbox() or (0, 0, 2, 2)
        over, room = self.sheet.over, pad + 2
        return (
            max(0, _even(left / over - room)),
            max(0, _even(top / over - room)),
            min(self.width, _even(right / over + room) + 2),
            min(self.height, _even(bottom / over + room) + 2),
        )

    def _rolled(self, image: Image.Image) -> Image.Image:
        middle = (self.sheet.width / 2 - self.x, self.sheet.height / 2 - self.y)
        if self.sprite:
            middle = (-self.x, -self.y)
        # ground that reaches the lower edge goes on beyond it
        beyond = self.mask.getpixel((0, self.mask.height - 1)) if image.mode == "L" and not self.sprite else 0
        return image.rotate(self.sheet.roll, Image.Resampling.BICUBIC, center=middle, fillcolor=beyond)


def _rimmed(rgb: Floats, alpha: Floats, rim: tuple[float, float, RGB], step: int) -> Floats:
    x, y, colour = rim
    length = (x * x + y * y) ** 0.5 or 1.0
    sx, sy = round(x / length * step), round(y / length * step)
    inner = np.roll(alpha, (-sy, -sx), axis=(0, 1))
    edge = np.clip(alpha - inner, 0, 255)[..., None] / 255 * 0.75
    lit: Floats = rgb + (np.array(colour, dtype=np.float32) - rgb) * edge
    return lit


def smooth(points: Sequence[Point], steps: int = 6) -> list[Point]:
    """A closed curve through the points (Catmull-Rom)."""
    count, curve = len(points), []
    for n in range(count):
        p, q, r, s = (points[(n + k - 1) % count] for k in range(4))
        for step in range(steps):
            t = step / steps
            a, b = -0.5 * t + t * t - 0.5 * t**3, 1 - 2.5 * t * t + 1.5 * t**3
            c, d = 0.5 * t + 2 * t * t - 1.5 * t**3, -0.5 * t * t + 0.5 * t**3
            curve.append((a * p[0] + b * q[0] + c * r[0] + d * s[0], a * p[1] + b * q[1] + c * r[1] + d * s[1]))
    return curve


def blob(x: float, y: float, rx: float, ry: float, lumps: Sequence[float], turn: float = 0.0) -> list[Point]:
    """An uneven round shape: `lumps` are radii around 1.0."""
    count = len(lumps) * 4
    points = []
    for n in range(count):
        a, b = lumps[n // 4], lumps[(n // 4 + 1) % len(lumps)]
        part = (1 - cos(n % 4 / 4 * pi)) / 2
        r = a + (b - a) * part
        angle = radians(turn) + n / count * 2 * pi
        points.append((x + cos(angle) * rx * r, y + sin(angle) * ry * r))
    return points
