"""`curtain`: the next picture opens from the middle, `across` or `down`."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import ffmpeg

NAME = "curtain"
PARAMS: Mapping[str, object] = {"opens": "across"}
_KINDS = {"across": "vertopen", "down": "horzopen"}


def complaint(params: Mapping[str, object]) -> str:
    return "" if params.get("opens", "across") in _KINDS else "a curtain opens across or down"


def fragment(
    leaving: ffmpeg.Stream, entering: ffmpeg.Stream, frames: int, fps: Fraction, params: Mapping[str, object]
) -> ffmpeg.Stream:
    """Two streams of `frames` frames to one of as many."""
    kind = _KINDS[str(params.get("opens", "across"))]
    held = entering.filter("tpad", stop=1, stop_mode="clone")
    blend = ffmpeg.filter([leaving, held], "xfade", transition=kind, duration=f"{float(frames / fps):.6f}", offset=0)
    return blend.filter("trim", end_frame=frames).filter("setpts", "PTS-STARTPTS")
