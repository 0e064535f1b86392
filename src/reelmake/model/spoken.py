"""What is said in a clip, for a model that takes speech: one sound of all its lines, and the list that it is known by.

Knows nothing of how sound is read or written.
"""

from __future__ import annotations

from fractions import Fraction

from reelmake.model.work import Extent, Work
from reelmake.records import dataclass


@dataclass(frozen=True, slots=True)
class SpeechList(Work):
    """Which sounds begin when, by their digests: the same on every machine. Inputs `line 001`… begin at `places`;
    all of it lasts `seconds`."""

    MAKER = "reelmake.media.speech_track:listed"
    SUFFIX = ".txt"
    NAMED = "the lines of {shot}"
    STEADY = False

    places: tuple[Fraction, ...]
    seconds: Fraction


@dataclass(frozen=True, slots=True)
class SpeechTrack(Work):
    """The same as one sound: WAV, one channel of 48 kHz in 16 bits, silence where nothing is said."""

    MAKER = "reelmake.media.speech_track:written"
    SUFFIX = ".wav"
    TOOLS = ("av",)
    NAMED = "what is said in {shot}"

    places: tuple[Fraction, ...]
    seconds: Fraction

    def extent(self, cut: Extent) -> Extent:
        return None, self.seconds
