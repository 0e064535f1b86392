"""Writing so that it is there after a power cut: whole or not at all. Turns the disk's errors into LocalTool.

Knows nothing of what is written.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from reelmake.errors import LocalTool, disk_full, is_full
from reelmake.scratch import discard

STATE = ".reelmake"  # the folder of a project that git has no business with
FORM, FORM_FILE = 1, "format"  # in which form it is made, and the file in it that says so: see store/formats
SINCE = {1: "0.1"}  # the first version that reads a form
PIECE = 4 << 20  # bytes that are copied between two words about it
_count = itertools.count(1)


@contextlib.contextmanager
def explained(doing: str) -> Iterator[None]:
    """OSError in the block becomes LocalTool: "cannot <doing>: <reason>", with what to do if the disk is full."""
    try:
        yield
    except OSError as error:
        if is_full(error):
            raise disk_full(doing) from error
        raise LocalTool(f"cannot {doing}: {error.strerror or error}") from error


def sha256(file: Path) -> str:
    """In hex. Raises OSError."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def fresh_name(folder: Path, suffix: str) -> Path:
    """A path in `folder` that nobody else uses, in this process or another."""
    return folder / f"{os.getpid()}-{next(_count)}-{os.urandom(4).hex()}{suffix}"


def make_folder(folder: Path, *, durable: bool) -> None:
    """With its parents; each new name is synced into its parent if `durable`. A project's state ignores itself."""
    if folder.name == STATE:
        _make_state(folder)
    if folder.is_dir():
        return
    make_folder(folder.parent, durable=durable)
    try:
        folder.mkdir()
    except FileExistsError:
        if not folder.is_dir():  # else another process was faster
            raise
    if durable:
        sync_folder(folder.parent)


def _make_state(folder: Path) -> None:
    """With the .gitignore that keeps it out of commits and out of `git clean`: on disk before anything that was paid
    for, and put there again if it is lost."""
    ignores = folder / ".gitignore"
    if os.path.lexists(ignores):
        return
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / FORM_FILE, mark(FORM), durable=True)
    write_whole(ignores, b"*\n", durable=True)
    sync_folder(folder.parent)


def mark(form: int) -> bytes:
    """What says that a state is in this form, and from which version on it is read."""
    return json.dumps({"format": form, "reelmake": SINCE[form]}).encode() + b"\n"


def sync_folder(folder: Path) -> None:
    """Makes names in a folder last. Does nothing where folders cannot be opened."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_names(file: Path, top: Path) -> None:
    """Makes the name of a file last, with those of all folders that lead to it from `top` on: work that need not last
    may have made them."""
    for folder in file.parents:
        sync_folder(folder)
        if folder == top.parent:
            return


def sync_file(file: Path) -> None:
    handle = os.open(file, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def copy(given: BinaryIO, taken: BinaryIO, most: int) -> int:
    """Copies up to `most` bytes, from where both files are; how many it were, 0 = there are no more.

    Where the disk can, both share them from then on, until one is written to (btrfs, XFS, APFS has another way), or a
    server copies them by itself (NFS, SMB).
    """
    if hasattr(os, "copy_file_range"):
        with contextlib.suppress(OSError):  # two disks, or one that cannot; if it is full, the write below says so
            return os.copy_file_range(given.fileno(), taken.fileno(), most)
    data = memoryview(os.read(given.fileno(), min(most, PIECE)))
    done = 0
    while done < len(data):
        done += os.write(taken.fileno(), data[done:])
    return done


def copy_file(file: Path, into: Path) -> None:
    """The whole file, to a path at which there is nothing. Raises OSError."""
    with file.open("rb", 0) as given, into.open("xb", 0) as taken:
        while copy(given, taken, os.fstat(given.fileno()).st_size or PIECE):
            pass


def write_whole(file: Path, data: bytes, *, durable: bool, drafts: Path | None = None) -> None:
    """Replaces `file` by `data`: readers see the old or the new, whole. Raises OSError; then the old one stands.

    `drafts`: a folder on the same disk where what a killed run leaves is swept; else it is written beside the file.
    """
    temporary = fresh_name(drafts or file.parent, ".tmp")
    try:
        with temporary.open("xb") as out:
            out.write(data)
            if durable:
                out.flush()
                os.fsync(out.fileno())
        temporary.replace(file)
    except BaseException:
        discard(temporary)
        raise
    if durable:
        sync_folder(file.parent)
