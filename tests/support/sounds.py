"""What is heard in every sample of a cut, and whether it is: the sounds of the oracle.

Every clip and every track is a noise of its own, so a stretch of the mix can be taken apart again: what is left when
all that ought to be heard was subtracted is nothing, or something was out of place, if only by a sample.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, product
from math import floor
from typing import Any

import numpy as np

from tests.support.oracle import Board, Film, Shown, exact, nearest, sample
from tests.support.patterns import LOUD, RATE

EDGE = 192  # samples in which a sound may come or go where it is cut off
WINDOW = 960
QUICK = Fraction(1, 8)  # seconds in which sounds change at a hard cut that leads or trails
ABOUT = 2400  # samples by which sound that is slowed or sped may be moved
SWELL = 720  # samples in which sound that is slowed or sped comes
LEFT = 0.01  # of a clip's level: what may be left of a stretch


@dataclass(frozen=True)
class Heard:
    """A sound in samples [begin, end) of the cut; it is `wave` from its sample `of` on, with `gain`.

    It comes in the first `rise` samples and goes in the last `fall`. `loose`: nobody can say its samples beforehand.
    """

    name: str
    wave: np.ndarray
    of: int
    begin: int
    end: int
    gain: float
    rise: int = EDGE
    fall: int = EDGE
    loose: bool = False

    def at(self, begin: int, end: int, moved: int = 0) -> np.ndarray:
        """Its samples there; nothing where the wave is over."""
        first = begin - self.begin + self.of + moved
        found = self.wave[max(0, first) : max(0, first + end - begin)]
        return np.pad(found, (max(0, -first), end - begin - max(0, -first) - len(found)))


def entries(board: Board, film: Film, waves: Mapping[str, np.ndarray]) -> list[Heard]:
    """The clips' own sounds."""
    said = board.get("sound") or {}
    clips = said.get("clips") or {}
    if clips.get("mute"):
        return []
    places = [(0, 0), *changes(film, said.get("crossfade", True)), (film.frames, film.frames)]
    found = []
    for entry, (begin, full), (going, end) in zip(film.shown, places, places[1:], strict=False):
        if entry.voice.get("mute") or entry.shot not in waves:
            continue
        gain = decibels(said.get("gain", 0)) * decibels(clips.get("gain", 0)) * decibels(entry.voice.get("gain", 0))
        at = [sample(frame, film.fps) for frame in (begin, full, going, end)]
        of = nearest(Fraction(entry.first + begin - entry.at) / film.fps * entry.speed * RATE)
        rise, fall = max(EDGE, at[1] - at[0]), max(EDGE, at[3] - at[2])
        if entry.waits:
            at[0] = max(at[0], sample(entry.at + entry.waits, film.fps))
            of = nearest(Fraction(entry.first) / film.fps * entry.speed * RATE)
        still = sample(entry.end - entry.held, film.fps)
        rise = max(EDGE, at[1] - at[0])
        if entry.held and still < at[3]:
            fall, at[3] = max(EDGE, still - at[2]), still
        if entry.speed != 1:  # where it ends is told by its length, what it is by nothing; it is whole after a window
            rise = max(rise, SWELL)
            at[3] = min(at[3], at[0] + floor((len(waves[entry.shot]) - of) / entry.speed) + ABOUT)
            fall = max(fall, 2 * ABOUT)
        found.append(Heard(entry.shot, waves[entry.shot], of, at[0], at[3], gain, rise, fall, entry.speed != 1))
    return [one for one in found if one.end > one.begin]


def changes(film: Film, crossfade: bool) -> Iterator[tuple[int, int]]:
    """For each two entries: from which frame to which their sounds change."""
    for leaving, entering in pairwise(film.shown):
        begin, end = entering.at, leaving.end
        by = _lag(leaving, "trail", film) - _lag(entering, "lead", film)
        if not crossfade:
            begin = end = (begin + end) // 2
        elif by and begin == end:
            short = min(abs(by), nearest(QUICK * film.fps))
            begin, end = (begin - short, end) if by > 0 else (begin, end + short)
        yield begin + by, end + by


def _lag(entry: Shown, which: str, film: Film) -> int:
    return nearest(exact(entry.voice.get(which, 0)) * film.fps)


def tracks(board: Board, film: Film, files: Mapping[str, np.ndarray]) -> list[Heard]:
    """Narration, effects and music. `files`: the samples of each."""
    said, found = board.get("sound") or {}, []
    if music := said.get("music"):
        wave = np.resize(files[music["file"]], film.samples)
        ends = [round(float(music.get(key, 0)) * RATE) for key in ("fade_in", "fade_out")]
        found.append(Heard(music["file"], wave, 0, 0, film.samples, decibels(music.get("gain", 0)), *_ends(ends)))
    for track in said.get("tracks", ()):
        first, last = (*track.get("trim", [0]), None)[:2]
        wave = files[track["file"]][
            nearest(exact(first) * RATE) : None if last is None else nearest(exact(last) * RATE)
        ]
        if "shot" in track:
            shown = next(e.at for e in film.shown if e.shot == track["shot"])
            begin = sample(shown, film.fps) + nearest(exact(track.get("offset", 0)) * RATE)
        else:
            begin = nearest(exact(track.get("at", 0)) * RATE)
        if track.get("loop"):
            wave = np.resize(wave, film.samples - begin)
        end = min(film.samples, begin + len(wave))
        ends = [round(float(track.get(key, 0)) * RATE) for key in ("fade_in", "fade_out")]
        found.append(Heard(track["file"], wave, 0, begin, end, decibels(track.get("gain", 0)), *_ends(ends)))
    return found


def _ends(seconds: list[int]) -> tuple[int, int]:
    return max(EDGE, seconds[0]), max(EDGE, seconds[1])


def decibels(value: Any) -> float:
    return 10 ** (float(value) / 20)


def wrong(mix: np.ndarray, due: list[Heard], total: int) -> list[str]:
    """What is wrong with a mix of shape (2, n); nothing if every sample of it is what was due."""
    if mix.shape[1] != total:
        return [f"{mix.shape[1]} samples where {total} were due"]
    marks = {0, total}
    for one in due:
        marks |= {one.begin, one.begin + EDGE, one.begin + one.rise, one.end - one.fall, one.end - EDGE, one.end}
    edges = sorted(mark for mark in marks if 0 <= mark <= total)
    found = []
    for begin, end in pairwise(edges):
        count = max(1, -(-(end - begin) // WINDOW))
        for a, b in pairwise(np.linspace(begin, end, count + 1).round().astype(int)):
            if b - a >= 24:
                found += _stretch(mix[0, a:b], [one for one in due if one.begin < b and one.end > a], int(a), int(b))
    return found


def _stretch(heard: np.ndarray, due: list[Heard], begin: int, end: int) -> list[str]:
    where = f"at {begin / RATE:.4f} s"
    if any(one.loose for one in due):
        if (
            len(due) == 1
            and end - begin > 400
            and begin >= due[0].begin + due[0].rise
            and end <= due[0].end - due[0].fall
        ):
            level = float(np.sqrt((heard**2).mean())) / (LOUD * due[0].gain)
            return [] if 0.1 < level < 1.6 else [f"{where} {due[0].name}, sped, is {level:.2f} times as loud as due"]
        return []
    best: tuple[float, list[str]] = (np.inf, [])
    for moved in product((0, -1, 1), repeat=len(due)):  # places of clips fall between samples at some rates
        left, complaints = _apart(heard, due, moved, begin, end)
        best = min(best, (left, complaints))
        if left < LEFT and not complaints:
            return []
    names = ", ".join(one.name for one in due) or "silence"
    return (
        best[1] if best[0] < LEFT else [f"{where} something is heard besides {names}: {best[0]:.3f} of a clip's level"]
    )


def _apart(
    heard: np.ndarray, due: list[Heard], moved: tuple[int, ...], begin: int, end: int
) -> tuple[float, list[str]]:
    """What is left of a stretch, as a share of a clip's level, and which of its sounds are too soft or too loud."""
    columns, owners = [], []
    way = np.linspace(-1, 1, end - begin)
    for number, (one, by) in enumerate(zip(due, moved, strict=True)):
        wave = one.at(begin, end, by)
        if np.abs(wave).max(initial=0) < 1e-6:
            continue
        changes = begin < one.begin + one.rise or end > one.end - one.fall
        powers = (0, 1, 2, 3) if changes else (0,)
        columns += [wave * way**p for p in powers]
        owners += [(number, p) for p in powers]
    if not columns:
        return float(np.sqrt((heard**2).mean())) / LOUD, []
    basis = np.stack(columns, axis=1)
    found, *_ = np.linalg.lstsq(basis, heard, rcond=None)
    left = float(np.sqrt(((heard - basis @ found) ** 2).mean())) / LOUD
    complaints = []
    for number, one in enumerate(due):
        mine = [(p, c) for (owner, p), c in zip(owners, found, strict=True) if owner == number]
        if not mine:
            continue
        level = sum(c * way**p for p, c in mine) / one.gain
        low, high = float(np.min(level)), float(np.max(level))
        steady = len(mine) == 1
        if high > 1.06 + (0 if steady else 0.1) or low < (0.94 if steady else -0.16):
            complaints.append(f"at {begin / RATE:.4f} s {one.name} is {low:.2f} to {high:.2f} times as loud as due")
    return left, complaints


def lags(sound: np.ndarray, like: np.ndarray, *, window: int = RATE // 4, far: int = 2400) -> list[tuple[float, int]]:
    """(Second, samples by which `sound` comes too late) of every stretch of it in which there is something to hear."""
    found = []
    for at in range(far, min(len(sound), len(like)) - window - far, window):
        part = like[at : at + window]
        if np.sqrt((part**2).mean()) < LOUD / 8:
            continue
        around = sound[at - far : at + window + far]
        size = 1 << (len(around) + window).bit_length()
        fit = np.fft.irfft(np.fft.rfft(around, size) * np.conj(np.fft.rfft(part, size)), size)[: 2 * far + 1]
        found.append((at / RATE, int(fit.argmax()) - far))
    return found
