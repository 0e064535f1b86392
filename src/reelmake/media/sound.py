"""Sound by samples: what one entry sounds like, and the mix of a whole cut, streamed in blocks.

Memory does not grow with the number of entries or with the length of the cut. Knows nothing of pictures.
"""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt

from reelmake.errors import LocalTool
from reelmake.media import ffmpeg
from reelmake.media.probe import opened
from reelmake.model.cut import EntrySound, MixWork, Place
from reelmake.model.take import Facts
from reelmake.model.time import SAMPLE_RATE, nearest, samples
from reelmake.ports import Tell

Samples = npt.NDArray[np.float32]  # shape (2, n)

HEADROOM = 4.0  # entry sounds are kept 12 dB down, so that a clip over full scale is not clipped
BLOCK = 1 << 17  # samples handled at once, 2.7 s
STEP = 480  # samples a reading of the level, 10 ms
QUIET = -28.0  # dBFS in 10 ms: clip sound below it is room tone, for which the music does not step back
ATTACK, RELEASE, HOLD = 0.12, 0.7, 0.35  # seconds
PEAK = -1.0  # dBTP that the whole programme may reach
BOOST = 20.0  # dB of gain at most on the way to the loudness that is wanted
EDGE = 192  # samples of a fade at a hard cut, 4 ms: without it the jump would click


def entry(work: EntrySound, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
    """Writes `work.samples` samples as FLAC."""
    with _Writer(into, "flac", "flac", "s32") as out:
        left = work.samples
        for block in _decoded(inputs["clip"], work.start):
            block = block[:, :left]
            out.write(block / HEADROOM)
            left -= block.shape[1]
            if not left:
                break
        while left:
            size = min(left, BLOCK)
            out.write(np.zeros((2, size), np.float32))
            left -= size
    return Facts(bytes=into.stat().st_size, seconds=Fraction(work.samples, SAMPLE_RATE), audio=True)


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


# --- one clip ---------------------------------------------------------------------------------------------------------


def _decoded(file: Path, start: Fraction) -> Iterator[Samples]:
    """The clip's sound from `start` seconds after its first frame on, in blocks; silence up to where it begins."""
    with opened(file) as container:
        if not container.streams.audio:
            return
        stream = container.streams.audio[0]
        zero = _zero(container)
        if start > 10:
            container.seek(int((zero + start - 4) * 1_000_000), backward=True)
        wanted, end = int(start * SAMPLE_RATE), _end(container, stream, zero)
        at = None  # sample of the clip's time line that comes next
        for begins, block in _resampled(container, stream):
            if at is None:
                at = nearest((begins - zero) * SAMPLE_RATE)
                yield from _silence(at - wanted)
            heard = block[:, max(0, wanted - at) : None if end is None else max(0, end - at)]
            at += block.shape[1]
            if heard.shape[1]:
                yield heard


def _resampled(container: Any, stream: Any) -> Iterator[tuple[Fraction, Samples]]:
    """(Seconds in the file, samples) of every piece. A mono clip is heard on both sides, as loud as it is."""
    mono = stream.codec_context.layout.nb_channels == 1
    resampler = av.AudioResampler(format="fltp", layout="mono" if mono else "stereo", rate=SAMPLE_RATE)
    begins = Fraction(0)
    for frame in _frames(container, stream):
        if frame is not None:
            begins = (frame.pts or 0) * Fraction(frame.time_base)
        for piece in resampler.resample(frame):
            block = np.ascontiguousarray(piece.to_ndarray(), np.float32)
            yield begins, np.repeat(block, 2, axis=0) if mono else block


def _end(container: Any, stream: Any, zero: Fraction) -> int | None:
    """The sample at which the sound ends: what an encoder padded its last packet with is not sound."""
    if "mp4" not in container.format.name or stream.duration is None:
        return None
    return nearest(((stream.start_time or 0) + stream.duration) * Fraction(stream.time_base) * SAMPLE_RATE) - nearest(
        zero * SAMPLE_RATE
    )


def _zero(container: Any) -> Fraction:
    """Where the picture begins, for that is what the cut counts from."""
    for stream in (*container.streams.video[:1], *container.streams.audio[:1]):
        if stream.start_time is not None:
            return Fraction(stream.start_time) * Fraction(stream.time_base)
    return Fraction(0)


def _frames(container: Any, stream: Any) -> Iterator[Any]:
    """Decoded frames and, last, the None that drains the resampler."""
    with contextlib.suppress(av.error.FFmpegError):  # sound that is damaged ends there; the probe judges whole clips
        yield from container.decode(stream)
    yield None


def _silence(count: int) -> Iterator[Samples]:
    while count > 0:
        yield np.zeros((2, min(count, BLOCK)), np.float32)
        count -= BLOCK


# --- the bus of all clips ---------------------------------------------------------------------------------------------


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


# --- music and the mix ------------------------------------------------------------------------------------------------


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
        for block in _decoded(file, Fraction(0)):
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


# --- loudness, files --------------------------------------------------------------------------------------------------


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
    with _Writer(into, "ipod", "aac", "fltp", bitrate) as out:
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
    for block in _decoded(file, Fraction(0)):
        yield block[:, :length]
        length -= block.shape[1]
        if length <= 0:
            return


class _Writer:
    """Encodes blocks of float samples into a file that is there whole or not at all."""

    def __init__(self, into: Path, container: str, codec: str, layout: str, bitrate: int = 0) -> None:
        self._into, self._part = into, into.with_name(f".{into.name}.part")
        self._out = av.open(str(self._part), "w", format=container, options={"fflags": "+bitexact"})
        track: Any = self._out.add_stream(codec, rate=SAMPLE_RATE)
        self._track = track
        self._track.layout = "stereo"
        self._track.format = layout
        self._track.codec_context.thread_count = 1
        self._track.codec_context.flags |= 1 << 23  # bitexact: no version of the encoder in the file
        if bitrate:
            self._track.bit_rate = bitrate
        self._whole = layout == "s32"
        self._at = 0

    def __enter__(self) -> _Writer:
        return self

    def write(self, block: Samples) -> None:
        if not block.shape[1]:
            return
        if self._whole:
            ints = np.clip(np.rint(block.astype(np.float64) * (1 << 31)), -(1 << 31), (1 << 31) - 256)
            values = np.ascontiguousarray(ints.astype(np.int64).astype(np.int32).T).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(values, format="s32", layout="stereo")
        else:
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block, np.float32), format="fltp", layout="stereo")
        frame.sample_rate = SAMPLE_RATE
        frame.pts = self._at
        frame.time_base = Fraction(1, SAMPLE_RATE)
        self._at += block.shape[1]
        self._out.mux(self._track.encode(frame))

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        try:
            if kind is None:
                self._out.mux(self._track.encode(None))
            self._out.close()
            if kind is None:
                self._part.replace(self._into)
        finally:
            self._part.unlink(missing_ok=True)
