"""Wind: this picture is blown away, streak by streak; `direction` is where it is blown to.

Knows nothing of clips or files.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from reelmake.model.stream import Stream
from reelmake.transitions._words import DIRECTIONS, unknown
from reelmake.transitions.dissolve import crossfade

NAME = "wind"
PARAMS: Mapping[str, object] = {"direction": "left"}
KINDS = {"left": "hlwind", "right": "hrwind", "up": "vuwind", "down": "vdwind"}


def complaint(params: Mapping[str, object]) -> str:
    """What is wrong with the values of the parameters, as a sentence; "" if nothing is."""
    return unknown(params, "direction", DIRECTIONS, "a wind")


def fragment(leaving: Stream, entering: Stream, frames: int, fps: Fraction, params: Mapping[str, object]) -> Stream:
    """Two streams of `frames` frames to one of as many."""
    return crossfade(leaving, entering, frames, fps, KINDS[str(params.get("direction", "left"))])
