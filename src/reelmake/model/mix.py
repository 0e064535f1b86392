"""Mix: what is heard in a cut, and where, counted in samples or frames; the work that makes it one programme.

Knows nothing of pictures, of files or of how sound is written.
"""

from __future__ import annotations

from dataclasses import field
from fractions import Fraction
from typing import Literal

from reelmake.model.time import SAMPLE_RATE, samples
from reelmake.model.work import LATER, Extent, Work
from reelmake.records import dataclass

TrackKind = Literal["narration", "effect", "music"]
MIXER = "2"  # a change of the samples that our mix gives
LIMITER = "1"  # a change of the samples that our limiter gives


@dataclass(frozen=True, slots=True)
class SoundPlacement:
    """Where an entry's sound lies, in frames of the cut; it fades across the joins at its two ends. `gain` in dB.

    `start`: the second of the clip that it begins with. `speed`: it runs so many times as fast, as high as it was.
    In its first `silent` frames and after `heard` frames it is silent, for the picture is held; None = to its end.
    `reverse`: what would be heard from there on is heard backwards.
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
    reverse: bool = field(default=False, metadata=LATER)


@dataclass(frozen=True, slots=True)
class Bed:
    """The music: gain and duck in dB, fades in seconds; from sample `at` of the cut to its end seconds [`start`, `end`)
    of the file, again and again, None = to its end."""

    gain: Fraction
    duck: Fraction
    fade_in: Fraction
    fade_out: Fraction
    at: int = field(default=0, metadata=LATER)
    start: Fraction = field(default=Fraction(0), metadata=LATER)
    end: Fraction | None = field(default=None, metadata=LATER)


@dataclass(frozen=True, slots=True)
class SoundLayer:
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
class MixWork(Work):
    """The sound of the whole cut, encoded once. Inputs `clip 001`… in the order of `places`, `track 001`… in that of
    `layers`, and `music`.

    `gain` in dB on the clips' own sound and `duck`, how far it steps back under narration; `loudness` in LUFS, and
    `limiter`, which one keeps the peaks below `true_peak` dBTP then, "" = none; `bitrate` in bits a second.
    """

    MAKER = "reelmake.media.mixer:mix"
    TOOLS = ("ffmpeg", "av", "numpy")  # ffmpeg measures how loud it is
    OF_CUT = True
    NAMED = "the sound of {output}"

    fps: Fraction
    frames: int
    places: tuple[SoundPlacement, ...]
    music: Bed | None
    loudness: Fraction | None
    gain: Fraction
    bitrate: int
    mixer: str = MIXER
    layers: tuple[SoundLayer, ...] = field(default=(), metadata=LATER)
    duck: Fraction = field(default=Fraction(0), metadata=LATER)
    true_peak: Fraction = field(default=Fraction(-1), metadata=LATER)
    limiter: str = field(default="", metadata=LATER)
    codec: str = field(default="aac", metadata=LATER)  # or opus, flac, pcm
    stem: str = field(default="", metadata=LATER)  # what of it is heard: clips, or the tracks of a kind; "" = all

    @property
    def suffix(self) -> str:
        return {"aac": ".m4a", "opus": ".opus", "flac": ".flac", "pcm": ".wav"}[self.codec]

    def extent(self, cut: Extent) -> Extent:
        return None, Fraction(samples(self.frames, self.fps), SAMPLE_RATE)
