"""Doors: two edges part from the middle and open the next picture, or shut it over this one.

Knows nothing of clips or files.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from reelmake.model.stream import Stream
from reelmake.transitions._words import unknown
from reelmake.transitions.dissolve import crossfade

NAME = "doors"
PARAMS: Mapping[str, object] = {"direction": "open", "axis": "horizontal"}


def complaint(params: Mapping[str, object]) -> str:
    """What is wrong with the values of the parameters, as a sentence; "" if nothing is."""
    moves = unknown(params, "direction", ("open", "close"), "doors")
    return moves or unknown(params, "axis", ("horizontal", "vertical"), "doors")


def fragment(leaving: Stream, entering: Stream, frames: int, fps: Fraction, params: Mapping[str, object]) -> Stream:
    """Two streams of `frames` frames to one of as many."""
    axis = "vert" if params.get("axis", "horizontal") == "horizontal" else "horz"  # xfade names the edge, we the move
    return crossfade(leaving, entering, frames, fps, f"{axis}{params.get('direction', 'open')}")
