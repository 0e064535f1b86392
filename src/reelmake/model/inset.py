"""A picture in the picture: another shot, small, over an entry of the cut. Knows nothing of clips and of pixels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from fractions import Fraction

from reelmake.diagnostics import Span
from reelmake.model.frame import Corner
from reelmake.records import dataclass


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


@dataclass(frozen=True, slots=True)
class EntryInset:
    """One of `insets:` of an entry. `trim` is [from, to) in seconds of the inset's clip; `at` counts from where the
    entry begins. It is seen for `seconds`, None = until its clip or the entry ends. `gain` in dB, None = silent."""

    shot: str
    mount: Mount = Mount()
    trim: tuple[Fraction, Fraction | None] | None = None
    at: Fraction = Fraction(0)
    seconds: Fraction | None = None
    gain: Fraction | None = None
    span: Span | None = field(default=None, compare=False, repr=False)
    spans: Mapping[str, Span] = field(default_factory=dict, compare=False, repr=False)
