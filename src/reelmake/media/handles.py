"""Handles: the frames behind a body that the join after it shows, kept as they were decoded until the join is made.

A clip with one keyframe has to be decoded from its beginning for its last half second, and the body before has just
done that; so it leaves those frames, uncompressed, beside the work in progress. Nobody counts on them: a join that
finds none decodes the clip itself, and makes the same bytes. Knows nothing of how frames are made, and of what for.
"""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

from reelmake.assemble.codecs import pixels
from reelmake.model.segment import Picture, Piece

ROOM = 1 << 30  # bytes that all of them may take together
SPARE = 8  # times a handle's bytes have to be free on the disk: it must not be what fills it
_WIDTH = {"yuv420p": 1.5, "yuv422p10le": 4, "yuv444p10le": 6}  # bytes a pixel


def place(folder: Path, clip: Path, piece: Piece, picture: Picture) -> Path | None:
    """Where the frames of `piece`, a handle, are left below `folder`; None if they hang on what else is shown.

    The name says which frames of which clip they are, and how they were conformed: others are not found there.
    """
    still = replace(piece, title=None, insets=(), move=None, whole=0, until=None, since=None)
    if still != piece:
        return None
    file = clip.stat()
    said = (str(clip.resolve()), file.st_mtime_ns, file.st_size, piece, picture.size, picture.fps, pixels(picture))
    return folder / f".handle-{hashlib.sha256(repr(said).encode()).hexdigest()[:32]}.nut"


def welcome(file: Path, frames: int, picture: Picture) -> bool:
    """Is there room for one of so many frames?"""
    size = int(frames * picture.size.width * picture.size.height * _WIDTH[pixels(picture)])
    taken = sum(other.stat().st_size for other in file.parent.glob(".handle-*"))
    return taken + size <= ROOM and shutil.disk_usage(file.parent).free >= SPARE * size
