"""What the last builds used: their keys, a file for each different set of them, dated by when it was used last.

So whoever goes back and forth between branches or profiles finds both as they were left. Like every note, one that is
lost costs a little time and never money. Knows nothing of what the keys are of.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from reelmake.scratch import discard
from reelmake.store.disk import make_folder, write_whole

LONG = 16  # digits of a key that are noted: of two that begin alike, both are kept
MOST = 50  # builds that are noted


class Uses:
    """`folder`: ours."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def note(self, keys: Iterable[str]) -> None:
        """A build used these. One that cannot be noted is not noted; that is no failure."""
        text = "\n".join(sorted({key[:LONG] for key in keys})).encode()
        file = self._folder / hashlib.sha256(text).hexdigest()[:LONG]
        with contextlib.suppress(OSError):
            if file.exists():
                os.utime(file)
                return
            make_folder(self._folder, durable=False)
            write_whole(file, text, durable=False)
            discard(*self._files()[MOST:])

    def last(self, builds: int) -> set[str]:
        """How the keys begin that this many builds used, which all used different ones."""
        found: set[str] = set()
        for file in self._files()[:builds]:
            with contextlib.suppress(OSError):
                found.update(file.read_text(encoding="ascii", errors="replace").split())
        return found

    def _files(self) -> list[Path]:
        """The latest first."""
        files = []
        with contextlib.suppress(OSError):
            files = [(file.stat().st_mtime_ns, file) for file in self._folder.iterdir()]
        return [file for _, file in sorted(files, reverse=True)]
