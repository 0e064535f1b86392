"""The cut as one webm: VP9 or AV1, and Opus; free of licences, for web pages.

Knows which steps lead to it; knows nothing of ffmpeg.
"""

from __future__ import annotations

from collections.abc import Mapping

from reelmake.assemble.output_options import OneOf, Option, chosen
from reelmake.model.cut import Cut
from reelmake.model.step import Input, Step
from reelmake.model.storyboard import Output, Storyboard
from reelmake.outputs import _film

SUFFIXES = (".webm",)
OPTIONS: Mapping[str, Option] = {
    **_film.FRAME,
    "codec": Option("vp9", "vp9 plays in more places, av1 is smaller", OneOf(("vp9", "av1"))),
    "crf": _film.crf("vp9"),
    "preset": _film.PRESET,
    "audio": _film.audio(128),
    "chapters": _film.CHAPTERS,
    **_film.SHOWN,
}


def steps(cut: Cut, board: Storyboard, output: Output, clips: Mapping[str, Input], root: str) -> list[Step]:
    """Segments, the mix, and the reel that is published at `root`/path."""
    look = _film.picture(cut, board, output, OPTIONS, chosen(OPTIONS, output, "codec"))
    reel = _film.reel_of(cut, board, output, clips, look, output.path)
    return _film.film(reel, board, output, root, OPTIONS, ("webm", "opus"))
