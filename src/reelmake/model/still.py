"""Still: single frames as pictures, and sheets of them.

Knows nothing of ffmpeg, of files or of how pictures are drawn.
"""

from __future__ import annotations

from dataclasses import field
from fractions import Fraction

from reelmake.model.frame import Fit, Focus, Size
from reelmake.model.order import LATER
from reelmake.model.segment import RENDERER
from reelmake.records import dataclass


@dataclass(frozen=True, slots=True)
class LastFrame:
    """A still (PNG) of the last frame before `seconds`, None = of the clip. Input `clip`.

    A provider may return more than was ordered; the cut shows the ordered part, and what continues it starts there.
    """

    seconds: Fraction | None = None


@dataclass(frozen=True, slots=True)
class ColorWork:
    """A picture (PNG) of nothing but a colour, which is stretched to whatever size is needed."""

    color: str


@dataclass(frozen=True, slots=True)
class FitWork:
    """A picture (PNG) brought to exactly this size, upright. Input `picture`."""

    size: Size
    fit: Fit
    renderer: str = RENDERER


@dataclass(frozen=True, slots=True)
class ThumbWork:
    """A still of the clip's frame `frame`, counted at `fps`. Input `clip`. `format` is png or jpg."""

    frame: int
    fps: Fraction
    size: Size
    fit: Fit
    renderer: str = RENDERER
    focus: Focus | None = field(default=None, metadata=LATER)
    format: str = field(default="png", metadata=LATER)


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands under one picture of a contact sheet."""

    name: str
    length: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class SheetWork:
    """A contact sheet. Inputs `picture 001`… in the order of `cells`. `columns` 0 = as looks best."""

    title: str
    note: str
    cells: tuple[Cell, ...]
    columns: int
    size: Size
    format: str
    renderer: str = RENDERER
