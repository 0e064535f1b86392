"""The cut as one mp4: H.264 and AAC, ready to stream, even in every browser and in QuickTime.

Knows which steps lead to it; knows nothing of ffmpeg.
"""

from __future__ import annotations

from collections.abc import Mapping

from reelmake.assemble.options import Choice, Number, Option, chosen
from reelmake.assemble.sound import sound_steps
from reelmake.assemble.steps import Reel, reel_step, segment_steps
from reelmake.model.cut import Cut, Picture
from reelmake.model.step import Input, Step
from reelmake.model.storyboard import Output, Size, Storyboard

SUFFIXES = (".mp4",)
PRESETS = ("ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow")
OPTIONS: Mapping[str, Option] = {
    "size": Option("the storyboard's", "width and height in pixels, both even"),
    "fit": Option("crop", "how a clip of another shape is fitted: crop, pad, blur or stretch; a shot's own `fit` wins"),
    "crf": Option(18, "quality of the picture: 18 looks like the clips, 28 is small", Number(1, 51)),
    "preset": Option("medium", "how long x264 tries to make the file smaller", Choice(PRESETS)),
    "audio": Option(192, "kilobits a second of the sound", Number(32, 512)),
    "slate": Option(
        "auto", "burn id and tier into the picture: auto does so for sketches", Choice((True, False, "auto"))
    ),
}
SIZE = Size(1280, 720)


def steps(cut: Cut, board: Storyboard, output: Output, clips: Mapping[str, Input], root: str) -> list[Step]:
    """Segments, sounds, and the reel that is published at `root`/path."""
    if not cut.entries:
        return []
    reel = reel_of(cut, board, output, clips)
    segments = segment_steps(reel)
    sounds = sound_steps(reel, board, int(chosen(OPTIONS, output, "audio")) * 1000)
    last = reel_step(reel, board.title, segments, sounds[-1], f"{root}/{output.path}")
    return [*segments, *sounds, last]


def reel_of(cut: Cut, board: Storyboard, output: Output, clips: Mapping[str, Input], *, named: str = "") -> Reel:
    """What all steps of this output share; `named` if they are made for another output that looks the same."""
    size = output.size or board.defaults.size or SIZE
    picture = Picture(size, cut.fps, int(chosen(OPTIONS, output, "crf")), str(chosen(OPTIONS, output, "preset")))
    slate = chosen(OPTIONS, output, "slate")
    name = "/".join(filter(None, (board.variant, named or output.path)))
    fit = output.fit or board.defaults.fit
    return Reel(cut, name, picture, clips, fit, None if slate == "auto" else bool(slate))
