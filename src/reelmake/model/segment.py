"""Segment: the body of an entry, or a join, as what has to be done to make it. Reel: segments one after another, with
their sound, and what the film says of itself.

Knows nothing of how ffmpeg is told, of files or of how long anything takes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import field, fields, replace
from fractions import Fraction
from operator import attrgetter
from typing import Self

from reelmake.model.codec import CODECS, UPLOADED, UPLOADING, WORKER
from reelmake.model.frame import RENDERER, CameraMove, Fit, Focus, Mount, Size
from reelmake.model.overlay import NOTHING, Cue, Overlay, Title
from reelmake.model.time import seconds
from reelmake.model.work import LATER, UNKEYED, Extent, Work
from reelmake.records import dataclass

TURNED = 4  # bytes a pixel of a frame that waits to be turned, in the largest of our formats


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
    def bare(self) -> bool:
        """Is nothing done to its pictures but to bring them into the size of the reel, and to hold one?"""
        return _DONE(self) == _NOTHING_DONE

    @property
    def words(self) -> tuple[Title, ...]:
        """All of its titles; of n of them, inputs `… font n` and `… logo n` are of the nth, `… font` of the first."""
        return (self.title, *self.titles) if self.title else ()

    @property
    def filters(self) -> frozenset[str]:
        """Of those that not every ffmpeg has."""
        rounded = any(inlay.mount.radius for inlay in self.insets)
        own = {"perspective": self.move, "lut3d": self.look, "alphamerge": rounded}
        needed = frozenset(name for name, wanted in own.items() if wanted)
        return needed.union(*(inlay.piece.filters for inlay in self.insets))


_DONE = attrgetter(
    *(f.name for f in fields(Piece) if f.name not in ("start", "frames", "fit", "focus", "until", "since"))
)
_NOTHING_DONE = _DONE(Piece(0, 1, "crop"))


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

    `codec` is a name in model/codec.py; what `crf` and `preset` mean is up to it (0 and a profile for ProRes).
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

    @property
    def encoder(self) -> str:
        """ffmpeg's name for it."""
        return f"{self.codec}_{self.hardware}" if self.hardware else CODECS[self.codec].encoder

    @property
    def pixels(self) -> str:
        """The pixel format in which frames are composed and encoded."""
        if self.codec != "prores":
            return "yuv420p"
        return "yuv444p10le" if self.preset == "4444" else "yuv422p10le"

    @property
    def memory(self) -> int:
        """Bytes that encoding a segment takes at most, with the worker who waits for it."""
        per = UPLOADING if self.hardware else CODECS[self.codec].per_pixel(self.preset)
        return WORKER + per * self.size.width * self.size.height


class SegmentWork(Work):
    """What the pieces of a reel have in common, whatever is seen in them."""

    __slots__ = ()

    TOOLS = ("ffmpeg", "av", "pillow")  # encoded, or copied, with words and photos in it
    picture: VideoFormat

    @property
    def suffix(self) -> str:
        return f".{CODECS[self.picture.codec].container}"

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """What is seen, one clip each."""
        raise NotImplementedError

    @property
    def memory(self) -> int:
        size = self.picture.size
        turned = sum(piece.frames for piece in self.pieces if piece.reverse)  # frames that are held to be turned
        return self.picture.memory + turned * size.width * size.height * TURNED

    @property
    def encoder(self) -> str:
        plain = self.picture.codec == "h264" and not self.picture.hardware
        return "" if plain else self.picture.encoder

    @property
    def filters(self) -> frozenset[str]:
        own = {"hwupload"} if self.picture.hardware in UPLOADED else set[str]()
        return frozenset(own).union(*(piece.filters for piece in self.pieces))


@dataclass(frozen=True, slots=True)
class BodyWork(SegmentWork):
    """The part of an entry between its joins, as a segment. Input `clip`.

    `copy`: as many of the clip's own packets are taken, unencoded, as can stand in the picture as they are.
    `handle`: so many frames behind it are shown by the join that follows, and may be left for it.
    """

    MAKER = "reelmake.media.segments:body"
    NAMED = "{shot} in {output}"

    piece: Piece
    picture: VideoFormat
    copy: bool = field(default=False, metadata=LATER)
    over: Overlay = field(default=NOTHING, metadata=LATER)
    handle: int = field(default=0, metadata=UNKEYED)

    @property
    def pieces(self) -> tuple[Piece, ...]:
        return (self.piece,)

    def steadied(self, copied: Collection[str]) -> Self:
        """Packets of a clip whose clock starts again come from more than one encoder."""
        return replace(self, copy=False) if "clip" in copied else self


@dataclass(frozen=True, slots=True)
class JoinWork(SegmentWork):
    """A transition, as a segment. Inputs `leaving` and `entering`: the clips of the two entries."""

    MAKER = "reelmake.media.segments:join"
    NAMED = "the transition after {shot} in {output}"

    transition: str
    params: Mapping[str, object]
    leaving: Piece
    entering: Piece
    picture: VideoFormat
    over: Overlay = field(default=NOTHING, metadata=LATER)

    @property
    def pieces(self) -> tuple[Piece, ...]:
        return self.leaving, self.entering


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
