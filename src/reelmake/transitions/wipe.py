"""Wipe: an edge moves across and uncovers the next picture; `direction` is where the edge moves to.

Knows nothing of clips or files.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from reelmake.model.stream import Stream
from reelmake.transitions._words import DIRECTIONS, unknown
from reelmake.transitions.dissolve import crossfade

NAME = "wipe"
PARAMS: Mapping[str, object] = {"direction": "left", "soft": False}
CORNERS = {"up-left": "tl", "up-right": "tr", "down-left": "bl", "down-right": "br"}


def complaint(params: Mapping[str, object]) -> str:
    """What is wrong with the values of the parameters, as a sentence; "" if nothing is."""
    directions = (*DIRECTIONS, *CORNERS)
    return unknown(params, "direction", directions, "a wipe") or unknown(params, "soft", (False, True), "a wipe")


def fragment(leaving: Stream, entering: Stream, frames: int, fps: Fraction, params: Mapping[str, object]) -> Stream:
    """Two streams of `frames` frames to one of as many."""
    direction = str(params.get("direction", "left"))
    soft = "diag" if direction in CORNERS else "smooth"
    style = soft if params.get("soft") else "wipe"
    return crossfade(leaving, entering, frames, fps, f"{style}{CORNERS.get(direction, direction)}")
