"""JPEG: segments that say how long they are, coded pixels that do not, and a mark at the end. Source: ITU-T T.81, B.

Phones leave more pictures behind that end.
"""

from __future__ import annotations

from typing import BinaryIO

ALONE = (0x01, *range(0xD0, 0xD8))  # marks without a segment
END, SCAN = 0xD9, 0xDA


def known(head: bytes) -> bool:
    return head[:3] == b"\xff\xd8\xff"


def lacks(file: BinaryIO, length: int) -> str:
    """Is the end of the first picture there?"""
    data, at = file.read(), 2
    while 0 <= at < length - 1:
        mark = data[at + 1]
        if mark == END:
            return ""
        if mark == 0xFF or mark in ALONE:
            at += 1 if mark == 0xFF else 2
            continue
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
        if mark == SCAN:
            at = _behind(data, at)
        elif at < length and data[at] != 0xFF:  # no mark: whoever decodes it will say more
            return ""
    return "its end is missing"


def _behind(data: bytes, at: int) -> int:
    """The place of the mark behind coded pixels; -1 if there is none."""
    while (at := data.find(b"\xff", at)) >= 0:
        if at + 1 < len(data) and data[at + 1] not in (0, 0xFF, *ALONE):
            return at
        at += 1
    return -1
