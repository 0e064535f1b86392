"""Matroska and WebM: elements that say how long they are, unless they were written live.

Source: RFC 8794 (EBML), RFC 9559 (Matroska).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from reelmake.records import dataclass

EBML, SEGMENT = 0x1A45DFA3, 0x18538067  # a file's head, and all that follows it


@dataclass(frozen=True, slots=True)
class Element:
    """Where its content begins and where it ends, in bytes of the file; None = it does not say."""

    id: int
    begin: int
    end: int | None


def known(head: bytes) -> bool:
    return head[:4] == EBML.to_bytes(4)


def lacks(file: BinaryIO, length: int) -> str:
    """Is every segment there that says how long it is? Anything may lie behind the last one."""
    for element in within(file, 0, length):
        if element.id == SEGMENT and element.end is not None and element.end > length:
            return f"it is {length} bytes long and should be {element.end}"
    return ""


def once(file: BinaryIO, length: int) -> bool:
    """Does one film lie in it, which was written by somebody who knew in the end how long it had become?"""
    ends = [element.end for element in within(file, 0, length) if element.id == SEGMENT]
    return len(ends) < 2 and None not in ends


def within(file: BinaryIO, begin: int, end: int) -> Iterator[Element]:
    """The elements between two places, one after another; one that does not say how long it is, is the last."""
    at = begin
    while at < end:
        file.seek(at)
        head = file.read(12)
        width = _width(head, 4)
        size = _width(head[width:], 8) if width else 0
        if not size:
            return
        number = int.from_bytes(head[width : width + size]) & ((1 << 7 * size) - 1)
        content = at + width + size
        at = content + number
        unsaid = number == (1 << 7 * size) - 1
        yield Element(int.from_bytes(head[:width]), content, None if unsaid else at)
        if unsaid:
            return


def _width(head: bytes, most: int) -> int:
    """Of a number of variable length, in bytes; 0 if there is none, or one that is too long."""
    width = 9 - head[0].bit_length() if head else 0
    return width if width <= min(most, len(head)) else 0
