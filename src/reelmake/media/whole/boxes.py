"""MP4, QuickTime and their like: a row of boxes that say how long they are.

What is no box may lie behind the last one: cameras leave records there. Source: ISO/IEC 14496-12, 4.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from reelmake.records import dataclass

FIRST = (b"ftyp", b"styp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"uuid")  # that files begin with
OTHERS = (b"moof", b"mfra", b"sidx", b"ssix", b"meta", b"udta", b"emsg", b"prft", b"pdin", b"imda", b"junk")
TOP = (*FIRST, *OTHERS)


@dataclass(frozen=True, slots=True)
class Box:
    """Where its content begins and where it ends, in bytes of the file."""

    kind: bytes
    begin: int
    end: int


def known(head: bytes) -> bool:
    return head[4:8] in FIRST


def lacks(file: BinaryIO, length: int) -> str:
    """Is the last box there to its end? A box of a kind that nobody knows is none."""
    for box in within(file, 0, length):
        if box.end > length and box.kind in TOP:  # none comes after that one
            return f"it is {length} bytes long and should be {box.end}"
    return ""


def films(file: BinaryIO, length: int) -> int:
    """How many films lie in it, one behind the other. In front of fragments the same index may stand again."""
    kinds = [box.kind for box in within(file, 0, length)]
    return 1 if b"moof" in kinds else kinds.count(b"moov")


def once(file: BinaryIO, length: int) -> bool:
    """Does no index stand in it again, among fragments?"""
    kinds = [box.kind for box in within(file, 0, length)]
    return b"moof" not in kinds or kinds.count(b"moov") < 2


def within(file: BinaryIO, begin: int, end: int) -> Iterator[Box]:
    """The boxes between two places, one after another; the last of them may go on behind `end`."""
    at = begin
    while at + 8 <= end:
        file.seek(at)
        head = file.read(16)
        size, content = int.from_bytes(head[:4]), at + 8
        if size == 1 and len(head) == 16:
            size, content = int.from_bytes(head[8:]), at + 16
        if size == 0 and head[4:8] in TOP:  # it goes on to the end
            size = end - at
        if at + size < content:
            return
        yield Box(head[4:8], content, at + size)
        at += size
