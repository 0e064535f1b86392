"""Flash video: tags that say how long they are. Source: Adobe Flash Video File Format 10.1, annex E."""

from __future__ import annotations

from typing import BinaryIO

KINDS = (8, 9, 18)  # sound, picture, data


def known(head: bytes) -> bool:
    return head[:4] == b"FLV\1"


def lacks(file: BinaryIO, length: int) -> str:
    """Is the last tag there to its end?"""
    _, at = _read(file, length)
    file.seek(at)
    begins = any(kind & 31 in KINDS for kind in file.read(1))  # another tag
    return "" if at <= length and not begins else f"it is {length} bytes long, and ends within a tag"


def films(file: BinaryIO, length: int) -> int:
    """How many lie in it, one behind the other, as a recorder leaves them that lost its line."""
    return _read(file, length)[0]


def _read(file: BinaryIO, length: int) -> tuple[int, int]:
    """How many headers there are, and where the last tag ends."""
    at, count = 0, 0
    while at + 11 <= length:
        file.seek(at)
        head = file.read(11)
        if head[:4] == b"FLV\1":
            at, count = at + int.from_bytes(head[5:9]) + 4, count + 1
        elif head[0] & 31 in KINDS:
            at += 11 + int.from_bytes(head[1:4]) + 4
        else:  # something else lies behind the last one
            break
    return count, at
