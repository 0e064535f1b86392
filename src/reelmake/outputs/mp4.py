"""The cut as one mp4: H.264 (or HEVC, or AV1) and AAC, ready to stream, even in every browser and in QuickTime."""

from __future__ import annotations

from reelmake.assemble.output_options import OneOf, Option
from reelmake.outputs import _film

SUFFIXES = (".mp4",)
OPTIONS = {
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
FILM = _film.Film(OPTIONS, "mp4", "aac")
steps = FILM.steps
