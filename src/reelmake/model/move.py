"""A camera that moves over a picture: the window that is seen at first, and the one at last. Knows no pixels."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from reelmake.records import dataclass

Window = tuple[Fraction, Fraction, Fraction, Fraction]
"""Left, top, width and height, as shares of the picture."""


@dataclass(frozen=True, slots=True)
class CameraMove:
    """`begin` is seen in the first frame, `end` in the last; between them the window moves evenly."""

    begin: Window
    end: Window


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
