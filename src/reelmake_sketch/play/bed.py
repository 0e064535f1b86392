"""render: music for an order, to the sample as long as it asks, with a fade at either end.

Knows nothing of shots, tiers or stores: the same order gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reelmake.model.order import Order
from reelmake.model.take import Facts
from reelmake.model.time import SAMPLE_RATE, nearest
from reelmake.ports import Tell
from reelmake_sketch.play.instruments import Floats, played
from reelmake_sketch.play.score import score
from reelmake_sketch.sound_file import write

USUAL = Fraction(30)  # seconds, where nobody asks for a length
_LEVEL = 10 ** (-21 / 20)  # RMS of each channel
_PEAK = 0.80
_IN, _OUT = 0.4, 2.5  # seconds of the fades, at most a quarter of it all
_HALL = 1.6  # seconds that the room rings on
_BLOCK = 1 << 17
VERSE = 480  # seconds at most that are composed, and kept in memory; what is longer plays it again


def render(key: str, order: Order, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
    """Writes a WAV in stereo at 48 kHz."""
    tell(None, "playing")
    count = max(1, nearest((order.seconds or USUAL) * SAMPLE_RATE))
    verses = -(-count // (VERSE * SAMPLE_RATE))
    verse = _verse(order.prompt.lower(), -(-count // verses), int(key[:16], 16) ^ (order.seed or 0))
    tell(0.9, "playing")
    write(into, SAMPLE_RATE, *[verse] * (verses - 1), verse[: count - (verses - 1) * len(verse)])
    tell(1.0, "done")
    return Facts(bytes=into.stat().st_size, seconds=Fraction(count, SAMPLE_RATE), audio=True)


def _verse(words: str, count: int, chance: int) -> NDArray[np.int16]:
    """So many samples that come out of silence and go back to it."""
    dry = np.zeros((count, 2), np.float32)
    once = lru_cache(maxsize=128)(played)  # a bar comes again and again
    for note in score(words, count / SAMPLE_RATE, chance):
        begin = int(note.at * SAMPLE_RATE)
        sound = once(note.instrument, note.pitch, round(note.long, 6))[: count - begin]
        for side, share in enumerate((1 - note.pan, 1 + note.pan)):
            dry[begin : begin + len(sound), side] += sound * np.float32(note.loud * min(1.0, share))
    return _finished(dry + 0.30 * _ringing(dry))


def _ringing(dry: Floats) -> Floats:
    """What a hall answers: noise that dies away, another for each ear; block by block."""
    size = int(_HALL * SAMPLE_RATE)
    at = np.arange(size, dtype=np.float32) / SAMPLE_RATE
    hall = np.random.default_rng(11).standard_normal((size, 2)).astype(np.float32)
    hall *= (np.exp(-at / 0.35) * np.clip(at / 0.02, 0, 1))[:, None]
    hall[1:] = 0.5 * (hall[1:] + hall[:-1])  # walls take the highest tones
    hall /= np.sqrt((hall**2).sum(axis=0))
    span = 1 << (_BLOCK + size - 1).bit_length()
    answer = np.fft.rfft(hall, span, axis=0)
    wet = np.zeros((len(dry) + span, 2), np.float32)
    for begin in range(0, len(dry), _BLOCK):
        wet[begin : begin + span] += np.fft.irfft(
            np.fft.rfft(dry[begin : begin + _BLOCK], span, axis=0) * answer, axis=0
        )
    return wet[: len(dry)]


def _finished(sound: Floats) -> NDArray[np.int16]:
    seconds = len(sound) / SAMPLE_RATE
    for long, edge in ((_IN, sound), (_OUT, sound[::-1])):
        count = max(1, int(min(long, seconds / 4) * SAMPLE_RATE))
        slope = np.linspace(0, 1, count, dtype=np.float32)
        edge[:count] *= (slope * slope * (3 - 2 * slope))[:, None]
    sound = sound * np.float32(_LEVEL / max(1e-9, float(np.sqrt(np.mean(sound**2)))))
    bent = np.sign(sound) * _PEAK * (0.5 + 0.5 * np.tanh((np.abs(sound) / _PEAK - 0.5) * 2))
    samples: NDArray[np.int16] = np.rint(np.where(np.abs(sound) > 0.5 * _PEAK, bent, sound) * 32767).astype(np.int16)
    return samples
