"""Two pictures side by side, and a window that moves from one to the other. Knows no transition."""

from __future__ import annotations

from reelmake.model.stream import Stream

EVEN = "{p}"
EASED = "{p}*{p}*(3-2*{p})"  # starts and ends slowly


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
