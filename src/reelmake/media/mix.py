"""The mix of a whole cut: every entry's sound at its place, the music under it, streamed in blocks.

Memory does not grow with the number of entries, and hardly with the length of the cut. Knows nothing of pictures.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from reelmake.errors import LocalTool
from reelmake.media import ffmpeg
from reelmake.media.sound import BLOCK, HEADROOM, Samples, Writer, decoded
from reelmake.model.cut import MixWork, Place
from reelmake.model.take import Facts
from reelmake.model.time import SAMPLE_RATE, samples
from reelmake.ports import Tell

STEP = 480  # samples a reading of the level, 10 ms
QUIET = -28.0  # dBFS in 10 ms: clip sound below it is room tone, for which the music does not step back
ATTACK, RELEASE, HOLD = 0.12, 0.7, 0.35  # seconds
PEAK = -1.0  # dBTP that the whole programme may reach
BOOST = 20.0  # dB of gain at most on the way to the loudness that is wanted
EDGE = 192  # samples of a fade at a hard cut, 4 ms: without it the jump would click


def mix(work: MixWork, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
    """Writes the whole programme as AAC in an m4a, exactly as long as the cut."""
    total = samples(work.frames, work.fps)
    bus, mixed = (into.with_name(f".{into.name}.{name}") for name in ("bus.f32", "mix.f32"))
    try:
        levels = _write_bus(work, inputs, bus, total, tell)
        _write_mix(work, inputs, bus, mixed, levels, total)
        gain = _to_loudness(float(work.loudness), mixed, tell) if work.loudness is not None else 0.0
        tell(0.7, "")
        _encode(mixed, into, total, gain, work.bitrate)
    except OSError as error:
        raise LocalTool(f"the sound could not be written: {error.strerror or error}") from error
    finally:
        bus.unlink(missing_ok=True)
        mixed.unlink(missing_ok=True)
    return Facts(bytes=into.stat().st_size, seconds=Fraction(total, SAMPLE_RATE), audio=True)


def _write_bus(work: MixWork, inputs: Mapping[str, Path], bus: Path, total: int, tell: Tell) -> npt.NDArray[np.float32]:
    """Adds every entry's sound at its place; returns the level in dBFS of every 10 ms."""
    with bus.open("wb") as file:
        file.truncate(total * 8)
    gain = HEADROOM * 10 ** (float(work.gain) / 20)
    with bus.open("r+b") as file:
        for number, place in enumerate(work.places, 1):
            begin, end = samples(place.at, work.fps), min(total, samples(place.at + place.frames, work.fps))
            after = work.places[number] if number < len(work.places) else None
            at = begin
            for block in _blocks(inputs[f"sound {number:03}"], end - begin):
                block = block * (gain * _envelope(place, after, at - begin, block.shape[1], end - begin, work.fps))
                _add(file, at, block)
                at += block.shape[1]
            tell(0.5 * number / len(work.places), "")
    levels = [_levels(block) for block in _stored(bus, total, BLOCK // STEP * STEP)]
    return np.concatenate(levels) if levels else np.zeros(0, np.float32)


def _envelope(place: Place, after: Place | None, at: int, count: int, length: int, fps: Fraction) -> Samples:
    """Gain of samples [at, at + count) of an entry: equal power across a join, 4 ms at a hard cut."""
    gain = np.ones(count, np.float32)
    where = np.arange(at, at + count, dtype=np.float64)
    head = samples(place.at + place.head, fps) - samples(place.at, fps)
    end = place.at + place.frames
    tail = samples(end, fps) - samples(end - place.tail, fps)
    if not head and not place.seamless:
        head = min(EDGE, length // 4)
    if not tail and not (after and after.seamless):
        tail = min(EDGE, length // 4)
    if head and at < head:
        gain *= np.sin(np.clip((where + 0.5) / head, 0, 1) * (math.pi / 2)).astype(np.float32)
    if tail and at + count > length - tail:
        gain *= np.sin(np.clip((length - where - 0.5) / tail, 0, 1) * (math.pi / 2)).astype(np.float32)
    return gain


def _add(file: Any, at: int, block: Samples) -> None:
    file.seek(at * 8)
    there = np.frombuffer(file.read(block.shape[1] * 8), np.float32).reshape(-1, 2)
    file.seek(at * 8)
    file.write((there + block.T).astype(np.float32).tobytes())


def _levels(block: Samples) -> npt.NDArray[np.float32]:
    short = -block.shape[1] % STEP
    power = np.pad((block**2).mean(axis=0), (0, short)).reshape(-1, STEP).mean(axis=1)
    return np.asarray(10 * np.log10(power + 1e-12), np.float32)


def _write_mix(
    work: MixWork, inputs: Mapping[str, Path], bus: Path, mixed: Path, levels: npt.NDArray[np.float32], total: int
) -> None:
    music = _looped(inputs["music"], total) if work.music else iter(())
    steps = _ducking(levels, float(work.music.duck)) if work.music else levels
    with mixed.open("wb") as out:
        at = 0
        for block in _stored(bus, total, BLOCK):
            bed = next(music, None)
            if work.music and bed is not None:
                where = np.arange(at, at + block.shape[1], dtype=np.float64)
                level = float(work.music.gain) - np.interp(where / STEP, np.arange(len(steps)) + 0.5, steps)
                gain = 10 ** (level / 20) * _faded(where, total, work)
                block = block + (bed[:, : block.shape[1]] * gain).astype(np.float32)
            out.write(np.ascontiguousarray(block.T, np.float32).tobytes())
            at += block.shape[1]


def _ducking(levels: npt.NDArray[np.float32], depth: float) -> npt.NDArray[np.float64]:
    """How far the music steps back, in dB, every 10 ms: before the sound comes, held a little, slowly back."""
    ahead, hold = round(ATTACK * 100), round(HOLD * 100)
    loud = np.flatnonzero(levels > QUIET)
    wanted = np.zeros(len(levels))
    for index in loud.tolist():
        wanted[max(0, index - ahead) : index + hold] = depth
    down, up = depth / max(1, ahead), depth / (RELEASE * 100)
    steps, now = np.zeros(len(levels)), wanted[0] if len(wanted) else 0.0
    for index, target in enumerate(wanted):
        now = min(target, now + down) if target > now else max(target, now - up)
        steps[index] = now
    return steps


def _faded(where: npt.NDArray[np.float64], total: int, work: MixWork) -> npt.NDArray[np.float64]:
    assert work.music is not None
    gain = np.ones(len(where))
    rise, fall = (float(s) * SAMPLE_RATE for s in (work.music.fade_in, work.music.fade_out))
    if rise:
        gain *= np.sin(np.clip(where / rise, 0, 1) * (math.pi / 2))
    if fall:
        gain *= np.sin(np.clip((total - where) / fall, 0, 1) * (math.pi / 2))
    return gain


def _looped(file: Path, total: int) -> Iterator[Samples]:
    """The music, again and again, in blocks of BLOCK samples, `total` in all."""
    left, kept = total, np.zeros((2, 0), np.float32)
    while left > 0:
        heard = 0
        for block in decoded(file, Fraction(0)):
            heard += block.shape[1]
            kept = np.concatenate((kept, block), axis=1)
            while kept.shape[1] >= BLOCK and left > 0:
                yield kept[:, :BLOCK]
                kept, left = kept[:, BLOCK:], left - BLOCK
            if left <= 0:
                return
        if not heard:
            raise LocalTool(f"{file.name} has no sound that could be music")
        if kept.shape[1] >= left:
            yield kept
            return


def _to_loudness(target: float, mixed: Path, tell: Tell) -> float:
    """The one gain in dB that brings the whole programme to `target` LUFS, as far as its peaks allow."""
    raw = ["-f", "f32le", "-ar", str(SAMPLE_RATE), "-ac", "2", "-i", str(mixed)]
    said = ffmpeg.measure([*raw, "-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-"])
    loudness, peak = _figure("I", said), _figure("Peak", said)
    if not math.isfinite(loudness) or loudness < -70:
        return 0.0
    gain = min(target - loudness, PEAK - peak, BOOST)
    if gain < target - loudness - 0.5:
        tell(0.6, f"{loudness + gain:.1f} LUFS is as loud as its peaks allow; {target:.0f} was wanted")
    return gain


def _figure(name: str, said: str) -> float:
    """A figure of the summary that the loudness meter prints."""
    found = re.findall(rf"^\s*{name}:\s*(-?inf|nan|[-+.\d]+) (?:LUFS|dBFS)", said, re.MULTILINE)
    if not found:
        raise LocalTool(f"ffmpeg did not say how loud the sound is ({name})")
    return float(found[-1])


def _encode(mixed: Path, into: Path, total: int, gain: float, bitrate: int) -> None:
    factor = np.float32(10 ** (gain / 20))
    with Writer(into, "ipod", "aac", "fltp", bitrate) as out:
        for block in _stored(mixed, total, BLOCK):
            out.write(np.clip(block * factor, -1, 1))


def _stored(file: Path, total: int, size: int) -> Iterator[Samples]:
    """A file of interleaved float samples, in blocks."""
    with file.open("rb") as stored:
        for at in range(0, total, size):
            count = min(size, total - at)
            yield np.frombuffer(stored.read(count * 8), np.float32).reshape(-1, 2).T


def _blocks(file: Path, length: int) -> Iterator[Samples]:
    """The first `length` samples of an entry's sound."""
    for block in decoded(file, Fraction(0)):
        yield block[:, :length]
        length -= block.shape[1]
        if length <= 0:
            return
