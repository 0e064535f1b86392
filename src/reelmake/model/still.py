"""Still: single frames as pictures, and sheets of them.

Knows nothing of ffmpeg, of files or of how pictures are drawn.
"""

from __future__ import annotations

from dataclasses import field
from fractions import Fraction

from reelmake.model.frame import RENDERER, Fit, Focus, Size
from reelmake.model.work import LATER, Work
from reelmake.records import dataclass


@dataclass(frozen=True, slots=True)
class LastFrame(Work):
    """A still (PNG) of the last frame before `seconds`, None = of the clip. Input `clip`.

    A provider may return more than was ordered; the cut shows the ordered part, and what continues it starts there.
    """

    MAKER = "reelmake.media.stills:last_frame"
    SUFFIX = ".png"
    NAMED = "the last frame of {shot}"

    seconds: Fraction | None = None


@dataclass(frozen=True, slots=True)
class ColorWork(Work):
    """A picture (PNG) of nothing but a colour, which is stretched to whatever size is needed."""

    MAKER = "reelmake.media.stills:color"
    SUFFIX = ".png"
    NAMED = "the color of {shot}"

    color: str


@dataclass(frozen=True, slots=True)
class FitWork(Work):
    """A picture (PNG) brought to exactly this size, upright. Input `picture`."""

    MAKER = "reelmake.media.stills:fitted"
    SUFFIX = ".png"
    NAMED = "the fitted picture of {shot}"

    size: Size
    fit: Fit
    renderer: str = RENDERER


@dataclass(frozen=True, slots=True)
class ThumbWork(Work):
    """A still of the clip's frame `frame`, counted at `fps`. Input `clip`. `format` is png or jpg."""

    MAKER = "reelmake.media.stills:thumb"
    TOOLS = ("av", "pillow")
    NAMED = "{shot} in {output}"

    frame: int
    fps: Fraction
    size: Size
    fit: Fit
    renderer: str = RENDERER
    focus: Focus | None = field(default=None, metadata=LATER)
    format: str = field(default="png", metadata=LATER)

    @property
    def suffix(self) -> str:
        return f".{self.format}"


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands under one picture of a contact sheet."""

    name: str
    length: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class SheetWork(Work):
    """A contact sheet. Inputs `picture 001`… in the order of `cells`. `columns` 0 = as looks best."""

    MAKER = "reelmake.media.sheet:sheet"
    TOOLS = ("pillow",)
    STEADY = False

    title: str
    note: str
    cells: tuple[Cell, ...]
    columns: int
    size: Size
    format: str
    renderer: str = RENDERER

    @property
    def suffix(self) -> str:
        return f".{self.format}"
