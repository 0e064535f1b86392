"""The cut as an animated WebP: as a GIF is used, with all colours and at a fraction of its size.

Knows which steps lead to it; knows nothing of ffmpeg.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from reelmake.assemble.output_options import Number, Option, chosen
from reelmake.model.cut import Cut
from reelmake.model.delivery import WebpWork
from reelmake.model.step import Input, Step
from reelmake.model.storyboard import Output, Storyboard
from reelmake.outputs import _animation

SUFFIXES = (".webp",)
OPTIONS: Mapping[str, Option] = {
    **_animation.OPTIONS,
    "quality": Option(75, "of the picture: 100 keeps most", Number(0, 100)),
    "loop": _animation.LOOP,
}


def steps(cut: Cut, board: Storyboard, output: Output, clips: Mapping[str, Input], root: str) -> list[Step]:
    """Segments, a silent reel, and the animation that is published at `root`/path."""
    work = WebpWork(
        width=output.size.width if output.size else chosen(OPTIONS, output, "width"),
        fps=Fraction(chosen(OPTIONS, output, "fps")),
        quality=chosen(OPTIONS, output, "quality"),
        loop=chosen(OPTIONS, output, "loop"),
    )
    return _animation.steps(cut, board, output, clips, root, work)
