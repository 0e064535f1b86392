"""Zoom: into this picture, until it gives way to the next; or out of the next one, until it is whole.

`direction` is in or out. Knows nothing of clips or files.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from reelmake.model.stream import Stream
from reelmake.transitions import one_of
from reelmake.transitions._crossfade import crossfade
from reelmake.transitions._motion import CLEAR, LAID

NAME = "zoom"
PARAMS: Mapping[str, object] = {"direction": "in"}
NEAREST = 0.02  # of the width of a picture is what is seen of it where the zoom begins
complaint = one_of("a zoom", direction=("in", "out"))


def filters(params: Mapping[str, object]) -> tuple[str, ...]:
    """What it needs of the filters that not every ffmpeg has."""
    return ("perspective",) if params.get("direction") == "out" else ()


def fragment(leaving: Stream, entering: Stream, frames: int, fps: Fraction, params: Mapping[str, object]) -> Stream:
    """Two streams of `frames` frames to one of as many."""
    if params.get("direction", "in") == "in":
        return crossfade(leaving, entering, frames, fps, "zoomin")
    late = f"clip(2*(on+1)/{frames + 1}-1,0,1)"  # from 0 in the middle to 1 at the end
    seen = f"max({NEAREST},{late}*{late}*(3-2*{late}))"
    low, high = f"(1-{seen})/2", f"(1+{seen})/2"
    corners = {"x0": f"W*{low}", "y0": f"H*{low}", "x1": f"W*{high}", "y1": f"H*{low}"}
    corners |= {"x2": f"W*{low}", "y2": f"H*{high}", "x3": f"W*{high}", "y3": f"H*{high}"}
    near = entering.filter("perspective", **corners, sense="source", eval="frame", interpolation="linear")
    near = near.filter("format", CLEAR).filter("fade", type="in", nb_frames=max(1, frames // 2), alpha=1)
    return leaving.overlay(near, **LAID)
