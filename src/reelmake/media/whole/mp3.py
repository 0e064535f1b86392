"""MP3: most encoders say in the first frame how many bytes there are. Tags may lie before and behind them.

Source: the headers that Xing ("Xing", "Info") and Fraunhofer ("VBRI") leave; ID3v2.
"""

from __future__ import annotations

from typing import BinaryIO

BYTES = 2  # flag: their number is given


def known(head: bytes) -> bool:
    return head[:3] == b"ID3" or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2)


def lacks(file: BinaryIO, length: int) -> str:
    """Are all bytes there that the first frame speaks of?"""
    begin = 0
    tag = file.read(10)
    while tag[:3] == b"ID3" and len(tag) == 10:
        begin += 10 + sum((byte & 127) << 7 * n for n, byte in enumerate(reversed(tag[6:10]))) + 10 * (tag[5] >> 4 & 1)
        file.seek(begin)
        tag = file.read(10)
    file.seek(begin)
    frame = file.read(192)
    if not known(frame):
        return ""
    end = begin + _bytes(frame)
    return f"it is {length} bytes long and should be {end}" if end > length else ""


def _bytes(frame: bytes) -> int:
    """How many there are from the first frame on; 0 if it does not say."""
    for name in (b"Xing", b"Info"):
        if (at := frame.find(name, 4, 44)) > 0:
            flags = int.from_bytes(frame[at + 4 : at + 8])
            place = at + 8 + 4 * (flags & 1)
            return int.from_bytes(frame[place : place + 4]) if flags & BYTES else 0
    return int.from_bytes(frame[46:50]) if frame[36:40] == b"VBRI" else 0
