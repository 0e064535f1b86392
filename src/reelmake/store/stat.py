"""Project files by path: their digests, read again only when the file system says that they may have changed.

Knows nothing of steps.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path

from reelmake.errors import LocalTool
from reelmake.store.notes import Remembered
from reelmake.store.premises import Premises


class ProjectFiles:
    """ports.Inputs below `root`. `cache`: a file of ours, or None to remember only in this process."""

    def __init__(self, root: Path, cache: Path | None = None, *, now: Callable[[], int] = time.time_ns) -> None:
        self.root = root
        self._premises = Premises(root)
        self._known = Remembered(cache, now=now)

    def path(self, path: str) -> Path:
        """Raises LocalTool for what may not be opened."""
        if error := self._premises.barred(path):
            raise error
        return self.root / path

    def digest(self, path: str) -> str:
        """sha256 of the bytes now. LocalTool if the file is missing, may not be opened, or cannot be read."""
        try:
            before = self.stat(path)
            if isinstance(known := self._known.get(path, before), str):
                return known
            with (self.root / path).open("rb") as opened:
                found = hashlib.file_digest(opened, "sha256").hexdigest()
        except OSError as error:
            raise LocalTool(f"cannot read {path}: {error.strerror or error}") from error
        self._known.note(path, before, found)  # if it was written since, it is not as it was before
        return found

    def stat(self, path: str) -> os.stat_result:
        """As the file is now. Raises OSError, and LocalTool for what may not be opened."""
        return self._premises.stat(path)

    def save(self) -> None:
        """Writes what is remembered, if it changed."""
        self._known.save()
