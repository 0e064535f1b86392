"""The cut as one Matroska file, which holds whatever there is: any codec of picture and sound."""

from __future__ import annotations

from reelmake.assemble.output_options import OneOf, Option
from reelmake.outputs import _film

SUFFIXES = (".mkv",)
OPTIONS = {
    **_film.coded(
        Option("h264", "of the picture", OneOf(("h264", "hevc", "av1", "vp9"))),
        192,
        sound=Option("flac", "codec of the sound: flac loses nothing", OneOf(("flac", "aac", "opus"))),
    ),
    "copy": _film.COPY,
    "chapters": _film.CHAPTERS,
    **_film.SHOWN,
    "encoder": _film.ENCODER,
}
steps = _film.Film(OPTIONS, "matroska").steps
