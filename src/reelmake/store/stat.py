"""Project files by path: their digests, read again only when the file system says that they may have changed.

A digest is remembered with size, times and inode. A file that was written only just before it was read is not
believed next time: a second write within the clock's grain would leave the same times. Knows nothing of steps.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

from reelmake.errors import LocalTool
from reelmake.store.disk import make_folder, write_whole

GRAIN = 2_000_000_000  # ns; the coarsest clock of a file system in use (FAT) ticks every two seconds
Stamp = tuple[int, int, int, int]  # size, mtime_ns, ctime_ns, inode


class ProjectFiles:
    """ports.Inputs below `root`. `cache`: a file of ours, or None to remember only in this process."""

    def __init__(self, root: Path, cache: Path | None = None, *, now: Callable[[], int] = time.time_ns) -> None:
        self.root = root
        self._cache, self._now = cache, now
        self._known: dict[str, tuple[Stamp, str]] | None = None
        self._changed = False

    def path(self, path: str) -> Path:
        return self.root / path

    def digest(self, path: str) -> str:
        """sha256 of the bytes now. LocalTool if the file is missing, no file, or unreadable."""
        known = self._loaded()
        file = self.root / path
        try:
            before = _stamp(file)
            if path in known and known[path][0] == before:
                return known[path][1]
            with file.open("rb") as opened:
                found = hashlib.file_digest(opened, "sha256").hexdigest()
            after = _stamp(file)
        except OSError as error:
            raise LocalTool(f"cannot read {path}: {error.strerror or error}") from error
        if before == after and self._now() - max(after[1], after[2]) > GRAIN:
            known[path] = (after, found)
            self._changed = True
        elif known.pop(path, None):
            self._changed = True
        return found

    def save(self) -> None:
        """Writes what is remembered, if it changed. Losing it costs only time, so errors are let be."""
        if self._cache is None or not self._changed:
            return
        try:
            make_folder(self._cache.parent, durable=False)
            write_whole(self._cache, json.dumps(self._loaded()).encode(), durable=False)
            self._changed = False
        except OSError:
            return

    def _loaded(self) -> dict[str, tuple[Stamp, str]]:
        if self._known is None:
            self._known = _read(self._cache) if self._cache else {}
        return self._known


def _stamp(file: Path) -> Stamp:
    found = os.stat(file)  # noqa: PTH116 (hot: called for every input of every run)
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def _read(cache: Path) -> dict[str, tuple[Stamp, str]]:
    try:
        given = json.loads(cache.read_bytes())
        return {path: ((s[0], s[1], s[2], s[3]), str(digest)) for path, (s, digest) in given.items()}
    except (OSError, ValueError, TypeError, AttributeError, IndexError, KeyError):
        return {}
