"""Squeeze: this picture is pressed to a line in the middle and leaves the next. Knows nothing of clips or files."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from reelmake.model.stream import Stream
from reelmake.transitions._words import unknown
from reelmake.transitions.dissolve import crossfade

NAME = "squeeze"
PARAMS: Mapping[str, object] = {"axis": "horizontal"}


def complaint(params: Mapping[str, object]) -> str:
    """What is wrong with the values of the parameters, as a sentence; "" if nothing is."""
    return unknown(params, "axis", ("horizontal", "vertical"), "a squeeze")


def fragment(leaving: Stream, entering: Stream, frames: int, fps: Fraction, params: Mapping[str, object]) -> Stream:
    """Two streams of `frames` frames to one of as many."""
    axis = "v" if params.get("axis", "horizontal") == "horizontal" else "h"  # xfade names the line that is left
    return crossfade(leaving, entering, frames, fps, f"squeeze{axis}")
