"""Cut: which frames of which clips follow each other, to the frame.

Knows nothing of ffmpeg, of files or of how anything of it is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from fractions import Fraction

from reelmake.diagnostics import Span
from reelmake.model.frame import CameraMove, Fit, Focus, Mount
from reelmake.model.order import Order
from reelmake.model.overlay import TimedText
from reelmake.model.take import SpokenWord
from reelmake.model.work import LATER
from reelmake.records import dataclass


@dataclass(frozen=True, slots=True)
class Fade:
    """Over `frames` frames at one end of an entry."""

    frames: int
    color: str = field(default="black", metadata=LATER)


@dataclass(frozen=True, slots=True)
class EntrySound:
    """How an entry is heard: `gain` in dB; by how many frames its sound leads its picture and trails it."""

    gain: Fraction = Fraction(0)
    mute: bool = False
    lead: int = 0
    trail: int = 0


@dataclass(frozen=True, slots=True)
class Inset:
    """Another shot, small, over an entry: frames [`start`, `start` + `frames`) of its clip, from the entry's frame `at`
    on. `fit`, `focus`, `move`, `whole` and `look` as in Entry; `gain` in dB, None = silent."""

    shot: str
    at: int
    start: int
    frames: int
    mount: Mount
    fit: Fit | None = None
    focus: Focus | None = None
    move: CameraMove | None = None
    whole: int = 0
    look: str = ""
    gain: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One shot as it stands in the cut; all numbers are frames at the cut's rate.

    `start`: first frame of the clip that is seen; `frames`: how many are seen, the parts inside joins included;
    `at`: the frame of the cut at which it begins (inside the join with the entry before, if there is one).
    `speed`: the clip runs so many times as fast, and `start` counts frames of it as it then is; in the last `held`
    frames the one before stands still, in the first `waits` the one after. `reverse`: what is seen runs backwards, so
    that `start` is its last frame.
    `whole`: frames of the whole clip, for its `move`; `look`: a project path.
    `slate` is what the clapperboard says; `local` tells that it was made on this machine, as a sketch.
    `order` is that for the shot's first take, None for footage.
    """

    shot: str
    at: int
    start: int
    frames: int
    fit: Fit | None = None
    focus: Focus | None = None
    move: CameraMove | None = None
    whole: int = 0
    look: str = ""
    speed: Fraction = Fraction(1)
    held: int = 0
    waits: int = 0
    titles: tuple[TimedText, ...] = ()
    slate: str = ""
    local: bool = False
    voice: EntrySound = EntrySound()
    insets: tuple[Inset, ...] = ()
    reverse: bool = False
    fade_in: Fade | None = None
    fade_out: Fade | None = None
    order: Order | None = field(default=None, compare=False, repr=False)
    span: Span | None = field(default=None, compare=False, repr=False)

    @property
    def title(self) -> str:
        """The first words that are seen over it, "" if there are none."""
        return next((words.text for words in self.titles if words.text), "")

    def clip_frame(self, number: int) -> int:
        """Which frame of the clip is seen in frame `number` of the entry."""
        return int(self.clip_place(number) * self.speed)

    def clip_place(self, number: int) -> int:
        """The same in frames of the clip as it runs, as `start` is counted."""
        last = self.plays - 1
        place = min(max(0, number - self.waits), last)
        return self.start + (last - place if self.reverse else place)

    @property
    def plays(self) -> int:
        """Frames in which it does not stand still."""
        return self.frames - self.held - self.waits


@dataclass(frozen=True, slots=True)
class Join:
    """A transition of `frames` frames in which two entries overlap; `name` is its name on the shelf."""

    name: str
    frames: int
    params: Mapping[str, object] = field(default_factory=dict)
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class HeardLine:
    """A line of speech in the cut: the sound of `line` (an address) is heard from sample `at` of the cut on, seconds
    [`start`, `end`) of it, None = to its end. `words`: when they are said, in seconds of the sound. `turn`: somebody
    else spoke last, in the same shot. `aloud`: the clip itself says it, so the sound is not laid over it."""

    line: str
    at: int
    start: Fraction = Fraction(0)
    end: Fraction | None = None
    words: tuple[SpokenWord, ...] = ()
    turn: bool = False
    aloud: bool = False


@dataclass(frozen=True, slots=True)
class Cut:
    """Entries in order; `joins[i]` stands between entries i and i + 1, None = a hard cut. `said`: what is heard over
    them of what is said in them."""

    fps: Fraction
    entries: tuple[Entry, ...] = ()
    joins: tuple[Join | None, ...] = ()
    said: tuple[HeardLine, ...] = ()

    @property
    def frames(self) -> int:
        """Length of the whole cut: the entries less the overlaps."""
        return sum(e.frames for e in self.entries) - sum(j.frames for j in self.joins if j)

    @property
    def shots(self) -> tuple[str, ...]:
        """Addresses of what is seen in it, insets included, once each."""
        return tuple(dict.fromkeys(shot for e in self.entries for shot in (e.shot, *(i.shot for i in e.insets))))

    def head(self, index: int) -> int:
        """Frames of an entry inside the join with the entry before."""
        join = self.joins[index - 1] if index else None
        return join.frames if join else 0

    def tail(self, index: int) -> int:
        """Frames of an entry inside the join with the entry after."""
        join = self.joins[index] if index < len(self.joins) else None
        return join.frames if join else 0
