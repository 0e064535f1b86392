"""Whether all of a file is there, as its own bytes say: a file a container.

Each knows how a container of its kind says where it ends, and what may lie behind that end. By content, never by name.
Containers that cannot say it (MPEG streams, and whatever was recorded live) are whole. Knows nothing of what a file
shows, or of decoders.
"""

from __future__ import annotations

from pathlib import Path

from reelmake.errors import LocalTool
from reelmake.media.whole import boxes, flac, flv, gif, jpeg, matroska, mp3, mxf, ogg, png, riff

KINDS = (boxes, matroska, riff, ogg, flac, flv, mxf, gif, png, jpeg, mp3)
HEAD = 16  # bytes by which a container is known


def check(file: Path) -> None:
    """Raises LocalTool if a file says itself that more belongs to it than is there. Others are left alone."""
    if said := lacks(file):
        raise LocalTool(f"{file.name} is cut off: {said}")


def lacks(file: Path) -> str:
    """What a file lacks by its own account, in a few words; "" if it is whole, not there, or does not say."""
    try:
        length = file.stat().st_size
        with file.open("rb") as bytes_:
            head = bytes_.read(HEAD)
            kind = next((kind for kind in KINDS if kind.known(head)), None)
            bytes_.seek(0)
            return kind.lacks(bytes_, length) if kind else ""
    except OSError:
        return ""
