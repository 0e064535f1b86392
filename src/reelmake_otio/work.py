"""What of a cut stands in a timeline for editing programs. Knows nothing of files or of how a timeline is
written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from reelmake.model.cut import Fade
from reelmake.model.frame import CameraMove, Mount
from reelmake.model.mix import Bed, SoundLayer
from reelmake.model.overlay import Cue
from reelmake.model.work import LATER, Extent, Work

WRITER = "2"  # a change of the timeline that we write for the same cut


@dataclass(frozen=True, slots=True)
class OtioClip:
    """An entry of the cut for a timeline: frames at the cut's rate, the parts inside joins included. `start` counts the
    frames of the clip as it runs, at its `speed`.

    `file`: the project path of footage, "" for a clip that was made; only that has a `prompt` and what comes with it.
    `waits`, `held`, `move`, `look`, `reverse` and fades as in Entry; `gain` in dB.
    """

    name: str
    start: int
    frames: int
    title: str = ""
    file: str = ""
    prompt: str = ""
    provider: str = ""
    model: str = ""
    take: int | None = None
    seed: int | None = None
    speed: Fraction = field(default=Fraction(1), metadata=LATER)
    waits: int = field(default=0, metadata=LATER)
    held: int = field(default=0, metadata=LATER)
    move: CameraMove | None = field(default=None, metadata=LATER)
    look: str = field(default="", metadata=LATER)
    mute: bool = field(default=False, metadata=LATER)
    gain: Fraction = field(default=Fraction(0), metadata=LATER)
    reverse: bool = field(default=False, metadata=LATER)
    fade_in: Fade | None = field(default=None, metadata=LATER)
    fade_out: Fade | None = field(default=None, metadata=LATER)


@dataclass(frozen=True, slots=True)
class OtioInset:
    """An inset for a timeline: it lies from frame `at` of the cut on. `gain` in dB, None = silent."""

    clip: OtioClip
    at: int
    mount: Mount
    gain: Fraction | None = None


@dataclass(frozen=True, slots=True)
class OtioWork(Work):
    """An OpenTimelineIO timeline. Inputs `clip 001`… in the order of `clips`, and `music`.

    `up` leads from the timeline's folder to the project ("../"); `joins[i]` is (name, frames, parameters) of the
    transition after clip i, None = a hard cut; `music` is a project path, its gain in dB, and `bed` where it
    lies if that is not from its beginning under the whole cut; `scored`: music was made, and is no file of the
    project. `tracks` are project paths and where each lies, inputs `track 001`…; `lines` are addresses of lines of
    speech, inputs `line 001`…; `insets` have inputs `inset 001`…. `said`: of the whole film.
    """

    MAKER = "reelmake_otio.output:written"
    SUFFIX = ".otio"
    TOOLS = ("opentimelineio",)
    STEADY = False

    title: str
    fps: Fraction
    up: str
    clips: tuple[OtioClip, ...]
    joins: tuple[tuple[str, int, Mapping[str, object]] | None, ...]
    music: str = ""
    music_gain: Fraction | None = None
    bed: Bed | None = field(default=None, metadata=LATER)
    scored: bool = field(default=False, metadata=LATER)
    tracks: tuple[tuple[str, SoundLayer], ...] = field(default=(), metadata=LATER)
    lines: tuple[tuple[str, SoundLayer], ...] = field(default=(), metadata=LATER)
    insets: tuple[OtioInset, ...] = field(default=(), metadata=LATER)
    captions: tuple[Cue, ...] = field(default=(), metadata=LATER)
    said: Mapping[str, object] = field(default_factory=dict, metadata=LATER)
    writer: str = WRITER

    def extent(self, cut: Extent) -> Extent:
        return cut
