"""The cut as one webm: VP9 or AV1, and Opus; free of licences, for web pages."""

from __future__ import annotations

from reelmake.assemble.output_options import OneOf, Option
from reelmake.outputs import _film

SUFFIXES = (".webm",)
OPTIONS = {
    **_film.coded(Option("vp9", "vp9 plays in more places, av1 is smaller", OneOf(("vp9", "av1"))), 128),
    "chapters": _film.CHAPTERS,
    **_film.SHOWN,
}
steps = _film.Film(OPTIONS, "webm", "opus").steps
