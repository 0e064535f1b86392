"""Push: the next picture pushes this one out; `direction` is where both move to. Knows nothing of clips or files."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from reelmake.model.stream import Stream
from reelmake.transitions import DIRECTIONS, one_of
from reelmake.transitions._motion import EVEN, moved

NAME = "push"
PARAMS: Mapping[str, object] = {"direction": "left"}
complaint = one_of("a push", direction=DIRECTIONS)


def fragment(leaving: Stream, entering: Stream, frames: int, fps: Fraction, params: Mapping[str, object]) -> Stream:
    """Two streams of `frames` frames to one of as many."""
    return moved(leaving, entering, frames, str(params.get("direction", "left")), EVEN)
