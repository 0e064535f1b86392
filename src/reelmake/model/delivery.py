"""What is made of a reel, or beside it: subtitles, animations, playlists. Works, as in model/segment.py.

Knows nothing of ffmpeg, of files or of how anything is written.
"""

from __future__ import annotations

from dataclasses import field
from fractions import Fraction

from reelmake.diagnostics import Span
from reelmake.records import dataclass

WRITER = "1"  # a change of the text that we write for the same cues


@dataclass(frozen=True, slots=True)
class Cue:
    """A caption that is seen from millisecond `begin` of the cut up to `end`. `text` has no empty line.

    `span`: where it stands in its file.
    """

    begin: int
    end: int
    text: str
    span: Span | None = field(default=None, compare=False, repr=False, metadata={"unkeyed": True})


@dataclass(frozen=True, slots=True)
class SubtitleWork:
    """A file of subtitles; it has no inputs. `format` is srt or vtt."""

    format: str
    cues: tuple[Cue, ...]
    writer: str = WRITER


@dataclass(frozen=True, slots=True)
class WebpWork:
    """An animation of a reel. Input `reel`. `quality` from 0 to 100; it repeats for ever if `loop`."""

    width: int
    fps: Fraction
    quality: int
    loop: bool
    writer: str = WRITER


@dataclass(frozen=True, slots=True)
class PlaylistWork:
    """An HLS playlist of one file in fragments. Input `media`; `name` is how it is called beside the playlist.

    `seconds` is how long a part of it shall be, as near as its keyframes allow.
    """

    name: str
    seconds: Fraction
    writer: str = WRITER


@dataclass(frozen=True, slots=True)
class CaptionListWork:
    """An HLS playlist of one file of subtitles, called `name` beside it. `seconds` is how long the film is."""

    name: str
    seconds: Fraction
    writer: str = WRITER


@dataclass(frozen=True, slots=True)
class MasterWork:
    """An HLS playlist of playlists. `lists` are their names; inputs `media 001`… the files of each, in their order.

    `captions` is the name of theirs, "" = there are none, `language` its code.
    """

    lists: tuple[str, ...]
    fps: Fraction
    captions: str = ""
    language: str = ""
    writer: str = "2"  # 1 was said to be longer than it is
