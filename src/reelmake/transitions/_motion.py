"""Two pictures of which one moves: side by side with a window over them, or one over the other.

Knows no transition.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from reelmake.model.stream import Stream

EVEN = "{p}"
EASED = "{p}*{p}*(3-2*{p})"  # starts and ends slowly
LAID: Mapping[str, object] = {"format": "auto", "alpha": "straight", "shortest": 1}
"""Of `overlay`: in the pixel format of the picture below, for by itself it would take 8 bit 4:2:0."""
CLEAR = "yuva420p|yuva422p10le|yuva444p10le"
"""Pixel formats with alpha, of which `format` takes the one that loses nothing."""


def moved(leaving: Stream, entering: Stream, frames: int, direction: str, pace: str) -> Stream:
    """As many frames as go in; the pictures move to `direction`, at frame k of n by `pace` of p = k / (n + 1)."""
    import ffmpeg

    sideways = direction in ("left", "right")
    forward = direction in ("left", "up")
    pair = [leaving, entering] if forward else [entering, leaving]
    strip: Stream = ffmpeg.filter(pair, "hstack" if sideways else "vstack", shortest=1)
    share = pace.format(p=f"((n+1)/{frames + 1})")
    share = share if forward else f"1-{share}"
    if sideways:
        return strip.filter("crop", "iw/2", "ih", f"ow*({share})", "0")
    return strip.filter("crop", "iw", "ih/2", "0", f"oh*({share})")


def slid(below: Stream, above: Stream, direction: str, frames: int, fps: Fraction, since: int = 0) -> Stream:
    """One lies over the other; at frame k of n it has gone k / (n + 1) of the way past it, from `since` ways on."""
    share = f"(t*{fps.numerator}/{fps.denominator}+1)/{frames + 1}{since or ''}"
    place = {
        "left": {"x": f"-W*({share})", "y": "0"},
        "right": {"x": f"W*({share})", "y": "0"},
        "up": {"x": "0", "y": f"-H*({share})"},
        "down": {"x": "0", "y": f"H*({share})"},
    }
    return below.overlay(above, **place[direction], **LAID)
