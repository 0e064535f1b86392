"""Dissolve: one picture melts into the next, both at half strength in the middle.

`curve: fast` hurries where the pictures differ much, `slow` where they differ little.
Knows nothing of clips or files.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from reelmake.model.stream import Stream
from reelmake.transitions._words import unknown

NAME = "dissolve"
PARAMS: Mapping[str, object] = {"curve": "even"}
CURVES = {"even": "fade", "fast": "fadefast", "slow": "fadeslow"}  # xfade's names


def complaint(params: Mapping[str, object]) -> str:
    """What is wrong with the values of the parameters, as a sentence; "" if nothing is."""
    return unknown(params, "curve", tuple(CURVES), "a dissolve")


def fragment(leaving: Stream, entering: Stream, frames: int, fps: Fraction, params: Mapping[str, object]) -> Stream:
    """Two streams of `frames` frames to one of as many: frame k of n has k / (n + 1) of the entering picture."""
    return crossfade(leaving, entering, frames, fps, CURVES[str(params.get("curve", "even"))])


def crossfade(leaving: Stream, entering: Stream, frames: int, fps: Fraction, kind: str) -> Stream:
    """xfade, less its first frame: that one would still be the leaving picture alone, and the blend lopsided."""
    import ffmpeg

    padded = [s.filter("tpad", start=1, start_mode="clone", stop=2, stop_mode="clone") for s in (leaving, entering)]
    blend: Stream = ffmpeg.filter(
        padded, "xfade", transition=kind, duration=f"{float((frames + 1) / fps):.6f}", offset=0
    )
    return blend.filter("trim", start_frame=1, end_frame=frames + 1).filter("setpts", "PTS-STARTPTS")
