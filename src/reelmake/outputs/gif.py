"""The cut as an animated GIF, for pull requests and chats: made from the reel, so nothing is rendered twice.

Knows which steps lead to it and its filter graphs; runs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import PurePath
from typing import Any

from reelmake.assemble.output_options import Number, OneOf, Option, chosen
from reelmake.assemble.steps import reel_step, segment_steps
from reelmake.model.cut import Cut
from reelmake.model.reel import GifWork, ReelWork
from reelmake.model.step import Input, Step
from reelmake.model.storyboard import Output, Storyboard
from reelmake.model.work import Work
from reelmake.outputs import mp4

SUFFIXES = (".gif",)
OPTIONS: Mapping[str, Option] = {
    "size": Option("", "width and height in pixels, instead of `width`"),
    "fit": Option("crop", "as for an mp4, where `size` is given"),
    "width": Option(480, "width in pixels; the height follows", Number(16, 4096)),
    "fps": Option(12, "frames a second", Number(1, 50)),
    "colors": Option(256, "how many colours the palette has", Number(2, 256)),
    "loop": Option(True, "loop for ever", OneOf((True, False))),
}


def steps(cut: Cut, board: Storyboard, output: Output, clips: Mapping[str, Input], root: str) -> list[Step]:
    """Segments, a silent reel, and the animation that is published at `root`/path."""
    if not cut.entries:
        return []
    work = GifWork(
        width=output.size.width if output.size else chosen(OPTIONS, output, "width"),
        fps=Fraction(chosen(OPTIONS, output, "fps")),
        colors=chosen(OPTIONS, output, "colors"),
        loop=chosen(OPTIONS, output, "loop"),
    )
    return animation_steps(cut, board, output, clips, root, work, ".gif")


def animation_steps(
    cut: Cut, board: Storyboard, output: Output, clips: Mapping[str, Input], root: str, work: Work, suffix: str
) -> list[Step]:
    """Segments, a silent reel, and what `work` makes of it.

    The segments are those of the storyboard's first mp4, where it has one and the animation has no size of its own: the
    same work is done once for both.
    """
    like = [o for o in board.outputs if o.path.lower().endswith(mp4.SUFFIXES) and not output.size]
    model = like[0] if like else Output(output.path, output.size, output.fit)
    reel = mp4.reel_of(cut, board, model, clips, named=output.path)
    segments = segment_steps(reel)
    silent = reel_step(reel, ReelWork("", cut.fps, cut.frames), segments, None)
    animation = Step(
        id=f"output:{reel.name}",
        kind="output",
        part_of=reel.name,
        work=work,
        inputs=(Input("reel", step=silent.id),),
        suffix=suffix,
        shots=silent.shots,
        seconds=0.5 + cut.frames / 150,
        output=f"{root}/{output.path}",
    )
    return [*segments, silent, animation]


def palette(work: GifWork, reel: PurePath) -> Any:
    """The stream of one frame that has the colours of the whole animation."""
    return _small(work, reel).filter("palettegen", max_colors=work.colors, stats_mode="full")


def animation(work: GifWork, reel: PurePath, colors: PurePath) -> Any:
    """The stream of the animation in these colours."""
    import ffmpeg

    pair = [_small(work, reel), ffmpeg.input(str(colors))]
    return ffmpeg.filter(pair, "paletteuse", dither="bayer", bayer_scale=3, diff_mode="rectangle")


def _small(work: GifWork, reel: PurePath) -> Any:
    import ffmpeg

    stream = ffmpeg.input(str(reel), threads=1).video.filter("fps", f"{work.fps.numerator}/{work.fps.denominator}")
    return stream.filter("scale", work.width, -2, flags="lanczos+accurate_rnd+bitexact")
