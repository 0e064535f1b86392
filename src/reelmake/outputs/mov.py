"""The cut as one mov for editing and grading: ProRes, of which every frame stands alone, and sound that lost nothing.

Knows which steps lead to it; knows nothing of ffmpeg.
"""

from __future__ import annotations

from collections.abc import Mapping

from reelmake.assemble.output_options import OneOf, Option, chosen
from reelmake.assemble.rendition import SIZE
from reelmake.model.codec import PRORES
from reelmake.model.cut import Cut
from reelmake.model.segment import VideoFormat
from reelmake.model.step import Input, Step
from reelmake.model.storyboard import Output, Storyboard
from reelmake.outputs import _film

SUFFIXES = (".mov",)
OPTIONS: Mapping[str, Option] = {
    **_film.FRAME,
    "profile": Option(
        "422hq",
        "how much of the picture is kept, in 10 bits: from proxy to 4444, which keeps all colour",
        OneOf(PRORES),
    ),
    "chapters": _film.CHAPTERS,
    **_film.SHOWN,
}


def steps(cut: Cut, board: Storyboard, output: Output, clips: Mapping[str, Input], root: str) -> list[Step]:
    """Segments, the mix (24 bit), and the reel that is published at `root`/path."""
    size = output.size or board.defaults.size or SIZE
    profile = str(chosen(OPTIONS, output, "profile"))
    look = VideoFormat(size, cut.fps, 0, profile, codec="prores")
    reel = _film.reel_of(cut, board, output, clips, look, output.path)
    return _film.film(reel, board, output, root, OPTIONS, ("mov", "pcm"))
