"""Exact time: seconds as fractions, frames as integers at an exact rate, samples as integers. Floats never enter.

The one place where time is rounded, always to the nearest, halves up. Knows nothing of clips or cuts.
"""

from __future__ import annotations

import re
from fractions import Fraction

LONGEST = 200  # characters of a number
_HUGE = re.compile(r"e[-+]?\d{3}", re.IGNORECASE)
SAMPLE_RATE = 48_000  # Hz, of every sound track we make
LEAN = Fraction(3, 100)  # of a frame that a film is read early: what lies exactly between two always falls to the later


def nearest(value: Fraction | int) -> int:
    """The nearest integer; a half goes up."""
    above, below = value.as_integer_ratio()
    return (2 * above + below) // (2 * below)


def frames(seconds: Fraction, fps: Fraction) -> int:
    """How many frames of rate `fps` make `seconds`, to the nearest frame."""
    return nearest(seconds * fps) if seconds else 0


def seconds(count: int, fps: Fraction) -> Fraction:
    """The exact length in seconds of `count` frames."""
    above, below = fps.as_integer_ratio()
    return Fraction(count * below, above)


def samples(frame: int, fps: Fraction, rate: int = SAMPLE_RATE) -> int:
    """The sample at which frame `frame` begins. Always of the absolute frame number, so that errors never add up."""
    return nearest(seconds(frame * rate, fps))


def exact(text: str | int) -> Fraction:
    """The exact value of a decimal ("23.976", "3", ".5") or ratio ("24000/1001"). Raises ValueError otherwise, and for
    a few characters that stand for a number of millions of digits."""
    if isinstance(text, str) and (len(text) > LONGEST or _HUGE.search(text)):
        raise ValueError("not a usable number")
    try:
        return Fraction(text)
    except ZeroDivisionError:
        raise ValueError("divided by zero") from None


def clock(value: Fraction) -> str:
    """Seconds as people read them: 0:04.0, 1:02:03.5."""
    tenths = nearest(value * 10)
    whole, tenth = divmod(tenths, 10)
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}.{tenth}" if hours else f"{minute}:{second:02}.{tenth}"
