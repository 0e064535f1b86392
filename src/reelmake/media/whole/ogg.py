"""Ogg: pages, of which the last of every stream says that it is. Source: RFC 3533.

Streams may follow one another in a file, as a radio sends them; it is the last ones that have to end.
"""

from __future__ import annotations

from typing import BinaryIO

FIRST, LAST = 2, 4  # flags of a page


def known(head: bytes) -> bool:
    return head[:4] == b"OggS"


def lacks(file: BinaryIO, length: int) -> str:
    """Is the last page there to its end, and did every stream end?"""
    at = 0
    going: set[bytes] = set()
    while at + 27 <= length:
        file.seek(at)
        head = file.read(27 + 255)
        if head[:4] != b"OggS":  # something else lies behind the last page
            break
        sizes = head[27 : 27 + head[26]]
        if head[5] & FIRST:
            going.add(head[14:18])
        if head[5] & LAST:
            going.discard(head[14:18])
        at += 27 + head[26] + sum(sizes)
        if len(sizes) < head[26] or at > length:
            return f"it is {length} bytes long, and its last page goes on to {max(at, length + 1)}"
    return "its last page is missing" if going else ""
