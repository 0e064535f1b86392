"""The cut as one mp4: H.264 (or HEVC, or AV1) and AAC, ready to stream, even in every browser and in QuickTime.

Knows which steps lead to it; knows nothing of ffmpeg.
"""

from __future__ import annotations

from collections.abc import Mapping

from reelmake.assemble.output_options import OneOf, Option, chosen
from reelmake.assemble.rendition import Rendition
from reelmake.model.cut import Cut
from reelmake.model.step import Input, Step
from reelmake.model.storyboard import Output, Storyboard
from reelmake.outputs import _film

SUFFIXES = (".mp4",)
OPTIONS: Mapping[str, Option] = {
    **_film.FRAME,
    "codec": Option("h264", "h264 plays everywhere; hevc and av1 are smaller", OneOf(("h264", "hevc", "av1"))),
    "crf": _film.crf("h264"),
    "preset": _film.PRESET,
    "audio": _film.audio(192),
    "copy": _film.COPY,
    "chapters": _film.CHAPTERS,
    **_film.SHOWN,
    "encoder": _film.ENCODER,
}


def steps(cut: Cut, board: Storyboard, output: Output, clips: Mapping[str, Input], root: str) -> list[Step]:
    """Segments, the mix, and the reel that is published at `root`/path."""
    return _film.film(reel_of(cut, board, output, clips), board, output, root, OPTIONS, ("mp4", "aac"))


def reel_of(cut: Cut, board: Storyboard, output: Output, clips: Mapping[str, Input], *, named: str = "") -> Rendition:
    """What all steps of this output share; `named` if they are made for another output that looks the same."""
    look = _film.picture(cut, board, output, OPTIONS, chosen(OPTIONS, output, "codec"))
    return _film.reel_of(cut, board, output, clips, look, named or output.path)
