"""Writing and reading clips: H.264 with AAC in mp4, byte for byte the same for the same frames and samples.

Knows nothing of scenes.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from reelmake.media import streams
from reelmake.media.probe import opened
from reelmake.model import time
from reelmake.model.time import SAMPLE_RATE
from reelmake_sketch.paint.plate import Bytes2D

_GOP = 48
_BT709 = 1


class ClipWriter:
    """Frames and samples in, one mp4 out, at a constant rate; the sound is as long as the frames, to the sample."""

    def __init__(self, into: Path, width: int, height: int, fps: Fraction) -> None:
        # bitexact: no version, date or machine in the file
        self._file: Any = av.open(
            str(into), "w", format="mp4", options={"movflags": "+faststart", "fflags": "+bitexact"}
        )
        self._fps = fps
        self._video: Any = self._file.add_stream("libx264", rate=fps)
        self._video.width, self._video.height, self._video.pix_fmt = width, height, "yuv420p"
        context = self._video.codec_context
        context.thread_count = 1
        context.colorspace, context.color_range = _BT709, 1
        context.color_primaries, context.color_trc = _BT709, _BT709
        # closed groups of two seconds; cpu-independent: the same bytes whatever the processor's vector units
        self._video.options = {
            "preset": "ultrafast",
            "crf": "19",
            "x264-params": f"keyint={_GOP}:min-keyint={_GOP}:scenecut=0:open-gop=0:cpu-independent=1:threads=1"
            ":no-deblock=0:deblock=0,0:subme=1",
            "flags": "+bitexact",
        }
        self._sound: Any = self._file.add_stream("aac", rate=SAMPLE_RATE, layout="stereo")
        self._sound.bit_rate = 128_000
        self._sound.options = {"flags": "+bitexact", "aac_coder": "fast"}  # a quiet bed has nothing to search for
        self._size = (width, height)
        self._frames = self._samples = 0

    def __enter__(self) -> ClipWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            for stream in (self._video, self._sound):
                self._file.mux(stream.encode(None))
        self._file.close()

    def frame(self, luma: Bytes2D, u: Bytes2D, v: Bytes2D) -> None:
        picture: Any = av.VideoFrame(*self._size, "yuv420p")
        for plane, pixels in zip(picture.planes, (luma, u, v), strict=True):
            target = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
            target[:, : plane.width] = pixels
        picture.pts = self._frames
        picture.time_base = 1 / self._fps
        picture.colorspace, picture.color_range = _BT709, 1
        self._frames += 1
        self._file.mux(self._video.encode(picture))

    def sound(self, samples: NDArray[np.float32]) -> None:
        """`samples` (2, n), -1..1. Called as often as you like, in order."""
        for at in range(0, samples.shape[1], 1024):
            piece = np.ascontiguousarray(samples[:, at : at + 1024])
            frame: Any = av.AudioFrame.from_ndarray(piece, format="fltp", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, self._samples, Fraction(1, SAMPLE_RATE)
            self._samples += piece.shape[1]
            self._file.mux(self._sound.encode(frame))


def length(source: Path, fps: Fraction) -> int:
    """How many frames a clip makes at a rate (at least 1)."""
    with opened(source) as file:
        stream: Any = streams.shown(file)
        last = Fraction(0)
        count = 0
        for packet in file.demux(stream):
            if packet.pts is not None:
                count += 1
                last = max(last, (packet.pts + (packet.duration or 0)) * stream.time_base)
        start = (stream.start_time or 0) * stream.time_base
        exact = stream.average_rate == fps
    if exact:
        return max(1, count)
    return max(1, time.nearest((last - start) * fps))


def frames(
    source: Path, width: int, height: int, count: int, fps: Fraction, speed: Fraction = Fraction(1)
) -> Iterator[Any]:
    """`count` pictures of a clip at a rate as (Y, U, V), scaled to cover the frame; the last one is held if it ends.

    `speed` is how much of the clip's time passes in a frame's time.
    """
    with opened(source) as file:
        stream: Any = streams.shown(file)
        start = (stream.start_time or 0) * stream.time_base
        decoded = iter(file.decode(stream))
        shown: Any = next(decoded)
        ahead: Any = next(decoded, None)
        picture, of = _covering(shown, width, height), shown
        for n in range(count):
            want = start + n * speed / fps + Fraction(1, 1000)
            while ahead is not None and ahead.pts * stream.time_base <= want:
                shown, ahead = ahead, next(decoded, None)
            if shown is not of:
                picture, of = _covering(shown, width, height), shown
            yield picture


def _covering(frame: Any, width: int, height: int) -> tuple[Bytes2D, Bytes2D, Bytes2D]:
    if (frame.width, frame.height) != (width, height) or frame.format.name != "yuv420p":
        scale = max(width / frame.width, height / frame.height)
        wide, tall = _even_up(frame.width * scale), _even_up(frame.height * scale)
        frame = frame.reformat(max(wide, width), max(tall, height), "yuv420p", interpolation="BICUBIC")
    planes = []
    for n, plane in enumerate(frame.planes):
        pixels = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]
        w, h = (width, height) if n == 0 else (width // 2, height // 2)
        x, y = (pixels.shape[1] - w) // 2, (pixels.shape[0] - h) // 2
        planes.append(pixels[y : y + h, x : x + w].copy())
    return planes[0], planes[1], planes[2]


def _even_up(value: float) -> int:
    return int(-(-round(value, 3) // 2)) * 2


def sound(source: Path, samples: int) -> NDArray[np.float32] | None:
    """The first `samples` of a clip's sound as (2, samples) at 48 kHz, padded with silence; None if it has none."""
    with opened(source) as file:
        if (heard := streams.audible(file)) is None:
            return None
        one = heard.layout.nb_channels == 1  # kept as loud as it is on both sides: FFmpeg would take 3 dB
        resampler: Any = av.AudioResampler(format="fltp", layout="mono" if one else "stereo", rate=SAMPLE_RATE)
        pieces = [p.to_ndarray() for f in file.decode(heard) for p in resampler.resample(f)]
        pieces += [p.to_ndarray() for p in resampler.resample(None)]
    whole = np.zeros((2, samples), np.float32)
    at = 0
    for piece in pieces:
        n = min(piece.shape[1], samples - at)
        whole[:, at : at + n] = piece[:, :n]
        at += n
    return whole
