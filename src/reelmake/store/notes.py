"""What a project remembers and could do without. Unlike takes and the journal, a note that is lost or damaged costs a
little time and never money. Knows nothing of what is noted.

Notes: facts and the log of runs, a file each. Remembered: what was found out from files, by name, in one file of JSON:
ten thousand notes are one read. Such a note holds while the file that it was found out from is the one that was read,
by size, times and inode. A file that was written only just before is not noted: a second write within the clock's grain
would leave the same times.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

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


_RULES = ""  # the name by which a note says by which rules it was written; nothing else has none


class Notes:
    """Files below `root`, by name. A note that cannot be written is not written; that is no failure."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, name: str, rules: str = "") -> dict[str, Any]:
        """A JSON object; {} if there is none that can be read, or one that was noted by other `rules`."""
        try:
            value = json_object((self.root / name).read_bytes())
        except (OSError, ValueError):
            return {}
        if value.get(_RULES, "") != rules:
            return {}
        return {name: said for name, said in value.items() if name != _RULES}

    def write(self, name: str, value: Mapping[str, object], rules: str = "") -> None:
        """`rules`: by which it was found out; whoever changes them looks at everything anew."""
        if rules:
            value = {_RULES: rules, **value}
        with contextlib.suppress(OSError):
            make_folder(self.root, durable=False)
            write_whole(self.root / name, json.dumps(value, ensure_ascii=False, indent=0).encode(), durable=False)

    def append(self, name: str, line: Mapping[str, object]) -> None:
        """One JSON object as a line of its own, also behind one that a crash cut short, and on disk."""
        data = json.dumps(line, ensure_ascii=False).encode(errors="surrogatepass") + b"\n"
        with contextlib.suppress(OSError):
            make_folder(self.root, durable=False)
            with (self.root / name).open("ab+", buffering=0) as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(0, size - 1))
                torn = file.read(1) not in (b"", b"\n")
                file.write(b"\n" * torn + data)  # at once: another run that ends now writes before or behind it
                os.fsync(file.fileno())

    def lines(self, name: str) -> list[dict[str, Any]]:
        """Every whole line, oldest first; one that a crash cut short is passed over."""
        found = []
        try:
            text = (self.root / name).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return []
        for line in text.split("\n"):
            with contextlib.suppress(ValueError):
                found.append(dict(json_object(line)))
        return found
