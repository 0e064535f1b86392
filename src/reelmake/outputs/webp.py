"""The cut as an animated WebP: as a GIF is used, with all colours and at a fraction of its size.

Knows which steps lead to it and its filter graph; runs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import PurePath
from typing import Any

from reelmake.assemble.output_options import Number, OneOf, Option, chosen
from reelmake.model.cut import Cut
from reelmake.model.delivery import WebpWork
from reelmake.model.step import Input, Step
from reelmake.model.storyboard import Output, Storyboard
from reelmake.outputs.gif import animation_steps

SUFFIXES = (".webp",)
OPTIONS: Mapping[str, Option] = {
    "size": Option("", "width and height in pixels, instead of `width`"),
    "fit": Option("crop", "as for an mp4, where `size` is given"),
    "width": Option(480, "width in pixels; the height follows", Number(16, 4096)),
    "fps": Option(12, "frames a second", Number(1, 50)),
    "quality": Option(75, "of the picture: 100 keeps most", Number(0, 100)),
    "loop": Option(True, "loop for ever", OneOf((True, False))),
}


def steps(cut: Cut, board: Storyboard, output: Output, clips: Mapping[str, Input], root: str) -> list[Step]:
    """Segments, a silent reel, and the animation that is published at `root`/path."""
    if not cut.entries:
        return []
    work = WebpWork(
        width=output.size.width if output.size else chosen(OPTIONS, output, "width"),
        fps=Fraction(chosen(OPTIONS, output, "fps")),
        quality=chosen(OPTIONS, output, "quality"),
        loop=chosen(OPTIONS, output, "loop"),
    )
    return animation_steps(cut, board, output, clips, root, work, ".webp")


def animation(work: WebpWork, reel: PurePath) -> Any:
    """The stream of the animation."""
    import ffmpeg

    stream = ffmpeg.input(str(reel), threads=1).video.filter("fps", f"{work.fps.numerator}/{work.fps.denominator}")
    return stream.filter("scale", work.width, -2, flags="lanczos+accurate_rnd+bitexact")
