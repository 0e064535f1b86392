"""What a picture is measured by: its size, and how it comes into one of another shape. Knows no file and no shot."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from reelmake.records import dataclass

Fit = Literal["crop", "pad", "blur", "stretch"]
Focus = tuple[Fraction, Fraction]
"""The point of a picture that must be seen when it is cropped: from its left and its top, 0 to 1."""

Corner = Literal["top-left", "top-right", "bottom-left", "bottom-right"]
CORNERS: tuple[Corner, ...] = ("top-left", "top-right", "bottom-left", "bottom-right")
STILLS = (".jpg", ".jpeg", ".png", ".webp")
RENDERER = "4"  # a change of the pixels that our graphs and texts draw; every segment is then made again


@dataclass(frozen=True, slots=True)
class Size:
    """Pixels."""

    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"
