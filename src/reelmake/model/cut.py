"""Cut: which frames of which clips follow each other, to the frame; and the works that make reels and stills from it.

A work is what a step does, as plain values; each of its fields enters the key under its own name, so names are
written for the people who read `reelmake explain`. Clips, segments and sounds are inputs of the step, never fields.
Knows nothing of ffmpeg, of files or of how long anything takes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from reelmake.diagnostics import Span
from reelmake.model.delivery import Cue
from reelmake.model.inset import Mount
from reelmake.model.job import LATER, Job
from reelmake.model.lettering import PLAIN, Lettering, Title
from reelmake.model.move import Move
from reelmake.model.overlay import NOTHING, Overlay
from reelmake.model.storyboard import Fit, Focus, Size, TrackKind

RENDERER = "3"  # a change of the pixels that our graphs and texts draw; every segment is then made again
PACKER = "3"  # a change of what a reel says of itself, or of how its tracks lie beside each other
MIXER = "2"  # a change of the samples that our mix gives
LIMITER = "1"  # a change of the samples that our limiter gives


@dataclass(frozen=True, slots=True)
class Voice:
    """How an entry is heard: `gain` in dB; by how many frames its sound leads its picture and trails it."""

    gain: Fraction = Fraction(0)
    mute: bool = False
    lead: int = 0
    trail: int = 0


@dataclass(frozen=True, slots=True)
class Inset:
    """Another shot, small, over an entry: frames [`start`, `start` + `frames`) of its clip, from the entry's frame `at`
    on. `fit`, `focus`, `move`, `whole` and `look` as in Entry; `gain` in dB, None = silent."""

    shot: str
    at: int
    start: int
    frames: int
    mount: Mount
    fit: Fit | None = None
    focus: Focus | None = None
    move: Move | None = None
    whole: int = 0
    look: str = ""
    gain: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One shot as it stands in the cut; all numbers are frames at the cut's rate.

    `start`: first frame of the clip that is seen; `frames`: how many are seen, the parts inside joins included;
    `at`: the frame of the cut at which it begins (inside the join with the entry before, if there is one).
    `speed`: the clip runs so many times as fast, and `start` counts frames of it as it then is; in the last `held`
    frames the one before stands still, in the first `waits` the one after.
    `whole`: frames of the whole clip, for its `move`; `look`: a project path.
    `titled`: when the title is seen, from and how long, None = as its style does.
    `slate` is what the clapperboard says; `local` tells that it was made on this machine, as a sketch.
    `job` is the order of the shot's first take, None for footage.
    """

    shot: str
    at: int
    start: int
    frames: int
    fit: Fit | None = None
    focus: Focus | None = None
    move: Move | None = None
    whole: int = 0
    look: str = ""
    speed: Fraction = Fraction(1)
    held: int = 0
    waits: int = 0
    title: str = ""
    lettering: Lettering = PLAIN
    titled: tuple[int | None, int | None] = (None, None)
    slate: str = ""
    local: bool = False
    voice: Voice = Voice()
    insets: tuple[Inset, ...] = ()
    job: Job | None = field(default=None, compare=False, repr=False)
    span: Span | None = field(default=None, compare=False, repr=False)

    def clip_frame(self, number: int) -> int:
        """Which frame of the clip is seen in frame `number` of the entry."""
        return int(self.clip_place(number) * self.speed)

    def clip_place(self, number: int) -> int:
        """The same in frames of the clip as it runs, as `start` is counted."""
        last = self.frames - self.held - self.waits - 1
        return self.start + min(max(0, number - self.waits), last)


@dataclass(frozen=True, slots=True)
class Join:
    """A transition of `frames` frames in which two entries overlap; `name` is its name on the shelf."""

    name: str
    frames: int
    params: Mapping[str, object] = field(default_factory=dict)
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Cut:
    """Entries in order; `joins[i]` stands between entries i and i + 1, None = a hard cut."""

    fps: Fraction
    entries: tuple[Entry, ...] = ()
    joins: tuple[Join | None, ...] = ()

    @property
    def frames(self) -> int:
        """Length of the whole cut: the entries less the overlaps."""
        return sum(e.frames for e in self.entries) - sum(j.frames for j in self.joins if j)

    @property
    def shots(self) -> tuple[str, ...]:
        """Addresses of what is seen in it, insets included, once each."""
        return tuple(dict.fromkeys(shot for e in self.entries for shot in (e.shot, *(i.shot for i in e.insets))))

    def head(self, index: int) -> int:
        """Frames of an entry inside the join with the entry before."""
        join = self.joins[index - 1] if index else None
        return join.frames if join else 0

    def tail(self, index: int) -> int:
        """Frames of an entry inside the join with the entry after."""
        join = self.joins[index] if index < len(self.joins) else None
        return join.frames if join else 0


@dataclass(frozen=True, slots=True)
class Piece:
    """`frames` frames of one clip from frame `start` on, fitted into the picture, with what lies over them.

    `move`: over the clip's `whole` frames. `look`: its colours go through the input `… look`, a LUT.
    `speed`: as in Entry. From frame `until` on the one before it is held, up to frame `since` that one is: `start` may
    be less, and less than 0.
    """

    start: int
    frames: int
    fit: Fit
    title: Title | None = None
    slate: str = ""
    focus: Focus | None = field(default=None, metadata=LATER)
    move: Move | None = field(default=None, metadata=LATER)
    whole: int = field(default=0, metadata=LATER)
    look: bool = field(default=False, metadata=LATER)
    speed: Fraction = field(default=Fraction(1), metadata=LATER)
    until: int | None = field(default=None, metadata=LATER)
    since: int | None = field(default=None, metadata=LATER)
    insets: tuple[Inlay, ...] = field(default=(), metadata=LATER)


@dataclass(frozen=True, slots=True)
class Inlay:
    """An inset as a piece sees it: a smaller piece, from its frame `first` on. Of n of them, input `… inset n` is the
    clip of the nth."""

    piece: Piece
    first: int
    mount: Mount


@dataclass(frozen=True, slots=True)
class Picture:
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
class LastFrame:
    """A still (PNG) of the last frame before `seconds`, None = of the clip. Input `clip`.

    A provider may return more than was ordered; the cut shows the ordered part, and what continues it starts there.
    """

    seconds: Fraction | None = None


@dataclass(frozen=True, slots=True)
class FitWork:
    """A picture (PNG) brought to exactly this size, upright. Input `picture`."""

    size: Size
    fit: Fit
    renderer: str = RENDERER


@dataclass(frozen=True, slots=True)
class BodyWork:
    """The part of an entry between its joins, as a segment. Input `clip`.

    `copy`: as many of the clip's own packets are taken, unencoded, as can stand in the picture as they are.
    """

    piece: Piece
    picture: Picture
    copy: bool = field(default=False, metadata=LATER)
    over: Overlay = field(default=NOTHING, metadata=LATER)


@dataclass(frozen=True, slots=True)
class JoinWork:
    """A transition, as a segment. Inputs `leaving` and `entering`: the clips of the two entries."""

    transition: str
    params: Mapping[str, object]
    leaving: Piece
    entering: Piece
    picture: Picture
    over: Overlay = field(default=NOTHING, metadata=LATER)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry's sound lies, in frames of the cut; it fades across the joins at its two ends. `gain` in dB.

    `start`: the second of the clip that it begins with. `speed`: it runs so many times as fast, as high as it was.
    In its first `silent` frames and after `heard` frames it is silent, for the picture is held; None = to its end.
    `seamless`: it goes on exactly where the entry before stopped, so the hard cut between them must not be heard.
    """

    at: int
    frames: int
    start: Fraction = Fraction(0)
    head: int = 0
    tail: int = 0
    seamless: bool = False
    gain: Fraction = field(default=Fraction(0), metadata=LATER)
    speed: Fraction = field(default=Fraction(1), metadata=LATER)
    heard: int | None = field(default=None, metadata=LATER)
    silent: int = field(default=0, metadata=LATER)


@dataclass(frozen=True, slots=True)
class Bed:
    """The music: gain and duck in dB, fades in seconds."""

    gain: Fraction
    duck: Fraction
    fade_in: Fraction
    fade_out: Fraction


@dataclass(frozen=True, slots=True)
class Layer:
    """A sound file in the mix: from sample `at` of the cut on, seconds [`start`, `end`) of the file, None = to its end.

    `gain` and `duck` in dB, fades in seconds; `loop` repeats it to the end of the cut.
    """

    kind: TrackKind
    at: int
    start: Fraction
    end: Fraction | None
    loop: bool
    gain: Fraction
    duck: Fraction
    fade_in: Fraction
    fade_out: Fraction


@dataclass(frozen=True, slots=True)
class MixWork:
    """The sound of the whole cut, encoded once. Inputs `clip 001`… in the order of `places`, `track 001`… in that of
    `layers`, and `music`.

    `gain` in dB on the clips' own sound and `duck`, how far it steps back under narration; `loudness` in LUFS, and
    `limiter`, which one keeps the peaks below `true_peak` dBTP then, "" = none; `bitrate` in bits a second.
    """

    fps: Fraction
    frames: int
    places: tuple[Place, ...]
    music: Bed | None
    loudness: Fraction | None
    gain: Fraction
    bitrate: int
    mixer: str = MIXER
    layers: tuple[Layer, ...] = field(default=(), metadata=LATER)
    duck: Fraction = field(default=Fraction(0), metadata=LATER)
    true_peak: Fraction = field(default=Fraction(-1), metadata=LATER)
    limiter: str = field(default="", metadata=LATER)
    codec: str = field(default="aac", metadata=LATER)  # or opus, flac, pcm
    stem: str = field(default="", metadata=LATER)  # what of it is heard: clips, or the tracks of a kind; "" = all


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of a reel that players can jump to: `frames` frames from frame `at` on."""

    title: str
    at: int
    frames: int


@dataclass(frozen=True, slots=True)
class ReelWork:
    """Segments joined by copying packets. Inputs `segment 001`… and, unless it is silent, `sound`.

    `container`: mp4, mov, webm, matroska, or fragments (an mp4 in parts, for HLS). `tags`: what else it says of itself.
    `captions` are a track of their own, which players show or not, in `language` (three letters).
    """

    title: str
    fps: Fraction
    frames: int
    packer: str = PACKER
    container: str = field(default="mp4", metadata=LATER)
    tags: Mapping[str, str] = field(default_factory=dict, metadata=LATER)
    chapters: tuple[Chapter, ...] = field(default=(), metadata=LATER)
    captions: tuple[Cue, ...] = field(default=(), metadata=LATER)
    language: str = field(default="", metadata=LATER)


@dataclass(frozen=True, slots=True)
class GifWork:
    """An animation of a reel. Input `reel`. `colors` in the palette; it repeats for ever if `loop`."""

    width: int
    fps: Fraction
    colors: int
    loop: bool
    renderer: str = RENDERER


@dataclass(frozen=True, slots=True)
class ThumbWork:
    """A still of the clip's frame `frame`, counted at `fps`. Input `clip`. `format` is png or jpg."""

    frame: int
    fps: Fraction
    size: Size
    fit: Fit
    renderer: str = RENDERER
    focus: Focus | None = field(default=None, metadata=LATER)
    format: str = field(default="png", metadata=LATER)


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands under one picture of a contact sheet."""

    name: str
    length: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class SheetWork:
    """A contact sheet. Inputs `picture 001`… in the order of `cells`. `columns` 0 = as looks best."""

    title: str
    note: str
    cells: tuple[Cell, ...]
    columns: int
    size: Size
    format: str
    renderer: str = RENDERER
