"""Blur: one picture blurs while it melts into the next, which becomes sharp. Knows nothing of clips or files."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from reelmake.transitions.dissolve import crossfade

NAME = "blur"
PARAMS: Mapping[str, object] = {}


def complaint(params: Mapping[str, object]) -> str:
    """What is wrong with the values of the parameters, as a sentence; "" if nothing is."""
    return ""


def fragment(leaving: Any, entering: Any, frames: int, fps: Fraction, params: Mapping[str, object]) -> Any:
    """Two streams of `frames` frames to one of as many."""
    return crossfade(leaving, entering, frames, fps, "hblur")
