"""Renders a reel as an animated WebP. Knows nothing of cuts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from reelmake.assemble import animations
from reelmake.assemble.filter_graph import arguments
from reelmake.media import ffmpeg
from reelmake.media.probe import probe
from reelmake.model.delivery import WebpWork
from reelmake.model.take import Facts
from reelmake.ports import Tell


def webp(work: WebpWork, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
    """Writes the animation; its facts have the frames it really has, those that are repeated counted once."""
    reel = inputs["reel"]
    frames = int((probe(reel).seconds or 0) * work.fps) or 1
    moving: dict[str, object] = {
        "c:v": "libwebp_anim",
        "quality": work.quality,
        "loop": 0 if work.loop else 1,
        "fflags": "+bitexact",
        "f": "webp",
    }
    ffmpeg.run(arguments(animations.webp(work, reel), into, moving), into, frames=frames, tell=tell)
    return probe(into, ".webp")
