"""The cut as one mov for editing and grading: ProRes, of which every frame stands alone, and sound that lost nothing.

Its `profile` stands where other films have a codec, a quality and a preset.
"""

from __future__ import annotations

from reelmake.assemble.output_options import OneOf, Option
from reelmake.model.codec import PRORES
from reelmake.outputs import _film

SUFFIXES = (".mov",)
OPTIONS = {
    **_film.FRAME,
    "profile": Option(
        "422hq",
        "how much of the picture is kept, in 10 bits: from proxy to 4444, which keeps all colour",
        OneOf(PRORES),
    ),
    "chapters": _film.CHAPTERS,
    **_film.SHOWN,
}
steps = _film.Film(OPTIONS, "mov", "pcm").steps
