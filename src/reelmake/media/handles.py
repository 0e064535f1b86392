"""Handles: the frames behind a body that the join after it shows, kept as they were decoded until the join is made.

A clip with one keyframe has to be decoded from its beginning for its last half second, and the body before has just
done that; so it leaves those frames, uncompressed, beside the work in progress. Nobody counts on them: a join that
finds none decodes the clip itself, and makes the same bytes. Knows nothing of how frames are made, and of what for.
"""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from reelmake.model.segment import Piece, VideoFormat

ROOM = 1 << 30  # bytes that all of them may take together
SPARE = 8  # times a handle's bytes have to be free on the disk: it must not be what fills it
_WIDTH = {"yuv420p": 1.5, "yuv422p10le": 4, "yuv444p10le": 6}  # bytes a pixel


def place(folder: Path, clip: Path, piece: Piece, picture: VideoFormat, bars: Fraction | None = None) -> Path | None:
    """Where the frames of `piece`, a handle, go below `folder`; None if they depend on what else is shown, or read.

    The name says which frames of which clip they are, how they were conformed, and between which `bars` a slate lies:
    others are not found there.
    """
    if replace(piece, title=None, insets=(), move=None, whole=0, look=False, until=None, since=None) != piece:
        return None
    file = clip.stat()
    whence = (str(clip.resolve()), file.st_mtime_ns, file.st_size)
    said = (whence, piece, picture.size, picture.fps, picture.pixels, bars)
    return folder / f".handle-{hashlib.sha256(repr(said).encode()).hexdigest()[:32]}.nut"


def welcome(file: Path, frames: int, picture: VideoFormat) -> bool:
    """Is there room for one of so many frames?"""
    size = int(frames * picture.size.width * picture.size.height * _WIDTH[picture.pixels])
    taken = sum(other.stat().st_size for other in file.parent.glob(".handle-*"))
    return taken + size <= ROOM and shutil.disk_usage(file.parent).free >= SPARE * size
