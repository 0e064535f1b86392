"""How a picture is seen: its size and colours, how it comes into one of another shape, how a camera moves over it, and
where it lies in another one. Knows no file and no shot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from fractions import Fraction
from typing import Literal

from reelmake.model.work import LATER
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

    @staticmethod
    def read(text: str) -> Size | None:
        """The size that a text such as 1280x720 is; None if it is none, or a side has more than five digits."""
        width, _, height = text.partition("x")
        fits = all(side.isdecimal() and len(side) <= 5 for side in (width, height))
        return Size(int(width), int(height)) if fits else None


Window = tuple[Fraction, Fraction, Fraction, Fraction]
"""Left, top, width and height, as shares of the picture."""


@dataclass(frozen=True, slots=True)
class CameraMove:
    """`begin` is seen in the first frame, `end` in the last; between them the window moves evenly. `rough`: two frames
    at a time, of no more pixels than one has; for a film that is looked at once."""

    begin: Window
    end: Window
    rough: bool = field(default=False, metadata=LATER)


def _window(left: str, top: str, width: str, height: str) -> Window:
    return Fraction(left), Fraction(top), Fraction(width), Fraction(height)


_WHOLE, _NEAR = _window("0", "0", "1", "1"), _window("0.1", "0.1", "0.8", "0.8")
MOVES: Mapping[str, CameraMove] = {
    "in": CameraMove(_WHOLE, _NEAR),
    "out": CameraMove(_NEAR, _WHOLE),
    "left": CameraMove(_window("0.2", "0.1", "0.8", "0.8"), _window("0", "0.1", "0.8", "0.8")),
    "right": CameraMove(_window("0", "0.1", "0.8", "0.8"), _window("0.2", "0.1", "0.8", "0.8")),
    "up": CameraMove(_window("0.1", "0.2", "0.8", "0.8"), _window("0.1", "0", "0.8", "0.8")),
    "down": CameraMove(_window("0.1", "0", "0.8", "0.8"), _window("0.1", "0.2", "0.8", "0.8")),
}


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """`format` by content, not by name: jpeg, png, webp, or another word. `size` as stored. `bytes`: of the file."""

    format: str
    size: Size
    bytes: int


@dataclass(frozen=True, slots=True)
class Colors:
    """What has to be minded of a picture's colours. `profile`: the name of the one that it is brought into sRGB from,
    "" = it is in sRGB; `broken`: it has one that cannot be read, and is taken as sRGB; `clear`: parts of it may be
    transparent."""

    profile: str = ""
    broken: bool = False
    clear: bool = False

    @property
    def minded(self) -> tuple[str, ...]:
        """What makes of it another picture than its numbers say."""
        return tuple(word for word, so in (("profile", self.profile), ("transparency", self.clear)) if so)


@dataclass(frozen=True, slots=True)
class Mount:
    """Where an inset lies and how it is framed.

    `size`: its width in hundredths of the picture's. `shape`: width / height, None = its clip's. `margin`, how far it
    stays from the edges, and `border` in hundredths of the picture's shorter side; `radius` of its corners in those of
    its own shorter side: 50 makes a square round. `color`: of the border.
    """

    corner: Corner = "top-right"
    size: Fraction = Fraction(30)
    margin: Fraction = Fraction(4)
    shape: Fraction | None = None
    radius: Fraction = Fraction(0)
    border: Fraction = Fraction(0)
    color: str = "white"
