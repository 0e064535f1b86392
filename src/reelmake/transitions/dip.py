"""Dip: the picture goes down to a colour and the next one comes up from it. Knows nothing of clips or files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

from reelmake.model.stream import Stream

NAME = "dip"
PARAMS: Mapping[str, object] = {"color": "black"}
COLORS = ("black", "white", "gray", "red", "green", "blue", "navy", "teal", "maroon", "beige")


def complaint(params: Mapping[str, object]) -> str:
    """What is wrong with the values of the parameters, as a sentence; "" if nothing is."""
    color = str(params.get("color", "black"))
    if color in COLORS or re.fullmatch(r"#[0-9a-fA-F]{6}", color):
        return ""
    return f"the color of a dip is #rrggbb or one of {', '.join(COLORS)}, not {color}"


def fragment(leaving: Stream, entering: Stream, frames: int, fps: Fraction, params: Mapping[str, object]) -> Stream:
    """Two streams of `frames` frames to one of as many: the leaving picture has the first half and the odd frame."""
    color = str(params.get("color", "black")).replace("#", "0x")
    first = (frames + 1) // 2
    down = leaving.filter("trim", end_frame=first)
    up = entering.filter("trim", start_frame=first).filter("setpts", "PTS-STARTPTS")
    down = down.filter("fade", type="out", start_frame=0, nb_frames=first, color=color)
    if frames == first:
        return down
    up = up.filter("fade", type="in", start_frame=0, nb_frames=frames - first, color=color)
    return down.concat(up)
