"""What was found out from files, by name, in one file of JSON: ten thousand notes are one read.

A note holds while the file that it was found out from is the one that was read, by size, times and inode. A file that
was written only just before is not noted: a second write within the clock's grain would leave the same times. Lost or
damaged it costs only time. Knows nothing of what is noted.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

from reelmake.model.json_value import json_object
from reelmake.store.disk import make_folder, write_whole

GRAIN = 2_000_000_000  # ns; the coarsest clock of a file system in use (FAT) ticks every two seconds
MOST = 250_000  # notes; of more, only those that were asked for last are kept


class Remembered:
    """`cache`: a file of ours, or None to remember only in this process."""

    def __init__(self, cache: Path | None, *, now: Callable[[], int] = time.time_ns) -> None:
        self._cache, self._now = cache, now
        self._known: dict[str, object] | None = None
        self._asked: dict[str, object] = {}
        self._changed = False

    def get(self, name: str, file: os.stat_result) -> object:
        """What was noted of a file as it is now; None = nothing."""
        noted = self._all().get(name)
        if not isinstance(noted, list) or len(noted) != 2 or noted[0] != _stamp(file):
            return None
        self._asked[name] = noted
        return noted[1]

    def note(self, name: str, file: os.stat_result, said: object) -> None:
        """`file`: as it was when that was found out."""
        known = self._all()
        if self._now() - max(file.st_mtime_ns, file.st_ctime_ns) > GRAIN:
            self._asked[name] = known[name] = [_stamp(file), said]
            self._changed = True
        else:
            self.forget(name)

    def forget(self, name: str) -> None:
        if self._all().pop(name, None):
            self._changed = True

    def save(self) -> None:
        """Writes what is remembered, if it changed; a failure is no failure."""
        if self._cache is None or not self._changed:
            return
        kept = self._all() if len(self._all()) <= MOST else self._asked
        with contextlib.suppress(OSError):
            make_folder(self._cache.parent, durable=False)
            text = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
            write_whole(self._cache, text.encode(), durable=False)
            self._changed = False

    def _all(self) -> dict[str, object]:
        if self._known is None:
            self._known = {}
            if self._cache:
                with contextlib.suppress(OSError, ValueError):
                    self._known = dict(json_object(self._cache.read_bytes()))
        return self._known


def _stamp(file: os.stat_result) -> list[int]:
    return [file.st_size, file.st_mtime_ns, file.st_ctime_ns, file.st_ino]
