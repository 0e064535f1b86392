"""Pictures that loose shots are given as content: bytes, open files, images of other libraries; each a file by its
digest, so that what is the same picture makes the same order. Knows nothing of shots.
"""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path
from typing import BinaryIO, Protocol, runtime_checkable

from reelmake.model.http import sniff
from reelmake.store.disk import explained, make_folder, write_whole

FOLDER = "pictures"  # of the state: whoever gives a picture again brings it along, so it may be removed at any time


@runtime_checkable
class Readable(Protocol):
    """An open file, or what is read like one."""

    def read(self) -> bytes: ...


@runtime_checkable
class Savable(Protocol):
    """An image as Pillow has it."""

    def save(self, fp: BinaryIO, /, format: str) -> object: ...  # noqa: A002 (as Pillow calls it)


Picture = str | os.PathLike[str] | bytes | Readable | Savable


def content(picture: object) -> bytes | None:
    """The bytes of a picture that was given as such; None for a path. An open file is read from its beginning, for a
    rest of it is no picture. Raises TypeError for what is none of these, and whatever reading or saving it raises."""
    if isinstance(picture, str | os.PathLike):
        return None
    if isinstance(picture, bytes | bytearray | memoryview):
        return bytes(picture)
    if isinstance(picture, Savable):
        image = io.BytesIO()
        picture.save(image, format="PNG")
        return image.getvalue()
    if isinstance(picture, Readable):
        if isinstance(picture, io.IOBase) and picture.seekable():
            picture.seek(0)
        found = picture.read()
        if isinstance(found, bytes):
            return found
        raise TypeError("a picture was opened as text; open it in binary mode, as with open(path, 'rb')")
    raise TypeError(f"a picture is a path, bytes, an open file or a Pillow image, not {type(picture).__name__}")


def kept(picture: bytes, state: Path) -> Path:
    """Where a picture's content is, below the folder of the state. Raises LocalTool."""
    suffix = sniff(picture[:32])[1]
    file = state / FOLDER / f"{hashlib.sha256(picture).hexdigest()}.{suffix}"
    with explained(f"keep a picture in {state}"):
        make_folder(file.parent, durable=False)
        if file.is_symlink() or not file.is_file() or file.read_bytes() != picture:
            write_whole(file, picture, durable=False)
    return file
