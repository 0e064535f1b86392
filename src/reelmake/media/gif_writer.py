"""Renders the animation of a reel, in two passes so that memory stays flat. Knows nothing of cuts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from reelmake.assemble import animations
from reelmake.assemble.filter_graph import arguments
from reelmake.media import ffmpeg
from reelmake.media.probe import probe
from reelmake.model.reel import GifWork
from reelmake.model.take import Facts
from reelmake.ports import Tell
from reelmake.scratch import discard


def gif(work: GifWork, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
    """Writes the GIF; its facts have the frames it really has."""
    reel = inputs["reel"]
    frames = int((probe(reel).seconds or 0) * work.fps) or 1
    colors = into.with_name(f".{into.name}.palette.png")
    try:
        still: dict[str, object] = {"frames:v": 1, "f": "image2", "c:v": "png", "update": 1}
        ffmpeg.run(arguments(animations.palette(work, reel), colors, still), colors, frames=2 * frames, tell=tell)
        moving: dict[str, object] = {"f": "gif", "loop": 0 if work.loop else -1, "fflags": "+bitexact"}
        ffmpeg.run(arguments(animations.gif(work, reel, colors), into, moving), into, frames=frames, tell=tell)
    finally:
        discard(colors)
    return probe(into, ".gif")
