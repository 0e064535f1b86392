"""Reel: segments one after another, with their sound, and what the film says of itself.

Knows nothing of what the segments show, of files or of containers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from fractions import Fraction

from reelmake.model.lettering import Cue
from reelmake.model.time import seconds
from reelmake.model.work import LATER, Extent, Work
from reelmake.records import dataclass

PACKER = "4"  # a change of what a reel says of itself, or of how its tracks lie beside each other


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of a reel that players can jump to: `frames` frames from frame `at` on."""

    title: str
    at: int
    frames: int


@dataclass(frozen=True, slots=True)
class ReelWork(Work):
    """Segments joined by copying packets. Inputs `segment 001`… and, unless it is silent, `sound`.

    `container`: mp4, mov, webm, matroska, or fragments (an mp4 in parts, for HLS). `tags`: what else it says of itself.
    `captions` are a track of their own, which players show or not, in `language` (three letters).
    """

    MAKER = "reelmake.media.packets:reel"
    TOOLS = ("ffmpeg", "av")  # joined by PyAV; it says of itself which ffmpeg cut it
    STEADY = False
    COPIES = True
    OF_CUT = True

    title: str
    fps: Fraction
    frames: int
    packer: str = PACKER
    container: str = field(default="mp4", metadata=LATER)
    tags: Mapping[str, str] = field(default_factory=dict, metadata=LATER)
    chapters: tuple[Chapter, ...] = field(default=(), metadata=LATER)
    captions: tuple[Cue, ...] = field(default=(), metadata=LATER)
    language: str = field(default="", metadata=LATER)

    @property
    def suffix(self) -> str:
        return {"matroska": ".mkv", "fragments": ".m4s"}.get(self.container, f".{self.container}")

    def extent(self, cut: Extent) -> Extent:
        return self.frames, seconds(self.frames, self.fps)
