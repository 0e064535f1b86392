"""Wipe: an edge moves across and uncovers the next picture; `direction` is where the edge moves to.

Knows nothing of clips or files.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from reelmake.transitions.dissolve import crossfade

NAME = "wipe"
PARAMS: Mapping[str, object] = {"direction": "left", "soft": False}
DIRECTIONS = ("left", "right", "up", "down")


def complaint(params: Mapping[str, object]) -> str:
    """What is wrong with the values of the parameters, as a sentence; "" if nothing is."""
    if params.get("direction", "left") not in DIRECTIONS:
        return f"the direction of a wipe is one of {', '.join(DIRECTIONS)}, not {params['direction']}"
    if not isinstance(params.get("soft", False), bool):
        return f"`soft` of a wipe is true or false, not {params['soft']}"
    return ""


def fragment(leaving: Any, entering: Any, frames: int, fps: Fraction, params: Mapping[str, object]) -> Any:
    """Two streams of `frames` frames to one of as many."""
    style = "smooth" if params.get("soft") else "wipe"
    return crossfade(leaving, entering, frames, fps, f"{style}{params.get('direction', 'left')}")
