"""GIF: blocks, and a trailer behind the last of them. Source: GIF89a, appendix B."""

from __future__ import annotations

from typing import BinaryIO

EXTENSION, IMAGE = 0x21, 0x2C


def known(head: bytes) -> bool:
    return head[:6] in (b"GIF87a", b"GIF89a")


def lacks(file: BinaryIO, length: int) -> str:
    """Is the trailer there?"""
    head = file.read(13)
    _pass_table(file, head[10:11])
    while kind := file.read(1):
        if kind[0] == EXTENSION:
            file.seek(1, 1)
        elif kind[0] == IMAGE:
            _pass_table(file, file.read(9)[8:])
            file.seek(1, 1)
        else:  # the trailer, or no block: whoever decodes that will say more
            return ""
        while size := file.read(1):
            if not size[0]:
                break
            file.seek(size[0], 1)
    return "its end is missing"


def _pass_table(file: BinaryIO, flags: bytes) -> None:
    """Passes over a table of colours, if these flags say that there is one."""
    if flags and flags[0] & 0x80:
        file.seek(3 << (flags[0] & 7) + 1, 1)
