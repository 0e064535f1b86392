"""Segment: the body of an entry, or a join, as what has to be done to make it.

A work is what a step does, as plain values; each of its fields enters the key under its own name, so names are
written for the people who read `reelmake explain`. Clips, segments and sounds are inputs of the step, never fields.
Knows nothing of ffmpeg, of files or of how long anything takes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from fractions import Fraction

from reelmake.model.frame import Fit, Focus, Size
from reelmake.model.inset import Mount
from reelmake.model.lettering import Title
from reelmake.model.move import CameraMove
from reelmake.model.order import LATER, UNKEYED
from reelmake.model.overlay import NOTHING, Overlay
from reelmake.records import dataclass

RENDERER = "4"  # a change of the pixels that our graphs and texts draw; every segment is then made again


@dataclass(frozen=True, slots=True)
class Piece:
    """`frames` frames of one clip from frame `start` on, fitted into the picture, with what lies over them.

    `move`: over the clip's `whole` frames. `look`: its colours go through the input `… look`, a LUT.
    `speed`: as in Entry. From frame `until` on the one before it is held, up to frame `since` that one is: `start` may
    be less, and less than 0. `titles`: those that are seen beside `title`. `reverse`: all of that backwards, the last
    frame first. `fades`: each over its frames.
    """

    start: int
    frames: int
    fit: Fit
    title: Title | None = None
    slate: str = ""
    focus: Focus | None = field(default=None, metadata=LATER)
    move: CameraMove | None = field(default=None, metadata=LATER)
    whole: int = field(default=0, metadata=LATER)
    look: bool = field(default=False, metadata=LATER)
    speed: Fraction = field(default=Fraction(1), metadata=LATER)
    until: int | None = field(default=None, metadata=LATER)
    since: int | None = field(default=None, metadata=LATER)
    insets: tuple[Inlay, ...] = field(default=(), metadata=LATER)
    titles: tuple[Title, ...] = field(default=(), metadata=LATER)
    reverse: bool = field(default=False, metadata=LATER)
    fades: tuple[Fading, ...] = field(default=(), metadata=LATER)

    @property
    def words(self) -> tuple[Title, ...]:
        """All of its titles; of n of them, inputs `… font n` and `… logo n` are of the nth, `… font` of the first."""
        return (self.title, *self.titles) if self.title else ()


@dataclass(frozen=True, slots=True)
class Fading:
    """A fade as a piece sees it: from its frame `first` on, out of a colour, or down to it."""

    first: int
    frames: int
    down: bool
    color: str = field(default="black", metadata=LATER)


@dataclass(frozen=True, slots=True)
class Inlay:
    """An inset as a piece sees it: a smaller piece, from its frame `first` on. Of n of them, input `… inset n` is the
    clip of the nth."""

    piece: Piece
    first: int
    mount: Mount


@dataclass(frozen=True, slots=True)
class VideoFormat:
    """How the frames of one output are made: every segment of a reel has the same, or they could not be joined.

    `codec` is a name in assemble/codecs.py; what `crf` and `preset` mean is up to it (0 and a profile for ProRes).
    `hardware` is the maker's encoder that is used instead of the codec's own, "" = none. `peak`: kilobits a second that
    are not exceeded for long, 0 = as many as it takes.
    """

    size: Size
    fps: Fraction
    crf: int
    preset: str
    renderer: str = RENDERER
    codec: str = field(default="h264", metadata=LATER)
    hardware: str = field(default="", metadata=LATER)
    peak: int = field(default=0, metadata=LATER)


@dataclass(frozen=True, slots=True)
class BodyWork:
    """The part of an entry between its joins, as a segment. Input `clip`.

    `copy`: as many of the clip's own packets are taken, unencoded, as can stand in the picture as they are.
    `handle`: so many frames behind it are shown by the join that follows, and may be left for it.
    """

    piece: Piece
    picture: VideoFormat
    copy: bool = field(default=False, metadata=LATER)
    over: Overlay = field(default=NOTHING, metadata=LATER)
    handle: int = field(default=0, metadata=UNKEYED)


@dataclass(frozen=True, slots=True)
class JoinWork:
    """A transition, as a segment. Inputs `leaving` and `entering`: the clips of the two entries."""

    transition: str
    params: Mapping[str, object]
    leaving: Piece
    entering: Piece
    picture: VideoFormat
    over: Overlay = field(default=NOTHING, metadata=LATER)
