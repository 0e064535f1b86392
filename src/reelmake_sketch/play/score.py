"""A score after the words of an order: mood, tempo and instruments by what they say, the rest by chance. Pure."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

from reelmake_sketch import lexicon


@dataclass(frozen=True, slots=True)
class Note:
    """`at`, `long` in seconds; `pitch` in half-tones, 69 = 440 Hz (of drums: no matter); `loud` 0..1; `pan` -1..1."""

    instrument: str
    at: float
    long: float
    pitch: int
    loud: float
    pan: float = 0.0


@dataclass(frozen=True, slots=True)
class Mood:
    """`chords`: steps of the scale that follow each other, a bar each; `tempo` in beats a minute."""

    scale: tuple[int, ...]
    chords: tuple[int, ...]
    tempo: float


_MAJOR, _MINOR = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10)
_LYDIAN, _PHRYGIAN = (0, 2, 4, 6, 7, 9, 11), (0, 1, 3, 5, 7, 8, 10)
_MOODS: Mapping[str, Mood] = {  # the first that the words say
    r"tens|suspens|thriller|ominous|dread|fear|horror|menac|danger|dark": Mood(_PHRYGIAN, (0, 1, 0, 5), 84),
    r"sad|melanchol|griev|mourn|lonel|bitter|somber|sombre|tragic|tears": Mood(_MINOR, (0, 5, 2, 6), 66),
    r"epic|heroic|triumph|cinematic trailer|battle|majest|grand": Mood(_MINOR, (0, 5, 2, 6), 96),
    r"hope|inspir|uplift|optimis|motivat|warm|proud": Mood(_MAJOR, (0, 4, 5, 3), 88),
    r"happy|playful|joy|cheer|fun|whims|quirky|bright|upbeat|energetic": Mood(_MAJOR, (0, 5, 1, 4), 112),
    r"dream|wonder|magic|space|floating|ethereal|mystic|ambient": Mood(_LYDIAN, (0, 1, 0, 4), 70),
    r"calm|peace|relax|gentle|soft|meditat|quiet|sooth|slow": Mood(_MAJOR, (0, 3, 0, 4), 64),
    r"romantic|love|tender|nostalg|wistful": Mood(_MAJOR, (0, 2, 3, 4), 72),
}
_USUAL = Mood(_MAJOR, (0, 5, 3, 4), 82)
_PADS = {r"string|orchestra|violin|cello|symphon|cinematic": "strings", r"synth|electro|retro|8[- ]?bit|neon": "synth"}
_LEADS = {
    r"piano|keys": "piano",
    r"guitar|pluck|harp|ukulele|pizzicato|kalimba|marimba|music box|bells?\b": "pluck",
    r"synth|electro|retro|8[- ]?bit|arpeg": "square",
}
_DRUMS = r"drum|beat|percuss|epic|battle|trailer|energetic|upbeat|electro|hip[- ]?hop|dance|rock|techno|groove"
_BUILDS = r"build|crescendo|ris(?:es|ing)|swell|grow"


def score(words: str, seconds: float, chance: int) -> list[Note]:
    """For `words` in lower case: a whole number of bars that ends on its first chord, `seconds` long."""
    rng = random.Random(chance)  # noqa: S311 - it writes music
    mood = next((mood for pattern, mood in _MOODS.items() if lexicon.says(pattern, words)), _USUAL)
    tempo = mood.tempo * (0.85 if lexicon.says(r"slow", words) else 1.15 if lexicon.says(r"fast|driving", words) else 1)
    bars = max(1, round(seconds * tempo / 240))
    bar = seconds / bars
    key = 48 + rng.randrange(-3, 5)
    pad = lexicon.first(_PADS, words) or "pad"
    lead = lexicon.first(_LEADS, words) or rng.choice(("piano", "pluck"))
    drums, builds = lexicon.says(_DRUMS, words), lexicon.says(_BUILDS, words)
    figure = [rng.randrange(0, 7) for _ in range(4)]
    notes: list[Note] = []
    for n in range(bars):
        last = n == bars - 1
        step = 0 if last else mood.chords[n % len(mood.chords)]
        grown = 0.45 + 0.55 * (n + 1) / bars if builds else 1.0
        at = n * bar
        for m, third in enumerate((0, 2, 4)):
            pitch = _pitch(mood.scale, key + 12, step + third)
            notes.append(Note(pad, at, bar * 1.12, pitch, 0.34 * grown, (m - 1) * 0.5))
        notes.append(Note("bass", at, bar * 0.98, _pitch(mood.scale, key - 12, step), 0.26 * grown))
        if last or (builds and n < bars // 4):
            continue
        for m in range(4 if tempo < 80 else 8):
            if rng.random() < (0.8 if m % 2 == 0 else 0.45):
                degree = step + (0, 2, 4, 7, 4, 2, 7, 4)[(m + figure[n % 4]) % 8]
                begin = at + m * bar / (4 if tempo < 80 else 8)
                pitch = _pitch(mood.scale, key + 24, degree)
                notes.append(Note(lead, begin, bar * 0.6, pitch, (0.20 + 0.10 * rng.random()) * grown, 0.3 - 0.1 * m))
        if drums and not (builds and n < bars // 2):
            notes += [Note("kick", at + beat * bar / 4, 0.4, 0, 0.55 * grown) for beat in (0, 2)]
            notes += [Note("snare", at + beat * bar / 4, 0.3, 0, 0.22 * grown, 0.1) for beat in (1, 3)]
            notes += [Note("hat", at + half * bar / 8, 0.1, 0, 0.07 * grown, -0.3) for half in range(8)]
    return notes


def _pitch(scale: tuple[int, ...], key: int, degree: int) -> int:
    return key + 12 * (degree // 7) + scale[degree % 7]
