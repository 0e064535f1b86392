"""Sound by samples: what one clip sounds like from a place on, and files that are there whole or not at all.

Knows nothing of cuts and of pictures.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import av.filter
import numpy as np
import numpy.typing as npt

from reelmake.media.probe import begins, opened
from reelmake.media.streams import audible
from reelmake.model.time import SAMPLE_RATE, nearest
from reelmake.scratch import discard

if TYPE_CHECKING:
    from av import AudioStream
    from av.container import InputContainer

Samples = npt.NDArray[np.float32]  # shape (2, n)

BLOCK = 1 << 14  # samples handled at once, 0.3 s
HOLE = 0.015  # seconds: sound that comes later or sooner than this is put where it belongs
LATE = "512S:all=1"  # samples by which atempo would give everything too early
TURNED = 30 * SAMPLE_RATE  # of what is heard backwards
EDGE = 192  # samples of a fade where sound is cut off, 4 ms: without it the jump would click


def decoded(file: Path, start: Fraction, speed: Fraction = Fraction(1)) -> Iterator[Samples]:
    """The clip's sound from `start` seconds after its first frame on, in blocks; silence where it has none.

    At another `speed` it is as high as it was.
    """
    pieces = _from(file, start)
    return _gathered(pieces if speed == 1 else _paced(pieces, speed))


def backwards(file: Path, start: Fraction, speed: Fraction, count: int) -> Iterator[Samples]:
    """The `count` samples from there on, the last of them first; silence for those that the clip has not."""
    while count > 0:
        first = max(0, count - TURNED)
        missing, found = count - first, []
        for block in decoded(file, start + Fraction(first, SAMPLE_RATE) * speed, speed):
            found.append(block[:, :missing])
            missing -= found[-1].shape[1]
            if not missing:
                break
        found.append(np.zeros((2, missing), np.float32))
        yield np.ascontiguousarray(np.concatenate(found, axis=1)[:, ::-1])
        count = first


def _from(file: Path, start: Fraction) -> Iterator[Samples]:
    with opened(file, packets=True) as container:
        stream = audible(container)
        if stream is None:
            return
        zero = begins(file)
        if start > 10:
            container.seek(int((zero + start - 4) * 1_000_000), backward=True)
        end = _end(container, stream, zero)
        at = int(start * SAMPLE_RATE)  # the sample of the clip's time line that is heard next
        place = at  # of the piece that was decoded
        for since, block in _resampled(container, stream):
            if since is not None:
                place = nearest((since - zero) * SAMPLE_RATE)
                yield from _silence(place - at)
                at = max(at, place)
            heard = block[:, max(0, at - place) : None if end is None else max(0, end - place)]
            place += block.shape[1]
            at += heard.shape[1]
            if heard.shape[1]:
                yield heard


def _gathered(pieces: Iterable[Samples]) -> Iterator[Samples]:
    """The same samples in larger blocks: decoders give a thousand at once, and each block costs time of its own."""
    held: list[Samples] = []
    count = 0
    for piece in pieces:
        held.append(piece)
        count += piece.shape[1]
        if count >= BLOCK:
            yield np.concatenate(held, axis=1)
            held, count = [], 0
    if held:
        yield np.concatenate(held, axis=1)


def _paced(blocks: Iterator[Samples], speed: Fraction) -> Iterator[Samples]:
    """The same sound `speed` times as fast, as high as it was."""
    graph = av.filter.Graph()
    layout = {"sample_rate": SAMPLE_RATE, "sample_fmt": "fltp", "channel_layout": "stereo"}
    source = graph.add("abuffer", time_base=f"1/{SAMPLE_RATE}", **{name: str(value) for name, value in layout.items()})
    tempo = [step for part in _parts(speed) for step in (("adelay", LATE), ("atempo", f"{float(part):.6f}"))]
    planar = ("aformat", "sample_fmts=fltp:channel_layouts=stereo")  # atempo gives both channels in one plane
    chain = [source, *(graph.add(*step) for step in (*tempo, planar)), graph.add("abuffersink")]
    for before, after in pairwise(chain):
        before.link_to(after)
    graph.configure()
    at = 0
    for block in blocks:
        source.push(framed(block, at))
        at += block.shape[1]
        yield from _pulled(chain[-1])
    source.push(None)
    yield from _pulled(chain[-1])


def framed(values: npt.NDArray[Any], at: int, form: str = "fltp") -> av.AudioFrame:
    """Samples as encoders and filters take them; `at`: the first of them."""
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(values), format=form, layout="stereo")
    frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, at, Fraction(1, SAMPLE_RATE)
    return frame


def _parts(speed: Fraction) -> list[Fraction]:
    """Factors for the filter: it takes none slower than half, and leaves sound out above double."""
    parts = []
    while not Fraction(1, 2) <= speed <= 2:
        parts.append(Fraction(1, 2) if speed < 1 else Fraction(2))
        speed /= parts[-1]
    return [*parts, speed]


def _pulled(sink: Any) -> Iterator[Samples]:
    with contextlib.suppress(av.error.BlockingIOError, av.error.EOFError):
        while True:
            yield np.ascontiguousarray(sink.pull().to_ndarray(), np.float32)


def _resampled(container: InputContainer, stream: AudioStream) -> Iterator[tuple[Fraction | None, Samples]]:
    """(Seconds in the file at which a run of sound begins, None inside one; samples) of every piece.

    A mono clip is heard on both sides, as loud as it is.
    """
    since: Fraction | None = None
    run, due, resampler = None, 0.0, None
    for frame in _frames(container, stream):
        kind = None if frame is None else (frame.format.name, frame.layout.name, frame.sample_rate)
        at = due if frame is None or frame.time is None else frame.time
        if resampler is not None and (kind != run or abs(at - due) > HOLE):
            for block in _pieces(resampler, None):
                yield since, block
                since = None
            resampler = None
        if frame is None:
            return
        if resampler is None:
            run, due, since = kind, at, (frame.pts or 0) * Fraction(frame.time_base or 0)
            to = "mono" if frame.layout.nb_channels == 1 else "stereo"
            resampler = av.AudioResampler(format="fltp", layout=to, rate=SAMPLE_RATE)
        due += frame.samples / frame.sample_rate
        for block in _pieces(resampler, frame):
            yield since, block
            since = None


def _pieces(resampler: av.AudioResampler, frame: av.AudioFrame | None) -> Iterator[Samples]:
    for piece in resampler.resample(frame):
        block = np.ascontiguousarray(piece.to_ndarray(), np.float32)
        if not np.isfinite(block).all():  # a float file may have anything; what is no number is not heard
            block = np.nan_to_num(block, nan=0.0, posinf=0.0, neginf=0.0)
        yield np.repeat(block, 2, axis=0) if block.shape[0] == 1 else block


def _end(container: InputContainer, stream: AudioStream, zero: Fraction) -> int | None:
    """The sample at which the sound ends: what an encoder padded its last packet with is not sound."""
    if "mp4" not in container.format.name or stream.duration is None:
        return None
    return nearest(
        ((stream.start_time or 0) + stream.duration) * Fraction(stream.time_base or 0) * SAMPLE_RATE
    ) - nearest(zero * SAMPLE_RATE)


def _frames(container: InputContainer, stream: AudioStream) -> Iterator[av.AudioFrame | None]:
    """Decoded frames and, last, a None. A packet that is damaged is left out."""
    with contextlib.suppress(av.error.FFmpegError):  # the file ends here; the probe judges whole clips
        for packet in container.demux(stream):
            with contextlib.suppress(av.error.FFmpegError):
                yield from packet.decode()
    yield None


def _silence(count: int) -> Iterator[Samples]:
    while count > 0:
        yield np.zeros((2, min(count, BLOCK)), np.float32)
        count -= BLOCK


class SoundWriter:
    """Encodes blocks of float samples into a file that is there whole or not at all; or takes packets that are."""

    def __init__(self, into: Path, container: str, codec: str, layout: str, bitrate: int = 0) -> None:
        self._into, self._part = into, into.with_name(f".{into.name}.part")
        exact = {"movie_timescale": str(SAMPLE_RATE)} if container == "ipod" else {}
        self._out = av.open(str(self._part), "w", format=container, options={"fflags": "+bitexact", **exact})
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

    def __enter__(self) -> SoundWriter:
        return self

    def write(self, block: Samples) -> None:
        if not block.shape[1]:
            return
        if self._whole:
            ints = np.clip(np.rint(block.astype(np.float64) * (1 << 31)), -(1 << 31), (1 << 31) - 256)
            values = np.ascontiguousarray(ints.astype(np.int64).astype(np.int32).T).reshape(1, -1)
            frame = framed(values, self._at, "s32")
        else:
            frame = framed(block.astype(np.float32, copy=False), self._at)
        self._at += block.shape[1]
        self._out.mux(self._track.encode(frame))

    def add(self, packets: Iterable[Any]) -> None:
        """Packets that were encoded elsewhere, just as this writer would have."""
        for packet in packets:
            packet.stream = self._track
            self._out.mux(packet)

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        try:
            if kind is None:
                self._out.mux(self._track.encode(None))
            self._out.close()
            if kind is None:
                self._part.replace(self._into)
        finally:
            discard(self._part)
