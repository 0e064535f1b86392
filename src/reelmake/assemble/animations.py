"""Filter graphs of animations, built with ffmpeg-python. Knows nothing of where files are, and of processes."""

from __future__ import annotations

from pathlib import PurePath

import ffmpeg

from reelmake.model.delivery import GifWork, WebpWork
from reelmake.model.stream import Stream


def small(work: GifWork | WebpWork, reel: PurePath) -> Stream:
    """The stream of the reel as the animation has it."""
    stream: Stream = ffmpeg.input(str(reel), threads=1).video.filter(
        "fps", f"{work.fps.numerator}/{work.fps.denominator}"
    )
    return stream.filter("scale", work.width, -2, flags="lanczos+accurate_rnd+bitexact")


def palette(work: GifWork, reel: PurePath) -> Stream:
    """The stream of one frame that has the colours of the whole animation."""
    return small(work, reel).filter("palettegen", max_colors=work.colors, stats_mode="full")


def gif(work: GifWork, reel: PurePath, colors: PurePath) -> Stream:
    """The stream of the animation in these colours."""
    pair = [small(work, reel), ffmpeg.input(str(colors))]
    made: Stream = ffmpeg.filter(pair, "paletteuse", dither="bayer", bayer_scale=3, diff_mode="rectangle")
    return made
