"""A picture that comes out of a colour, or goes down to one, where no transition is. Knows nothing of clips.

Two of them: as the author counts, in seconds, and as a cut does, in frames.
"""

from __future__ import annotations

from dataclasses import field
from fractions import Fraction

from reelmake.records import dataclass


@dataclass(frozen=True, slots=True)
class EntryFade:
    """`fade_in:` or `fade_out:` of an entry of the cut. `color` as in a dip."""

    seconds: Fraction
    color: str = "black"


@dataclass(frozen=True, slots=True)
class Fade:
    """Over `frames` frames at one end of an entry."""

    frames: int
    color: str = field(default="black", metadata={"later": True})
