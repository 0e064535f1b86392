"""Entries of the cut, as the author wrote them: what is shown of each shot, with which transition, words and insets.

Made by compile/entries; knows nothing of frames, of files or of how any of it is cut.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from fractions import Fraction

from reelmake.diagnostics import Placed, Span
from reelmake.model.frame import CameraMove, Fit, Mount
from reelmake.model.overlay import EntryTitle
from reelmake.records import dataclass


@dataclass(frozen=True, slots=True)
class Into:
    """The transition into the next entry: its name on the shelf, its length, its parameters."""

    name: str
    seconds: Fraction
    params: Mapping[str, object] = field(default_factory=dict)
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class EntryVoice:
    """`sound:` of an entry of the cut: `gain` in dB; by how many seconds its sound leads its picture (a J cut) and
    trails it (an L cut)."""

    gain: Fraction = Fraction(0)
    mute: bool = False
    lead: Fraction = Fraction(0)
    trail: Fraction = Fraction(0)
    spans: Mapping[str, Span] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class EntryInset(Placed):
    """One of `insets:` of an entry. `trim` is [from, to) in seconds of the inset's clip; `at` counts from where the
    entry begins. It is seen for `seconds`, None = until its clip or the entry ends. `gain` in dB, None = silent."""

    shot: str
    mount: Mount = Mount()
    trim: tuple[Fraction, Fraction | None] | None = None
    at: Fraction = Fraction(0)
    seconds: Fraction | None = None
    gain: Fraction | None = None


@dataclass(frozen=True, slots=True)
class EntryFade:
    """`fade_in:` or `fade_out:` of an entry of the cut. `color` as in a dip."""

    seconds: Fraction
    color: str = "black"


@dataclass(frozen=True, slots=True)
class CutEntry(Placed):
    """One entry of `cut:`. `trim` is [from, to) in seconds of the clip; a `to` of None means its end.

    `speed`: 2 is twice as fast. `freeze`: seconds for which its last frame is held, `freeze_first`: its first.
    `reverse`: it runs backwards. `fit`, `move` and `look` take the place of the shot's own.
    """

    shot: str
    trim: tuple[Fraction, Fraction | None] | None = None
    into: Into | None = None
    titles: tuple[EntryTitle, ...] = ()
    speed: Fraction = Fraction(1)
    freeze: Fraction = Fraction(0)
    freeze_first: Fraction = Fraction(0)
    sound: EntryVoice = EntryVoice()
    insets: tuple[EntryInset, ...] = ()
    reverse: bool = False
    fit: Fit | None = None
    move: CameraMove | None = None
    look: str = ""
    fade_in: EntryFade | None = None
    fade_out: EntryFade | None = None
