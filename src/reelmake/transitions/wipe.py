"""Wipe: an edge moves across and uncovers the next picture; `direction` is where the edge moves to.

Knows nothing of clips or files.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from reelmake.model.stream import Stream
from reelmake.transitions import DIRECTIONS, one_of
from reelmake.transitions._crossfade import crossfade

NAME = "wipe"
PARAMS: Mapping[str, object] = {"direction": "left", "soft": False}
CORNERS = {"up-left": "tl", "up-right": "tr", "down-left": "bl", "down-right": "br"}
complaint = one_of("a wipe", direction=(*DIRECTIONS, *CORNERS), soft=(False, True))


def fragment(leaving: Stream, entering: Stream, frames: int, fps: Fraction, params: Mapping[str, object]) -> Stream:
    """Two streams of `frames` frames to one of as many."""
    direction = str(params.get("direction", "left"))
    soft = "diag" if direction in CORNERS else "smooth"
    style = soft if params.get("soft") else "wipe"
    return crossfade(leaving, entering, frames, fps, f"{style}{CORNERS.get(direction, direction)}")
