"""Iris: a circle opens on the next picture, or closes over this one, or both, with black between them.

Knows nothing of clips or files.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from reelmake.model.stream import Stream
from reelmake.transitions._words import unknown
from reelmake.transitions.dissolve import crossfade

NAME = "iris"
PARAMS: Mapping[str, object] = {"direction": "open"}


def complaint(params: Mapping[str, object]) -> str:
    """What is wrong with the values of the parameters, as a sentence; "" if nothing is."""
    return unknown(params, "direction", ("open", "close", "both"), "an iris")


def fragment(leaving: Stream, entering: Stream, frames: int, fps: Fraction, params: Mapping[str, object]) -> Stream:
    """Two streams of `frames` frames to one of as many."""
    kinds = {"open": "circleopen", "close": "circleclose", "both": "circlecrop"}
    return crossfade(leaving, entering, frames, fps, kinds[str(params.get("direction", "open"))])
