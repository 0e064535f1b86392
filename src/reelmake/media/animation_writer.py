"""Renders a reel as an animation: a GIF in two passes, so that memory stays flat, or a WebP. Knows nothing of cuts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from reelmake.assemble.filter_graph import animated, arguments, palette
from reelmake.assemble.filter_graph import gif as coloured
from reelmake.media import ffmpeg
from reelmake.media.probe import probe
from reelmake.model.codec import WEBP
from reelmake.model.delivery import GifWork, WebpWork
from reelmake.model.take import Facts
from reelmake.ports import Tell
from reelmake.scratch import discard


def gif(work: GifWork, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
    """Writes the GIF; its facts have the frames it really has."""
    reel = inputs["reel"]
    frames = _frames(work, reel)
    colors = into.with_name(f".{into.name}.palette.png")
    try:
        still: dict[str, object] = {"frames:v": 1, "f": "image2", "c:v": "png", "update": 1}
        ffmpeg.run(arguments(palette(work, reel), colors, still), colors, frames=2 * frames, tell=tell)
        moving: dict[str, object] = {"f": "gif", "loop": 0 if work.loop else -1, "fflags": "+bitexact"}
        ffmpeg.run(arguments(coloured(work, reel, colors), into, moving), into, frames=frames, tell=tell)
    finally:
        discard(colors)
    return probe(into, ".gif")


def webp(work: WebpWork, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
    """Writes the WebP; its facts have the frames it really has, those that are repeated counted once."""
    reel = inputs["reel"]
    loop = 0 if work.loop else 1
    how: dict[str, object] = {"c:v": WEBP, "quality": work.quality, "loop": loop, "fflags": "+bitexact", "f": "webp"}
    ffmpeg.run(arguments(animated(work, reel), into, how), into, frames=_frames(work, reel), tell=tell)
    return probe(into, ".webp")


def _frames(work: GifWork | WebpWork, reel: Path) -> int:
    return int((probe(reel).seconds or 0) * work.fps) or 1
