"""Whether all of a file is there, as its own bytes say: a file a container.

Each knows how a container of its kind says where it ends, and what may lie behind that end. By content, never by name.
Containers that cannot say it (MPEG streams, and whatever was recorded live) are whole. Knows nothing of what a file
shows, or of decoders.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from reelmake.errors import LocalTool
from reelmake.media.whole import boxes, flac, flv, gif, jpeg, matroska, mp3, mxf, ogg, png, riff

KINDS = (boxes, matroska, riff, ogg, flac, flv, mxf, gif, png, jpeg, mp3)
FIRST_ONLY = (boxes, riff, flv)
TELL_ONCE = (boxes, matroska)
TIMELESS = (riff, flac, mxf, gif, png, jpeg)  # their times are counted
T = TypeVar("T")
HEAD = 16  # bytes by which a container is known


def check(file: Path) -> None:
    """Raises LocalTool if a file says itself that more belongs to it than is there, or has more in it than can be read.
    Others are left alone."""
    if said := lacks(file):
        raise LocalTool(f"{file.name} is cut off: {said}")
    if (count := films(file)) > 1:
        said = f"{file.name} holds {count} films one after another, and only the first can be read"
        raise LocalTool(f"{said}: cut it apart")


def lacks(file: Path) -> str:
    """What a file lacks by its own account, in a few words; "" if it is whole, not there, or does not say."""
    return _asked(file, lambda kind, bytes_, length: kind.lacks(bytes_, length), "")


def films(file: Path) -> int:
    """How many whole films lie in a file one behind the other, where only the first would be read."""
    return _asked(file, lambda kind, bytes_, length: kind.films(bytes_, length) if kind in FIRST_ONLY else 1, 1)


def once(file: Path) -> bool:
    """Is it known that only one recording is read of a file, so that its clock cannot start again in the middle?"""
    return _asked(file, lambda kind, *opened: kind.once(*opened) if kind in TELL_ONCE else kind in TIMELESS, False)


def _asked(file: Path, ask: Callable[[Any, BinaryIO, int], T], unknown: T) -> T:
    """What the container answers; `unknown` if it is none of ours, or not there."""
    try:
        length = file.stat().st_size
        with file.open("rb") as bytes_:
            head = bytes_.read(HEAD)
            kind = next((kind for kind in KINDS if kind.known(head)), None)
            bytes_.seek(0)
            return ask(kind, bytes_, length) if kind else unknown
    except OSError:
        return unknown
