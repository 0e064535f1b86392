"""The cut as one mp4: H.264 (or HEVC, or AV1) and AAC, ready to stream, even in every browser and in QuickTime."""

from __future__ import annotations

from reelmake.outputs import _film

SUFFIXES = (".mp4",)
OPTIONS = {
    **_film.coded(_film.H264, 192),
    "copy": _film.COPY,
    "chapters": _film.CHAPTERS,
    **_film.SHOWN,
    "encoder": _film.ENCODER,
}
FILM = _film.Film(OPTIONS, "mp4", "aac")
steps = FILM.steps
