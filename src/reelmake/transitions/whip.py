"""Whip: the camera is torn round, so fast that all smears; `direction` is where the pictures fly to.

Knows nothing of clips or files.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from reelmake.model.stream import Stream
from reelmake.transitions import DIRECTIONS, one_of
from reelmake.transitions._motion import CLEAR, EASED, LAID, moved

SMEAR = 80  # pixels to either side

NAME = "whip"
PARAMS: Mapping[str, object] = {"direction": "left"}
complaint = one_of("a whip", direction=DIRECTIONS)


def filters(params: Mapping[str, object]) -> tuple[str, ...]:
    """What it needs of the filters that not every ffmpeg has."""
    return ("avgblur",)


def fragment(leaving: Stream, entering: Stream, frames: int, fps: Fraction, params: Mapping[str, object]) -> Stream:
    """Two streams of `frames` frames to one of as many."""
    direction = str(params.get("direction", "left"))
    sharp = moved(leaving, entering, frames, direction, EASED).split()
    sides = {"sizeX": SMEAR, "sizeY": 1} if direction in ("left", "right") else {"sizeX": 1, "sizeY": SMEAR}
    ramp = max(1, frames // 3)
    smeared = sharp[1].filter("avgblur", **sides).filter("format", CLEAR)
    smeared = smeared.filter("fade", type="in", start_frame=0, nb_frames=ramp, alpha=1)
    smeared = smeared.filter("fade", type="out", start_frame=frames - ramp, nb_frames=ramp, alpha=1)
    return sharp[0].overlay(smeared, **LAID)
