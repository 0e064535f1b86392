"""The cut as an animated GIF, for pull requests and chats: made from the reel, so nothing is rendered twice.

Knows which steps lead to it; knows nothing of ffmpeg.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from reelmake.assemble.output_options import Number, Option, chosen
from reelmake.model.cut import Cut
from reelmake.model.reel import GifWork
from reelmake.model.step import Input, Step
from reelmake.model.storyboard import Output, Storyboard
from reelmake.outputs import _animation

SUFFIXES = (".gif",)
OPTIONS: Mapping[str, Option] = {
    **_animation.OPTIONS,
    "colors": Option(256, "how many colours the palette has", Number(2, 256)),
    "loop": _animation.LOOP,
}


def steps(cut: Cut, board: Storyboard, output: Output, clips: Mapping[str, Input], root: str) -> list[Step]:
    """Segments, a silent reel, and the animation that is published at `root`/path."""
    work = GifWork(
        width=output.size.width if output.size else chosen(OPTIONS, output, "width"),
        fps=Fraction(chosen(OPTIONS, output, "fps")),
        colors=chosen(OPTIONS, output, "colors"),
        loop=chosen(OPTIONS, output, "loop"),
    )
    return _animation.steps(cut, board, output, clips, root, work)
