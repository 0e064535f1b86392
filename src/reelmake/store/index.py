"""What the records of takes said when they were last read, in one file: ten thousand of them are one read.

A record is believed while its file is the one that was read, by size, times and inode; so nothing stands here that
whoever wrote it could not have written into the record itself. Lost or damaged it costs only time. Knows nothing of
artifacts.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Mapping
from pathlib import Path

from reelmake.model.take import Take
from reelmake.store.disk import make_folder, write_whole
from reelmake.store.json_object import json_object
from reelmake.store.record import to_take
from reelmake.store.stat import GRAIN

FORMAT = "1"
MOST = 250_000  # records that are remembered; of more, only those that were asked for last


class TakeIndex:
    """Of one store. What it gives has no manifest: that is the larger part of a record, and whoever has the key knows
    it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known: dict[str, list[object]] | None = None
        self._seen: dict[str, list[object]] = {}
        self._changed = False

    def find(self, key: str, found: os.stat_result) -> Take | None:
        """The record of a key, if `found`, its file as it is now, was read before."""
        noted = self._all().get(key)
        try:
            if noted is None or noted[:4] != _stamp(found):
                return None
            said = noted[4]
            take = to_take({**said, "key": key, "manifest": ()}) if isinstance(said, dict) else None
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, ArithmeticError):
            return None
        self._seen[key] = noted
        return take

    def note(self, key: str, found: os.stat_result, given: Mapping[str, object]) -> None:
        """What was read of a key. `found`: its file just before; what was written lately may be written again within
        the grain of the file system's clock."""
        if time.time_ns() - max(found.st_mtime_ns, found.st_ctime_ns) > GRAIN:
            said = {name: value for name, value in given.items() if name not in ("key", "manifest")}
            self._seen[key] = self._all()[key] = [*_stamp(found), said]
            self._changed = True

    def save(self) -> None:
        """Writes what is remembered, if there is more of it; a failure is no failure."""
        if not self._changed:
            return
        kept = self._all() if len(self._all()) <= MOST else self._seen
        with contextlib.suppress(OSError):
            make_folder(self._file.parent, durable=False)
            text = json.dumps({"format": FORMAT, "takes": kept}, ensure_ascii=False, separators=(",", ":"))
            write_whole(self._file, text.encode(), durable=False)
            self._changed = False

    def _all(self) -> dict[str, list[object]]:
        if self._known is None:
            self._known = {}
            with contextlib.suppress(OSError, ValueError):
                given = json_object(self._file.read_bytes())
                if given.get("format") == FORMAT and isinstance(takes := given.get("takes"), dict):
                    self._known = {key: noted for key, noted in takes.items() if isinstance(noted, list)}
        return self._known


def _stamp(found: os.stat_result) -> list[object]:
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]
