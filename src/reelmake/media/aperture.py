"""The part of a picture that is meant to be seen, where a container says that it is not all of it.

FFmpeg's program cuts the rest off since version 7.1 and its libraries leave that to whoever calls them, so it is read
here and done by everybody. Source: ISO/IEC 14496-12, 12.1.4 (clap); RFC 9559, 5.1.4.1.28 (PixelCrop…).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from reelmake.media.whole import boxes, matroska
from reelmake.records import dataclass

if TYPE_CHECKING:
    from av import VideoStream

Matrix = tuple[tuple[int, int], tuple[int, int]]
TRACK, VIDEO = (b"moov", b"trak"), (b"mdia", b"minf", b"stbl", b"stsd")
HEAD = 78  # bytes of a picture's sample entry, before the boxes in it
SEGMENT, TRACKS, ENTRY, PICTURE = matroska.SEGMENT, 0x1654AE6B, 0xAE, 0xE0
SIDES = (0x54CC, 0x54BB, 0x54DD, 0x54AA)  # PixelCrop of left, top, right, bottom


@dataclass(frozen=True, slots=True)
class Aperture:
    """`width` and `height` in stored pixels, from the pixel (`x`, `y`) on."""

    width: int
    height: int
    x: int
    y: int

    def turned(self, size: tuple[int, int], matrix: Matrix) -> Aperture:
        """Where it lies when a picture of this size is shown as the matrix says."""
        (a, b), (c, d) = matrix

        def shown(x: int, y: int) -> tuple[int, int]:
            right, down = a * x + c * y, b * x + d * y
            return right >> 16, down >> 16

        whole = [shown(x, y) for x in (0, size[0]) for y in (0, size[1])]
        own = [shown(x, y) for x in (self.x, self.x + self.width) for y in (self.y, self.y + self.height)]
        left, top = (min(p[i] for p in own) - min(p[i] for p in whole) for i in (0, 1))
        across = abs(b) > abs(a)
        return Aperture(*((self.height, self.width) if across else (self.width, self.height)), left, top)


def of(file: Path, stream: VideoStream) -> Aperture | None:
    """Of a stream of pictures; None if all of it is to be seen, or what is said makes no sense."""
    with file.open("rb") as bytes_:
        head, length = bytes_.read(12), file.stat().st_size
        number = [s.index for s in stream.container.streams.video].index(stream.index)
        if boxes.known(head):
            found = _clap(bytes_, length, stream)
        elif matroska.known(head):
            found = _pixels(bytes_, length, number, stream)
        else:
            return None
    return found if found and (found.width, found.height) != (stream.width, stream.height) else None


def _clap(file: BinaryIO, length: int, stream: VideoStream) -> Aperture | None:
    for trak in _boxes(file, 0, length, TRACK):
        head = next(_boxes(file, trak.begin, trak.end, (b"tkhd",)), None)
        if head is None:
            continue
        file.seek(head.begin)
        said = file.read(24)
        place = 20 if said[:1] == b"\x01" else 12
        if int.from_bytes(said[place : place + 4]) != stream.id:
            continue
        for table in _boxes(file, trak.begin, trak.end, VIDEO):
            for entry in boxes.within(file, table.begin + 8, table.end):
                for clap in boxes.within(file, entry.begin + HEAD, entry.end):
                    if clap.kind == b"clap":
                        file.seek(clap.begin)
                        return _aperture(file.read(32), stream.width, stream.height)
    return None


def _aperture(said: bytes, width: int, height: int) -> Aperture | None:
    """Width, height and how far its middle is from the picture's: four ratios."""
    numbers = [int.from_bytes(said[at : at + 4], signed=True) for at in range(0, 32, 4)]
    if len(said) < 32 or any(below <= 0 for below in numbers[1::2]):
        return None
    wide, high, right, down = (Fraction(over, below) for over, below in zip(numbers[::2], numbers[1::2], strict=True))
    x, y = (width - wide) / 2 + right, (height - high) / 2 + down
    return _within(int(x), int(y), int(x + wide), int(y + high), width, height)


def _pixels(file: BinaryIO, length: int, number: int, stream: VideoStream) -> Aperture | None:
    tracks = next(_elements(file, 0, length, (SEGMENT, TRACKS)), None)
    pictures = list(_elements(file, tracks.begin, tracks.end or length, (ENTRY, PICTURE))) if tracks else []
    if number >= len(pictures):
        return None
    crop = dict.fromkeys(SIDES, 0)
    for element in matroska.within(file, pictures[number].begin, pictures[number].end or length):
        if element.id in crop and element.end is not None:
            file.seek(element.begin)
            crop[element.id] = int.from_bytes(file.read(min(8, element.end - element.begin)))
    left, top, right, bottom = crop.values()
    return _within(left, top, stream.width - right, stream.height - bottom, stream.width, stream.height)


def _within(left: int, top: int, right: int, bottom: int, width: int, height: int) -> Aperture | None:
    inside = 0 <= left < right <= width and 0 <= top < bottom <= height
    return Aperture(right - left, bottom - top, left, top) if inside else None


def _boxes(file: BinaryIO, begin: int, end: int, path: Sequence[bytes]) -> Iterator[boxes.Box]:
    """Those that a path leads to."""
    for box in boxes.within(file, begin, end):
        if box.kind == path[0]:
            yield from _boxes(file, box.begin, min(box.end, end), path[1:]) if path[1:] else (box,)


def _elements(file: BinaryIO, begin: int, end: int, path: Sequence[int]) -> Iterator[matroska.Element]:
    for element in matroska.within(file, begin, end):
        if element.id == path[0]:
            stop = min(end, element.end or end)
            yield from _elements(file, element.begin, stop, path[1:]) if path[1:] else (element,)
