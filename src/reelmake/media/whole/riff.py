"""AVI, WAV and WebP: chunks that say how long they are; AIFF, which is the same with its bytes the other way round.

Whoever wrote one without being able to go back left 0 or the highest number for its length. Source: Multimedia
Programming Interface and Data Specifications 1.0; OpenDML AVI 1.02; EBU Tech 3306 (RF64).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Literal

UNSAID = (0, 0xFFFF_FFFF)
PIPED = range(0x7FFF_F000, 0x8000_0001)  # lengths of a sound that nobody knew the length of
LONG = (b"RF64", b"BW64")  # whose true lengths stand in a chunk of their own
FORMS = (b"AVI ", b"WAVE", b"WEBP", b"AIFF", b"AIFC")


def known(head: bytes) -> bool:
    return head[:4] in (b"RIFF", *LONG, b"FORM") and head[8:12] in FORMS


def lacks(file: BinaryIO, length: int) -> str:
    """Is the last part of an AVI there, all of a picture, or all samples of a sound?"""
    head = file.read(12)
    order: Literal["big", "little"] = "big" if head[:4] == b"FORM" else "little"
    if head[8:12] in (b"AVI ", b"WEBP"):
        end = max((end for _, end in _parts(file, length)), default=0)  # a long film has several; anything may follow
    else:
        end = _samples(file, length, order, long=head[:4] in LONG)
    return f"it is {length} bytes long and should be {end}" if end > length else ""


def films(file: BinaryIO, length: int) -> int:
    """How many lie in it, one behind the other; the parts of a long one are called otherwise."""
    return sum(form == b"AVI " for form, _ in _parts(file, length))


def _parts(file: BinaryIO, length: int) -> Iterator[tuple[bytes, int]]:
    """The form of each part, and where it ends."""
    at = 0
    while at + 12 <= length:
        file.seek(at)
        head = file.read(12)
        size = int.from_bytes(head[4:8], "little")
        if head[:4] != b"RIFF" or size in UNSAID:
            return
        at += 8 + size
        at += size % 2 if at < length else 0
        yield head[8:12], at


def _samples(file: BinaryIO, length: int, order: Literal["big", "little"], *, long: bool) -> int:
    """Where the samples of a sound end. What may follow them (titles, pictures) is not needed to hear it."""
    at, true = 12, 0
    while at + 8 <= length:
        file.seek(at)
        head = file.read(24)
        name, size = head[:4], int.from_bytes(head[4:8], order)
        if long and name == b"ds64":
            true = int.from_bytes(head[16:24], order)
        if name in (b"data", b"SSND"):
            if size == UNSAID[1] and true:
                size = true
            return length if size in UNSAID or size in PIPED else at + 8 + size
        at += 8 + size + size % 2
    return at  # it ends before they begin
