"""MXF: its header says where its footer lies, and each part how long it is. Source: SMPTE ST 377-1, ST 336."""

from __future__ import annotations

from typing import BinaryIO

KEY = bytes.fromhex("060e2b34")  # what every part begins with
PACK = KEY + bytes.fromhex("020501010d0102010102")  # a header's partition pack, whatever its state


def known(head: bytes) -> bool:
    return head[:14] == PACK


def lacks(file: BinaryIO, length: int) -> str:
    """Is all there from the footer on? What is still being written does not say where that will be."""
    begin, _ = _part(file, 0)
    file.seek(begin + 24)
    at = int.from_bytes(file.read(8))
    while 0 < at < length:
        begin, size = _part(file, at)
        if not begin:  # something else lies behind the last part
            return ""
        at = begin + size
    return f"it is {length} bytes long, and a part of it ends at {at}" if at > length else ""


def _part(file: BinaryIO, at: int) -> tuple[int, int]:
    """Where the content of a part begins, and how many bytes it has; (0, 0) if there is none."""
    file.seek(at)
    head = file.read(25)
    if head[:4] != KEY or len(head) < 17:
        return 0, 0
    width = head[16] & 127 if head[16] & 128 else 0  # bytes of its length, or that is the length itself
    return at + 17 + width, int.from_bytes(head[17 : 17 + width]) if width else head[16]
