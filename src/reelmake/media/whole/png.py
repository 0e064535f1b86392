"""PNG: chunks, and an IEND behind the last of them. Source: ISO/IEC 15948."""

from __future__ import annotations

from typing import BinaryIO


def known(head: bytes) -> bool:
    return head[:8] == b"\x89PNG\r\n\x1a\n"


def lacks(file: BinaryIO, length: int) -> str:
    """Is the last chunk there to its end?"""
    at = 8
    while at + 12 <= length:
        file.seek(at)
        head = file.read(8)
        at += 12 + int.from_bytes(head[:4])
        if head[4:] == b"IEND":
            return ""
    return "its end is missing"
