"""The scratch voice: syllables of a voice that is nobody's, in the time, the rhythm and the melody of the words.

Harmonics of a pitch through three formants, and noise for what hisses; every word begins and ends where the estimate
says it does, to the sample. Knows nothing of files and orders.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelmake.model.speech import LEAD, TAIL, Beat
from reelmake_sketch.speak.sounds import TABLE, Sound, sounds, syllables
from reelmake_sketch.speak.speaker import Speaker

RATE = 24_000  # Hz
_HOP = RATE // 200  # samples of a frame of 5 ms: every beat is a whole number of them
_HARMONICS = 5200.0  # Hz up to which there are any
_WIDTHS = np.array([75.0, 105.0, 160.0, 260.0])  # of the formants, in Hz
_FOURTH = 3550.0  # Hz of a formant that never moves
_LEVEL = 10 ** (-20.0 / 20)  # RMS of what is said; about -20 LUFS
_PEAK = 0.84
_TURNS = {"?？؟": 0.9, "!！": -0.10, ",，、": 0.14, ":;：；—–": 0.09}  # which way the melody goes before a mark
_BLOCK = 1000  # frames at a time: what they take stays in the processor's cache

Floats = NDArray[np.float64]


@dataclass(slots=True)
class _Track:
    """Frame by frame: formants (n, 3) in Hz, the sources and the melody."""

    formants: Floats
    voiced: Floats
    noise: Floats
    centre: Floats
    wide: Floats
    breath: Floats
    pitch: Floats  # against the speaker's own, in octaves

    @staticmethod
    def silent(count: int) -> _Track:
        zeros = [np.zeros(count) for _ in range(6)]
        return _Track(np.tile([500.0, 1450.0, 2450.0], (count, 1)), *zeros)


def scratch(beats: Sequence[Beat], speaker: Speaker, chance: int) -> NDArray[np.int16]:
    """Samples at RATE. `chance`: for another take with another melody, and its noise."""
    whole = LEAD + TAIL + sum((b.seconds + b.pause for b in beats), start=LEAD * 0)
    rng = np.random.default_rng(chance)
    track = _Track.silent(int(whole * 200))
    _write(track, beats, speaker, rng)
    heard = _sung(track, speaker, rng) + _hissed(track, speaker, rng)
    return _levelled(heard, track, speaker)


def _write(track: _Track, beats: Sequence[Beat], speaker: Speaker, rng: np.random.Generator) -> None:
    at = int(LEAD * 200)
    last = at
    for n, beat in enumerate(beats):
        said = sounds(beat.text)
        count = int(beat.seconds * 200)
        ends = n + 1 == len(beats) or beat.pause > 0
        strong = len(beat.text) > 3 or syllables(said) > 1
        _word(track, at, count, [TABLE[name] for name in said], strong=strong, opens=at == last, ends=ends)
        accent = (0.20 + 0.10 * rng.random()) if strong else 0.04 * rng.random()
        _accent(track.pitch, at, count, accent * speaker.lively)
        at += count
        if ends:
            _phrase(track.pitch, last, at, beat.text, speaker.lively)
            last = at = at + int(beat.pause * 200)
    for name, reach in (("voiced", 5), ("noise", 3), ("breath", 5), ("centre", 5), ("wide", 5), ("pitch", 13)):
        setattr(track, name, _smoothed(getattr(track, name), reach))
    track.formants = np.stack([_smoothed(track.formants[:, n], 11) for n in range(3)], axis=1)


def _word(track: _Track, at: int, count: int, said: list[Sound], *, strong: bool, opens: bool, ends: bool) -> None:
    """The sounds of one word in `count` frames from `at` on."""
    said = said[: max(1, count // 4)]  # no sound is shorter than 20 ms
    long = np.array([sound.long for sound in said])
    first = next((n for n, sound in enumerate(said) if sound.vowel), 0)
    long[first] *= 1.35 if strong else 1.0
    if ends:
        long[-1] *= 1.5
    edges = at + np.rint(np.concatenate([[0.0], np.cumsum(long) / long.sum()]) * count).astype(int)
    for n, sound in enumerate(said):
        here = slice(edges[n], edges[n + 1])
        track.formants[here] = sound.formants
        loud = 1.0 if n == first else 0.78
        track.voiced[here], track.breath[here] = sound.voiced * loud, sound.breath
        track.centre[here], track.wide[here] = sound.centre, sound.wide
        shut = 0.0 if not sound.stop else 0.1 if opens and n == 0 else 0.55
        burst = edges[n] + round(shut * (edges[n + 1] - edges[n]))
        track.noise[burst : edges[n + 1]] = sound.noise
        if sound.stop:
            track.breath[edges[n] : burst] = 0.0
            if sound.voiced == 0 and n + 1 < len(said):
                track.breath[edges[n + 1] : edges[n + 1] + 3] = 0.2
        if n == 0 and at > 0:  # a mouth is there before its sound is
            track.formants[max(0, at - 6) : at] = sound.formants


def _accent(pitch: Floats, at: int, count: int, rise: float) -> None:
    pitch[at : at + count] += rise * np.sin(np.pi * np.clip(np.linspace(0.1, 1.05, count), 0, 1))


def _phrase(pitch: Floats, begin: int, end: int, text: str, lively: float) -> None:
    """Down over the phrase, and its end falls, rises or stays up by its mark."""
    way = np.linspace(0, 1, end - begin)
    pitch[begin:end] += (0.16 - 0.34 * way) * lively
    mark = text.rstrip("\"'”’»)]")[-1:]
    turn = next((turn for marks, turn in _TURNS.items() if mark and mark in marks), -0.26)
    tail = min(end - begin, 80)
    pitch[end - tail : end] += turn * lively * np.linspace(0, 1, tail) ** 1.2


def _smoothed(values: Floats, reach: int) -> Floats:
    weights = np.hanning(reach + 2)[1:-1]
    padded = np.pad(values, (reach // 2, reach // 2), mode="edge")
    return np.convolve(padded, weights / weights.sum(), "valid")


def _throat(track: _Track, size: float, hertz: Floats) -> NDArray[np.complex128]:
    """What the formants make of each of `hertz` (frames, k): a row of resonators, each 1 at rest."""
    fourth = np.full((len(track.formants), 1), _FOURTH)
    middles = np.concatenate([track.formants, fourth], axis=1) * size
    answer: NDArray[np.complex128] = np.ones(hertz.shape, np.complex128)
    for n, width in enumerate(_WIDTHS):
        middle = middles[:, n : n + 1]
        answer *= middle**2 / (middle**2 - hertz**2 + 1j * hertz * width)
    return answer


def _sung(track: _Track, speaker: Speaker, rng: np.random.Generator) -> Floats:
    """The voice: harmonics of the pitch. Between frames what the throat makes of them goes over in straight lines."""
    frames = len(track.voiced)
    if speaker.whisper or not track.voiced.any():
        return np.zeros(frames * _HOP)
    drift = _smoothed(rng.standard_normal(frames), 21) * speaker.wobble * 4
    pitch = np.clip(speaker.pitch * 2 ** (track.pitch * 0.62) * (1 + drift), 55, 420)
    count = int(_HARMONICS / pitch.min())
    hertz = pitch[:, None] * np.arange(1, count + 1)[None, :]
    tilt = (1 + (hertz / (1500 * speaker.bright)) ** 2) ** -0.5  # of the glottis, the lips' own taken off
    shape = _throat(track, speaker.size, hertz) * tilt * np.clip((_HARMONICS - hertz) / 500, 0, 1)
    strength = np.sqrt(np.sum(np.abs(shape) ** 2, axis=1))
    shape *= (track.voiced * 0.30 / strength**0.75)[:, None]  # "ah" is louder than "oo", but not by as much
    shape = np.concatenate([shape, shape[-1:]]).astype(np.complex64)
    turn = np.cumsum(np.repeat(pitch, _HOP)).reshape(frames, _HOP) * (2 * np.pi / RATE)
    toward = (np.arange(_HOP, dtype=np.float32) / _HOP)[None, :]
    total = np.zeros((frames, _HOP), np.float32)
    for at in range(0, frames, _BLOCK):
        part = total[at : at + _BLOCK]
        once = np.exp(1j * turn[at : at + _BLOCK]).astype(np.complex64)
        power = np.ones_like(once)
        for k in range(count):
            power *= once
            now, then = shape[at : at + len(part), k, None], shape[at + 1 : at + len(part) + 1, k, None]
            part += ((now + (then - now) * toward) * power).real
    return total.ravel().astype(np.float64)


def _hissed(track: _Track, speaker: Speaker, rng: np.random.Generator) -> Floats:
    """Noise: what hisses by itself, and breath through the formants. Frames overlap by half."""
    frames, size = len(track.voiced), 2 * _HOP
    hertz = np.fft.rfftfreq(size, 1 / RATE)[None, :]
    hiss = np.exp(-(((hertz - track.centre[:, None]) / np.maximum(track.wide, 200)[:, None]) ** 2))
    hiss *= (track.noise * 0.40)[:, None]
    air = track.breath + track.voiced * (0.75 if speaker.whisper else speaker.breath)
    throat = np.abs(_throat(track, speaker.size, np.broadcast_to(hertz, hiss.shape)))
    throat *= np.clip(hertz / 900, 0, 1) * np.clip((7000 - hertz) / 3000, 0, 1)
    shape = hiss + throat * (air * 0.20)[:, None]
    phases = np.exp(2j * np.pi * rng.random(shape.shape))
    pieces = np.fft.irfft(shape * phases * np.sqrt(size), size, axis=1) * np.hanning(size + 1)[:-1]
    total = np.zeros((frames + 1) * _HOP)
    total[: frames * _HOP] += pieces[:, :_HOP].ravel()
    total[_HOP:] += pieces[:, _HOP:].ravel()
    return total[: frames * _HOP]


def _levelled(heard: Floats, track: _Track, speaker: Speaker) -> NDArray[np.int16]:
    """At the level of speech, its loudest moments rounded; silent where nothing is said."""
    said = _smoothed(np.clip((track.voiced + track.noise * 2 + track.breath * 2) * 40, 0, 1), 5)
    gate = np.interp(np.arange(len(heard)), (np.arange(len(said)) + 0.5) * _HOP, said)
    gate[:24] *= np.linspace(0, 1, 24)
    gate[-24:] *= np.linspace(1, 0, 24)
    heard = heard * gate
    loud = np.sqrt(np.mean(heard[gate > 0.5] ** 2)) if (gate > 0.5).any() else 1.0
    heard *= _LEVEL * 10 ** (speaker.loud / 20) / max(loud, 1e-9)
    over = np.abs(heard) > 0.5 * _PEAK
    bent = np.sign(heard) * _PEAK * (0.5 + 0.5 * np.tanh((np.abs(heard) / _PEAK - 0.5) * 2))
    samples: NDArray[np.int16] = np.rint(np.where(over, bent, heard) * 32767).astype(np.int16)
    return samples
