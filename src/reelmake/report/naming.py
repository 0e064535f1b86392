"""What people call what they see: states, amounts, times and lengths. Programs get them as they are.

Knows nothing of how a verdict is reached.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from reelmake.model.medium import SPEECH
from reelmake.model.time import clock
from reelmake.visible import one_line

if TYPE_CHECKING:
    from reelmake.model.order import Slate

_SAID = 28  # characters of what is said
DRAFT = "draft: drawn by sketch"
ASTRAY = {
    "gone": "missing from build/; will be restored",
    "different": "another file is in its place; will be replaced",
    "blocked": "something is in its place; build cannot write it",
}


def state(verdict: str) -> str:
    """Of a take, by its verdict: "fresh", "missing", "stale", "pending"."""
    return "pending" if verdict == "undecided" else verdict


def output_state(verdict: str) -> str:
    """Of an output, by its verdict: "up to date", "to be made"."""
    return "up to date" if verdict == "fresh" else "to be made"


def named(slate: Slate) -> str:
    """A shot by its address; a line with what is said: "park.say “It is early …”"."""
    if slate.medium != SPEECH.name:
        return slate.shot
    from textwrap import shorten

    return f"{slate.shot} “{shorten(one_line(slate.orders[0].prompt), _SAID, placeholder=' …')}”"


def money(cost: Decimal | None) -> str:
    """ "free", "$1.20", "?"; fractions of a cent are shown."""
    if cost is None:
        return "?"
    if cost == 0:
        return "free"
    return f"${cost:.2f}" if cost == cost.quantize(Decimal("0.01")) else f"${cost.normalize():f}"


def duration(seconds: float) -> str:
    """ "12 s", "3 min 05 s", "2 h 07 min"."""
    whole = max(1, round(seconds)) if seconds > 0 else 0
    if whole >= 5400:
        return f"{whole // 3600} h {whole % 3600 // 60:02} min"
    return f"{whole} s" if whole < 90 else f"{whole // 60} min {whole % 60:02} s"


def about(seconds: float) -> str:
    """An expectation, no finer than it can be: "about 12 s", "about 5 min", "about 2 h 10 min"."""
    if seconds < 90:
        return f"about {duration(seconds)}"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"about {minutes} min"
    minutes = round(minutes, -1)
    return f"about {minutes // 60} h" + (f" {minutes % 60} min" if minutes % 60 else "")


def moment(utc: str) -> str:
    """A time of a record, to the minute, as the clocks of this place have it: "2026-11-21 09:12"."""
    try:
        return f"{datetime.fromisoformat(utc).astimezone():%Y-%m-%d %H:%M}" if len(utc) > 16 else utc
    except ValueError:
        return utc


def measured(frames: int | None, length: Fraction | None) -> str:
    """ "  0:03.6  86 frames", with what there is of it."""
    time = "" if length is None else f"  {clock(length)}"
    return time + (f"  {frames} {'frame' if frames == 1 else 'frames'}" if frames else "")


def unpicked(takes: int) -> str:
    """Behind a number of takes, how many of them no shot uses: ", 3 of them not picked", or ""."""
    return f", {takes} of them not picked" if takes else ""


def counted(generate: int, reuse: int, price: str = "") -> str:
    """ "2 to generate, 3 reused", "3 reused", or ""."""
    return f"{generate} to generate{price}, {reuse} reused" if generate else f"{reuse} reused" if reuse else ""
