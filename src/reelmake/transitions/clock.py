"""Clock: a hand sweeps round and uncovers the next picture. Knows nothing of clips or files."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from reelmake.model.stream import Stream
from reelmake.transitions import one_of
from reelmake.transitions._crossfade import crossfade

NAME = "clock"
PARAMS: Mapping[str, object] = {"direction": "clockwise"}
complaint = one_of("a clock", direction=("clockwise", "counterclockwise"))


def fragment(leaving: Stream, entering: Stream, frames: int, fps: Fraction, params: Mapping[str, object]) -> Stream:
    """Two streams of `frames` frames to one of as many."""
    if params.get("direction") == "counterclockwise":
        return crossfade(leaving.hflip(), entering.hflip(), frames, fps, "radial").hflip()
    return crossfade(leaving, entering, frames, fps, "radial")
