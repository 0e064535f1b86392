"""Uncover: this picture slides away from the next one, which lies still; `direction` is where it moves to.

Knows nothing of clips or files.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from reelmake.model.stream import Stream
from reelmake.transitions import DIRECTIONS, one_of
from reelmake.transitions._motion import slid

NAME = "uncover"
PARAMS: Mapping[str, object] = {"direction": "left"}
complaint = one_of("an uncover", direction=DIRECTIONS)


def fragment(leaving: Stream, entering: Stream, frames: int, fps: Fraction, params: Mapping[str, object]) -> Stream:
    """Two streams of `frames` frames to one of as many."""
    return slid(entering, leaving, str(params.get("direction", "left")), frames, fps)
