"""Paints the clips: flat colours told by the recipe, a bar that moves, a counter of frames, a quiet tone.

Real mp4 of exactly the size and length, at 24 frames a second, and the same bytes for the same recipe.
Knows nothing of jobs and of HTTP.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from io import BytesIO
from itertools import repeat
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image, UnidentifiedImageError

from reelmake_fake.recipe import FPS, Recipe

_SAMPLES = 48_000
_GLYPHS = {
    "0": "111101101101111",
    "1": "010110010010111",
    "2": "111001111100111",
    "3": "111001111001111",
    "4": "101101111001001",
    "5": "111100111001111",
    "6": "111100111101111",
    "7": "111001010010010",
    "8": "111101111101111",
    "9": "111101111001111",
}
_UPLOADED = {"protocol_whitelist": "file", "format_whitelist": "mov,matroska"}
_PICTURES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}

Plane = Any  # numpy array of a yuv420p frame: height * 3/2 rows of luma, then the chroma
"""av and numpy publish no types that fit together here."""


class Unusable(Exception):
    """An upload is not what it should be."""


def picture(body: bytes) -> tuple[int, int, str]:
    """Width, height and media type of an uploaded picture. Raises Unusable."""
    try:
        with Image.open(BytesIO(body), formats=tuple(_PICTURES)) as image:
            image.load()
            kind = _PICTURES.get(image.format or "")
            if kind:
                return image.width, image.height, kind
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise Unusable("it is not a picture that can be read") from error
    raise Unusable("it is neither image/jpeg nor image/png nor image/webp")


def length(file: Path) -> tuple[int, int, Fraction]:
    """Width, height and seconds of an uploaded clip, to the frame of ours. Raises Unusable."""
    try:
        with av.open(f"file:{file}", options=_UPLOADED) as container:
            stream = container.streams.video[0]
            count = sum(1 for packet in container.demux(stream) if packet.size)
            rate = Fraction(stream.average_rate or FPS)
            wide, high = stream.codec_context.width, stream.codec_context.height
    except (av.error.FFmpegError, IndexError) as error:
        raise Unusable("it is not a video that can be read") from error
    seconds = Fraction(round(count / rate * FPS), FPS)
    if not seconds or wide % 2 or high % 2:
        raise Unusable("it has no picture of even width and height")
    return wide, high, seconds


def render(recipe: Recipe, into: Path, *, image: Path | None, source: Path | None) -> None:
    """Writes the clip whole or not at all. `image`, `source`: the files that the recipe names."""
    part = into.with_name(f".{into.name}.part")
    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    with av.open(str(part), "w", format="mp4", options=options) as out:
        x264 = {"preset": "ultrafast", "tune": "zerolatency", "crf": "23"}
        video: Any = out.add_stream("libx264", rate=FPS, options=x264)
        video.width, video.height, video.pix_fmt, video.gop_size = recipe.width, recipe.height, "yuv420p", 2 * FPS
        video.codec_context.color_primaries = video.codec_context.color_trc = video.codec_context.colorspace = (
            1  # BT.709
        )
        video.codec_context.color_range = 1  # as on television
        video.thread_count = 1  # two machines with different cores should paint the same bytes
        audio: Any = out.add_stream("aac", rate=_SAMPLES, layout="mono", options={"aac_coder": "fast"})
        audio.bit_rate = 64_000
        for number, plane in enumerate(_planes(recipe, image, source)):
            frame = av.VideoFrame.from_ndarray(plane, format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            for packet in video.encode(frame):
                out.mux(packet)
        for packet in video.encode():
            out.mux(packet)
        for sound in _tone(recipe):
            for packet in audio.encode(sound):
                out.mux(packet)
        for packet in audio.encode():
            out.mux(packet)
    part.replace(into)


def thumbnail(clip: Path, into: Path) -> None:
    """The first frame as WebP, at most 640 pixels wide."""
    with av.open(str(clip)) as container:
        frame: Any = next(container.decode(video=0))
        first: Image.Image = frame.to_image()
    first.thumbnail((640, 640))
    first.save(into, "WEBP", quality=80)


def spritesheet(clip: Path, into: Path) -> None:
    """One small frame a second, ten in a row, as JPEG."""
    with av.open(str(clip)) as container:
        decoded: Any = container.decode(video=0)
        frames: list[Image.Image] = [frame.to_image() for i, frame in enumerate(decoded) if i % FPS == 0]
    for frame in frames:
        frame.thumbnail((160, 160))
    wide, high = frames[0].size
    sheet = Image.new("RGB", (wide * min(10, len(frames)), high * -(-len(frames) // 10)))
    for i, frame in enumerate(frames):
        sheet.paste(frame, (i % 10 * wide, i // 10 * high))
    sheet.save(into, "JPEG", quality=80)


def _planes(recipe: Recipe, image: Path | None, source: Path | None) -> Iterator[Plane]:
    wide, high, digest = recipe.width, recipe.height, bytes.fromhex(recipe.digest)
    new = round(recipe.seconds * FPS)
    ground = _picture(image, wide, high) if image else _flat(wide, high, digest)
    if recipe.operation == "create" or source is None:
        grounds: Iterator[Plane] = repeat(ground, new)
    elif recipe.operation == "extend":
        for ground in _frames(source, wide, high, round(recipe.source_seconds * FPS)):
            yield ground
        grounds = repeat(ground, new)
    else:
        grounds = (_tinted(plane, high, digest) for plane in _frames(source, wide, high, new))
    for number, plane in enumerate(grounds):
        untouched = number == 0 and image is not None  # the first frame is the picture that was given
        yield plane if untouched else _marked(plane, wide, high, number, new)


def _flat(wide: int, high: int, digest: bytes) -> Plane:
    plane = np.empty((high * 3 // 2, wide), np.uint8)
    plane[: high // 2] = 60 + digest[0] // 2
    plane[high // 2 : high] = 50 + digest[1] // 2
    plane[high : high + high // 4] = 64 + digest[2] // 2
    plane[high + high // 4 :] = 64 + digest[3] // 2
    return plane


def _picture(file: Path, wide: int, high: int) -> Plane:
    painted: Any = av.VideoFrame
    with Image.open(file, formats=tuple(_PICTURES)) as image:
        frame = painted.from_image(image.convert("RGB"))
    return frame.reformat(wide, high, "yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG").to_ndarray()


def _tinted(plane: Plane, high: int, digest: bytes) -> Plane:
    tinted = plane.copy()
    tinted[high:] = (plane[high:].astype(np.int16) * 3 // 4 + digest[2] // 4).astype(np.uint8)
    return tinted


def _marked(plane: Plane, wide: int, high: int, number: int, frames: int) -> Plane:
    marked = plane.copy()
    bar = max(2, wide // 40)
    left = (wide - bar) * number // max(1, frames - 1)
    marked[high * 3 // 4 : high, left : left + bar] = 235
    dot = max(1, high // 90)
    for place, digit in enumerate(f"{number:04d}"):
        shape = _digit(digit, dot)
        at = (2 + 4 * place) * dot
        window = marked[2 * dot : 7 * dot, at : at + 3 * dot]
        window[shape[: window.shape[0], : window.shape[1]]] = 235
    return marked


@cache
def _digit(digit: str, dot: int) -> Plane:
    """Where its dots are, each so many pixels wide and high."""
    glyph = np.array([bit == "1" for bit in _GLYPHS[digit]]).reshape(5, 3)
    return np.kron(glyph, np.ones((dot, dot), bool))


def _frames(file: Path, wide: int, high: int, count: int) -> Iterator[Plane]:
    """`count` frames at our rate; a clip that ends too early holds its last one."""
    with av.open(str(file)) as container:
        rate = Fraction(container.streams.video[0].average_rate or FPS)
        number, plane = 0, None
        for i, frame in enumerate(container.decode(video=0)):
            plane = frame.reformat(wide, high, "yuv420p").to_ndarray()
            due = min(count, round((i + 1) / rate * FPS)) - number
            yield from repeat(plane, due)
            number += due
        if plane is not None:
            yield from repeat(plane, count - number)


def _tone(recipe: Recipe) -> Iterator[Any]:
    samples = round(recipe.total * _SAMPLES)
    pitch = 110 * 2 ** (bytes.fromhex(recipe.digest)[4] % 25 / 12)
    whole = (0.03 * np.sin(np.arange(samples) * (2 * np.pi * pitch / _SAMPLES))).astype(np.float32)
    for at in range(0, samples, 1024):
        frame: Any = av.AudioFrame.from_ndarray(whole[None, at : at + 1024], format="fltp", layout="mono")
        frame.rate, frame.pts, frame.time_base = _SAMPLES, at, Fraction(1, _SAMPLES)
        yield frame
