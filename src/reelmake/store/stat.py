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
from reelmake.store.json_object import items, json_object, text, whole
from reelmake.store.premises import Premises

GRAIN = 2_000_000_000  # ns; the coarsest clock of a file system in use (FAT) ticks every two seconds
Stamp = tuple[int, int, int, int]  # size, mtime_ns, ctime_ns, inode


class ProjectFiles:
    """ports.Inputs below `root`. `cache`: a file of ours, or None to remember only in this process."""

    def __init__(self, root: Path, cache: Path | None = None, *, now: Callable[[], int] = time.time_ns) -> None:
        self.root = root
        self._premises = Premises(root)
        self._cache, self._now = cache, now
        self._known: dict[str, tuple[Stamp, str]] | None = None
        self._changed = False

    def path(self, path: str) -> Path:
        """Raises LocalTool for what may not be opened."""
        if error := self._premises.barred(path):
            raise error
        return self.root / path

    def digest(self, path: str) -> str:
        """sha256 of the bytes now. LocalTool if the file is missing, none that may be opened, or unreadable."""
        known = self._loaded()
        try:
            before = _stamp(self.stat(path))
            if path in known and known[path][0] == before:
                return known[path][1]
            with (self.root / path).open("rb") as opened:
                found = hashlib.file_digest(opened, "sha256").hexdigest()
            after = _stamp(self.stat(path))
        except OSError as error:
            raise LocalTool(f"cannot read {path}: {error.strerror or error}") from error
        if before == after and self._now() - max(after[1], after[2]) > GRAIN:
            known[path] = (after, found)
            self._changed = True
        elif known.pop(path, None):
            self._changed = True
        return found

    def stat(self, path: str) -> os.stat_result:
        """As the file is now. Raises OSError, and LocalTool for what may not be opened."""
        return self._premises.stat(path)

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


def _stamp(found: os.stat_result) -> Stamp:
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def _noted(stamp: object) -> Stamp:
    size, mtime, ctime, inode = map(whole, items(stamp))
    return size, mtime, ctime, inode


def _read(cache: Path) -> dict[str, tuple[Stamp, str]]:
    try:
        known = {path: items(noted) for path, noted in json_object(cache.read_bytes()).items()}
        return {path: (_noted(stamp), text(digest)) for path, (stamp, digest) in known.items()}
    except (OSError, ValueError, TypeError):
        return {}
