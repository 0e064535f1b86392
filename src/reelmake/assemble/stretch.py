"""Which frames of a clip are seen: its length, what a trim leaves of it, how fast it runs and how long it is held.

Knows nothing of what comes before and after.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from reelmake.diagnostics import Report, Span
from reelmake.model.time import clock, frames, seconds

Trim = tuple[Fraction, Fraction | None]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Of a clip of `whole` frames those from `start` on. Of `frames` in all the last `held` are the one before, the
    first `waits` the one after."""

    start: int
    frames: int
    whole: int
    held: int = 0
    waits: int = 0


def stretched(
    shot: str,
    length: Fraction,
    trim: Trim | None,
    fps: Fraction,
    span: Span | None,
    report: Report,
    *,
    speed: Fraction = Fraction(1),
    freeze: tuple[Fraction, Fraction] = (Fraction(0), Fraction(0)),
) -> Stretch:
    """Of a clip `length` seconds long. `freeze`: seconds for which its first and its last frame are held.

    A trim that leaves nothing or goes too far is told at `span` (RM450, RM452).
    """
    whole, held = max(1, frames(length / speed, fps)), frames(freeze[1], fps)
    waits = frames(freeze[0], fps)
    if trim is None:
        return Stretch(0, waits + whole + held, whole, held, waits)
    start = frames(trim[0] / speed, fps)
    end = whole if trim[1] is None else frames(trim[1] / speed, fps)
    if end > whole or start >= whole:
        report.error(
            "RM450",
            f'the trim goes past the end of "{shot}", which is {length_of(frames(length, fps), fps)} long',
            span,
            hint="leave the end away to go as far as the clip does",
        )
    elif end <= start:
        report.error(
            "RM452",
            f'nothing of "{shot}" is left: the trim is shorter than one frame at {fps} frames a second',
            span,
        )
    start = min(start, whole - 1)
    return Stretch(start, waits + max(1, min(end, whole) - start) + held, whole, held, waits)


def length_of(count: int, fps: Fraction) -> str:
    """A number of frames for people: in seconds, and in frames."""
    return f"{clock(seconds(count, fps))} ({count} {'frame' if count == 1 else 'frames'})"
