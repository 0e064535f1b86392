"""What lies over the whole cut, transitions included: bars, captions, a mark in a corner.

Knows nothing of files: what is read for it are inputs of the steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from fractions import Fraction

from reelmake.diagnostics import Span
from reelmake.model.frame import Corner
from reelmake.model.lettering import Cue, Lettering, Title
from reelmake.model.work import LATER, UNKEYED
from reelmake.records import dataclass

SPOKEN = Lettering("caption")


@dataclass(frozen=True, slots=True)
class Captions:
    """`captions:`. `cues` are those of `file`, a project path; without one each shot's caption is said while it is
    seen. `burn`: do films show them? `soft`: do they have them as a track? `language`: its code, "" = not said."""

    file: str = ""
    burn: bool = False
    lettering: Lettering = SPOKEN
    cues: tuple[Cue, ...] = ()
    soft: bool = False
    language: str = ""
    span: Span | None = field(default=None, compare=False, repr=False)
    spans: Mapping[str, Span] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Watermark:
    """`watermark:`. `image` is a project path; `size`: its height in hundredths of the shorter side of what is seen;
    `opacity` from 0 to 1."""

    image: str = field(metadata=UNKEYED)
    corner: Corner = "bottom-right"
    size: Fraction = Fraction(10)
    opacity: Fraction = Fraction(7, 10)
    span: Span | None = field(default=None, compare=False, repr=False, metadata=UNKEYED)


@dataclass(frozen=True, slots=True)
class Overlay:
    """What lies over one segment. `bars`: the shape (width / height) of what they leave open; `inside`: captions and
    mark stand in that; `apart`: captions, which stand where the mark does, keep clear of it."""

    bars: Fraction | None = field(default=None, metadata=LATER)
    captions: tuple[Title, ...] = field(default=(), metadata=LATER)
    mark: Watermark | None = field(default=None, metadata=LATER)
    inside: bool = field(default=False, metadata=LATER)
    apart: bool = field(default=False, metadata=LATER)

    @property
    def fonts(self) -> tuple[str, ...]:
        """Those of the titles that captions keep clear of, once each."""
        return tuple(dict.fromkeys(t.lettering.font for c in self.captions for t in c.beside if t.lettering.font))

    @property
    def logos(self) -> tuple[str, ...]:
        """Those of these titles, once each."""
        return tuple(dict.fromkeys(t.lettering.logo for c in self.captions for t in c.beside if t.lettering.logo))


NOTHING: Overlay = Overlay()
UNSAID: Captions = Captions()
