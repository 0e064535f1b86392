"""The cut as one Matroska file, which holds whatever there is: any codec of picture and sound.

Knows which steps lead to it; knows nothing of ffmpeg.
"""

from __future__ import annotations

from collections.abc import Mapping

from reelmake.assemble.output_options import OneOf, Option, chosen
from reelmake.model.cut import Cut
from reelmake.model.step import Input, Step
from reelmake.model.storyboard import Output, Storyboard
from reelmake.outputs import _film

SUFFIXES = (".mkv",)
OPTIONS: Mapping[str, Option] = {
    **_film.FRAME,
    "codec": Option("h264", "of the picture", OneOf(("h264", "hevc", "av1", "vp9"))),
    "crf": _film.crf("h264"),
    "preset": _film.PRESET,
    "sound": Option("flac", "codec of the sound: flac loses nothing", OneOf(("flac", "aac", "opus"))),
    "audio": _film.audio(192),
    "copy": _film.COPY,
    "chapters": _film.CHAPTERS,
    **_film.SHOWN,
    "encoder": _film.ENCODER,
}


def steps(cut: Cut, board: Storyboard, output: Output, clips: Mapping[str, Input], root: str) -> list[Step]:
    """Segments, the mix, and the reel that is published at `root`/path."""
    look = _film.picture(cut, board, output, OPTIONS, chosen(OPTIONS, output, "codec"))
    reel = _film.reel_of(cut, board, output, clips, look, output.path)
    return _film.film(reel, board, output, root, OPTIONS, ("matroska", chosen(OPTIONS, output, "sound")))
