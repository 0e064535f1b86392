"""Blinds: the next picture comes in stripes, one after the other; `direction` is where the stripes spread to.

Knows nothing of clips or files.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from reelmake.model.stream import Stream
from reelmake.transitions._words import DIRECTIONS, unknown
from reelmake.transitions.dissolve import crossfade

NAME = "blinds"
PARAMS: Mapping[str, object] = {"direction": "left"}


def complaint(params: Mapping[str, object]) -> str:
    """What is wrong with the values of the parameters, as a sentence; "" if nothing is."""
    return unknown(params, "direction", DIRECTIONS, "blinds")


def fragment(leaving: Stream, entering: Stream, frames: int, fps: Fraction, params: Mapping[str, object]) -> Stream:
    """Two streams of `frames` frames to one of as many."""
    kind = {"left": "hlslice", "right": "hrslice", "up": "vuslice", "down": "vdslice"}
    return crossfade(leaving, entering, frames, fps, kind[str(params.get("direction", "left"))])
