"""Pixelize: this picture falls into ever larger squares, and they become the next one.

Knows nothing of clips or files.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from reelmake.model.stream import Stream
from reelmake.transitions.dissolve import crossfade

NAME = "pixelize"
PARAMS: Mapping[str, object] = {}


def complaint(params: Mapping[str, object]) -> str:
    """What is wrong with the values of the parameters, as a sentence; "" if nothing is."""
    return ""


def fragment(leaving: Stream, entering: Stream, frames: int, fps: Fraction, params: Mapping[str, object]) -> Stream:
    """Two streams of `frames` frames to one of as many."""
    return crossfade(leaving, entering, frames, fps, "pixelize")
