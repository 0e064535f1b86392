"""Which frames of a clip are seen: its length, what a trim leaves of it, how fast it runs and how long it is held.

Lengths are exact, in fractions of frames; only where something begins and ends in the cut is rounded, so that the cut
never drifts from what its author counted. Knows nothing of what comes before and after.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import ceil

from reelmake.diagnostics import Report, Span
from reelmake.model.time import clock, frames, nearest, seconds
from reelmake.records import dataclass

Trim = tuple[Fraction, Fraction | None]
Count = Fraction | int
"""Of frames, exactly: what is whole is a whole number, which is added many times as fast."""
TICK = Fraction(1, 1000)  # seconds: as exact as the clocks of many containers are


@dataclass(frozen=True, slots=True)
class FrameRun:
    """Of a clip of `whole` frames those from `start` on. Of `frames` in all the last `held` are the one before, the
    first `waits` the one after."""

    start: int
    frames: int
    whole: int
    held: int = 0
    waits: int = 0

    @property
    def end(self) -> int:
        """The frame of the clip after the last one that is seen."""
        return self.start + self.frames - self.held - self.waits


@dataclass(frozen=True, slots=True)
class Stretch:
    """Of a clip `whole` frames long `length` from `start` on: its first is seen for `waits` frames before, its last for
    `held` frames after. None of it need be whole frames."""

    start: Count
    length: Count
    whole: Count
    held: Count = 0
    waits: Count = 0

    @property
    def frames(self) -> Count:
        return self.waits + self.length + self.held if self.waits or self.held else self.length

    def at(self, place: Count) -> FrameRun:
        """As it is counted where it begins at frame `place` of the cut."""
        begins, ends = nearest(place), nearest(place + self.frames)
        plays = nearest(place + self.waits) if self.waits else begins
        holds = nearest(place + self.waits + self.length) if self.held else ends
        start = max(0, min(nearest(self.start), ceil(self.whole) - (holds - plays)))
        whole = max(nearest(self.whole), start + holds - plays)
        return FrameRun(start, ends - begins, whole, ends - holds, plays - begins)


@dataclass(frozen=True, slots=True)
class ClipUse:
    """Which seconds of a clip are played, how many times as fast, and for how many seconds its first and its last frame
    are held."""

    trim: Trim | None = None
    speed: Fraction = Fraction(1)
    freeze: tuple[Fraction, Fraction] = (Fraction(0), Fraction(0))


def stretched(shot: str, length: Fraction, use: ClipUse, fps: Fraction, span: Span | None, report: Report) -> Stretch:
    """Of a clip `length` seconds long.

    A trim that leaves nothing or goes too far is told at `span` (RM450, RM452).
    """
    rate, trim = fps / use.speed if use.speed != 1 else fps, use.trim
    whole = _whole(length, rate)
    waits, held = (frozen * fps if frozen else 0 for frozen in use.freeze)
    if trim is None:
        return Stretch(0, whole, whole, held, waits)
    start: Count = trim[0] * rate
    end: Count = whole if trim[1] is None else trim[1] * rate
    if nearest(end) > nearest(whole) or nearest(start) >= nearest(whole):
        message = f'the trim goes past the end of "{shot}", which is {length_of(frames(length, fps), fps)} long'
        report.error("RM450", message, span, hint="leave out the end to use the rest of the clip")
        start, end = min(start, whole - 1), min(end, whole)
    elif nearest(end) <= nearest(start):
        message = f'nothing of "{shot}" is left: the trim is shorter than one frame at {fps} frames a second'
        report.error("RM452", message, span)
    plays: Count = max(1, end - start)
    return Stretch(start, plays, whole, held, waits)


@lru_cache(maxsize=1000)
def _whole(length: Fraction, rate: Fraction) -> Count:
    """Frames of a whole clip: a whole number where it is one, but for what the clock of its file could not say."""
    exact = length * rate
    whole = nearest(exact)
    return max(1, whole if abs(exact - whole) <= TICK * rate else exact)


def length_of(count: int, fps: Fraction) -> str:
    """A number of frames for people: in seconds, and in frames."""
    return f"{clock(seconds(count, fps))} ({count} {'frame' if count == 1 else 'frames'})"
