"""How words stand over the picture. Empty fields are left to the style; media/lettering knows what each style does.

Title: words and when they are seen. Knows nothing of clips.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

Style = Literal["lower-third", "title", "end-card", "caption"]
Position = Literal["", "top", "middle", "bottom"]
Align = Literal["", "left", "center", "right"]
Direction = Literal["", "ltr", "rtl"]
STYLES: tuple[Style, ...] = ("lower-third", "title", "end-card")  # a caption is not asked for as a title
POSITIONS: tuple[Position, ...] = ("top", "middle", "bottom")
ALIGNS: tuple[Align, ...] = ("left", "center", "right")


@dataclass(frozen=True, slots=True)
class Lettering:
    """`font`: a project path, "" = the bundled typeface; it is an input of the step, so it is keyed by its bytes.

    `size`: height of the letters in hundredths of the picture's shorter side. `color` and `box` (what lies behind the
    words, or "none"): a name, #rrggbb or #rrggbbaa.
    """

    style: Style = field(default="lower-third", metadata={"later": True})
    font: str = field(default="", metadata={"unkeyed": True})
    size: Fraction | None = field(default=None, metadata={"later": True})
    color: str = field(default="", metadata={"later": True})
    box: str = field(default="", metadata={"later": True})
    position: Position = field(default="", metadata={"later": True})
    align: Align = field(default="", metadata={"later": True})


PLAIN = Lettering()


@dataclass(frozen=True, slots=True)
class Title:
    """A text over the picture, in frames from the first frame of the piece it lies on; `first` may be negative.

    `shaped`: its letters are joined or run from right to left; `direction` then says how the whole of it runs. It fades
    in and out, unless it is `still`;
    one that `stays` only fades in. `cues`: how many captions it is, each below the one before. `beside`: what it keeps
    clear of; of these it does not matter when they are seen. `raised`: the lowest part is taken, for one of them.
    """

    text: str
    first: int
    frames: int
    lettering: Lettering = field(default=PLAIN, metadata={"later": True})
    shaped: bool = field(default=False, metadata={"later": True})
    still: bool = field(default=False, metadata={"later": True})
    stays: bool = field(default=False, metadata={"later": True})
    direction: Direction = field(default="", metadata={"later": True})
    cues: int = field(default=1, metadata={"later": True})
    beside: tuple[Title, ...] = field(default=(), metadata={"later": True})
    raised: bool = field(default=False, metadata={"later": True})
