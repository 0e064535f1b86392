"""What is made of a reel, or beside it: subtitles, animations, playlists; frames as pictures, and sheets of them.
Works, as in model/segment.py.

Knows nothing of ffmpeg, of files or of how anything is written or drawn.
"""

from __future__ import annotations

from dataclasses import field
from fractions import Fraction

from reelmake.model.codec import WEBP
from reelmake.model.frame import RENDERER, Fit, Focus, Size
from reelmake.model.overlay import Cue
from reelmake.model.time import nearest
from reelmake.model.work import LATER, Extent, Work
from reelmake.records import dataclass

WRITER = "1"  # a change of the text that we write for the same cues


@dataclass(frozen=True, slots=True)
class SubtitleWork(Work):
    """A file of subtitles; it has no inputs. `format` is srt or vtt."""

    MAKER = "reelmake.media.subtitle_writer:subtitles"
    STEADY = False

    format: str
    cues: tuple[Cue, ...]
    writer: str = WRITER

    @property
    def suffix(self) -> str:
        return f".{self.format}"

    def extent(self, cut: Extent) -> Extent:
        return None, Fraction(self.cues[-1].end if self.cues else 0, 1000)


@dataclass(frozen=True, slots=True)
class GifWork(Work):
    """An animation of a reel. Input `reel`. `colors` in the palette; it repeats for ever if `loop`."""

    MAKER = "reelmake.media.animation_writer:gif"
    SUFFIX = ".gif"
    TOOLS = ("ffmpeg",)
    STEADY = False

    width: int
    fps: Fraction
    colors: int
    loop: bool
    renderer: str = RENDERER

    def extent(self, cut: Extent) -> Extent:
        """A GIF of one frame is a still; the others count time in hundredths."""
        frames = nearest((cut[1] or 0) * self.fps)
        return (frames, Fraction(nearest(100 * frames / self.fps), 100)) if frames > 1 else (None, None)


@dataclass(frozen=True, slots=True)
class WebpWork(Work):
    """An animation of a reel. Input `reel`. `quality` from 0 to 100; it repeats for ever if `loop`."""

    MAKER = "reelmake.media.animation_writer:webp"
    SUFFIX = ".webp"
    TOOLS = ("ffmpeg",)
    STEADY = False

    width: int
    fps: Fraction
    quality: int
    loop: bool
    writer: str = WRITER

    @property
    def encoder(self) -> str:
        return WEBP


class ListWork(Work):
    """What lists of a stream have in common: they say how long it is, and are written by us alone."""

    __slots__ = ()

    SUFFIX = ".m3u8"
    STEADY = False
    LISTS = 1

    def extent(self, cut: Extent) -> Extent:
        return None, cut[1]


@dataclass(frozen=True, slots=True)
class PlaylistWork(ListWork):
    """An HLS playlist of one file in fragments. Input `media`; `name` is how it is called beside the playlist.

    `seconds` is how long a part of it shall be, as near as its keyframes allow.
    """

    MAKER = "reelmake.media.hls_playlists:playlist"

    name: str
    seconds: Fraction
    writer: str = WRITER


@dataclass(frozen=True, slots=True)
class CaptionListWork(PlaylistWork):
    """The same of one file of subtitles. It has no inputs; `seconds` is how long the film is."""

    MAKER = "reelmake.media.hls_playlists:caption_list"


@dataclass(frozen=True, slots=True)
class MasterWork(ListWork):
    """An HLS playlist of playlists. `lists` are their names; inputs `media 001`… the files of each, in their order.

    `captions` is the name of theirs, "" = there are none, `language` its code.
    """

    MAKER = "reelmake.media.hls_playlists:master"
    LISTS = 2

    lists: tuple[str, ...]
    fps: Fraction
    captions: str = ""
    language: str = ""
    writer: str = "2"  # 1 was said to be longer than it is


@dataclass(frozen=True, slots=True)
class LastFrame(Work):
    """A still (PNG) of the last frame before `seconds`, None = of the clip. Input `clip`.

    A provider may return more than was ordered; the cut shows the ordered part, and what continues it starts there.
    """

    MAKER = "reelmake.media.stills:last_frame"
    SUFFIX = ".png"
    NAMED = "the last frame of {shot}"

    seconds: Fraction | None = None


@dataclass(frozen=True, slots=True)
class FrameAt(Work):
    """A still (PNG) of the frame that is seen `seconds` after the clip begins. Input `clip`."""

    MAKER = "reelmake.media.stills:frame_at"
    SUFFIX = ".png"
    NAMED = "a frame of {shot}"

    seconds: Fraction


@dataclass(frozen=True, slots=True)
class ColorWork(Work):
    """A picture (PNG) of nothing but a colour, which is stretched to whatever size is needed."""

    MAKER = "reelmake.media.stills:color"
    SUFFIX = ".png"
    NAMED = "the color of {shot}"

    color: str


@dataclass(frozen=True, slots=True)
class FitWork(Work):
    """A picture (PNG) brought to exactly this size, upright. Input `picture`."""

    MAKER = "reelmake.media.stills:fitted"
    SUFFIX = ".png"
    NAMED = "the fitted picture of {shot}"

    size: Size
    fit: Fit
    renderer: str = RENDERER


@dataclass(frozen=True, slots=True)
class ThumbWork(Work):
    """A still of the clip's frame `frame`, counted at `fps`. Input `clip`. `format` is png or jpg."""

    MAKER = "reelmake.media.stills:thumb"
    TOOLS = ("av", "pillow")
    NAMED = "{shot} in {output}"

    frame: int
    fps: Fraction
    size: Size
    fit: Fit
    renderer: str = RENDERER
    focus: Focus | None = field(default=None, metadata=LATER)
    format: str = field(default="png", metadata=LATER)

    @property
    def suffix(self) -> str:
        return f".{self.format}"


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands under one picture of a contact sheet."""

    name: str
    length: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class SheetWork(Work):
    """A contact sheet. Inputs `picture 001`… in the order of `cells`. `columns` 0 = as looks best."""

    MAKER = "reelmake.media.sheet:sheet"
    TOOLS = ("pillow",)
    STEADY = False

    title: str
    note: str
    cells: tuple[Cell, ...]
    columns: int
    size: Size
    format: str
    renderer: str = RENDERER

    @property
    def suffix(self) -> str:
        return f".{self.format}"
