r"""An append-only file of records, one line each, that survives being cut off anywhere, and knows when it was damaged.

    <length of the JSON in bytes, hex> <crc32 of it, hex> <JSON>\n

Every record holds its number, as "line", from 1 on; how many there are stands in a second file (`….end`) as well. So a
line that is damaged or gone is missed, wherever it was, and the rest of a line whose writer died is not. What earlier
versions wrote has no numbers: there a damaged line counts as missing. Knows nothing of what the records mean.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import field
from pathlib import Path

from reelmake.model.json_value import JsonObject, json_object
from reelmake.records import dataclass
from reelmake.store.disk import explained, make_folder, sync_names

NUMBER = "line"


@dataclass(frozen=True, slots=True)
class WholeLines:
    """What a file holds: whole records by their number, in order, and the numbers of those that are `missing`, each
    with what seems to be left of it. `last`: the highest number that was ever given."""

    records: tuple[tuple[int, JsonObject], ...] = ()
    missing: dict[int, bytes] = field(default_factory=dict)
    last: int = 0


class Lines:
    """`what` names the file in errors ("the journal")."""

    def __init__(self, file: Path, what: str) -> None:
        self.file, self.what = file, what
        self._last: int | None = None
        self._named = False  # is its name on disk? Who made the file may have died before it was

    def read(self) -> WholeLines:
        """Empty if there is no file, unless it is known that there was one."""
        with explained(f"read {self.what}"):
            data = self.file.read_bytes() if self.file.exists() else b""
        *ended, tail = data.split(b"\n")
        lines = [_Line(raw, parse(raw)) for raw in ended if raw]
        if tail and (record := parse(tail)) is not None:  # a writer died just before the end of the line
            lines.append(_Line(tail, record))
        found = survey(lines, self._end())
        self._last = found.last
        return found

    def append(self, record: JsonObject) -> int:
        """Returns its number when the line is on disk. LocalTool if it cannot be written; then nothing of it stays."""
        number = (self.read().last if self._last is None else self._last) + 1
        line = draw({**record, NUMBER: number})
        with explained(f"write {self.what}"):
            make_folder(self.file.parent, durable=True)
            flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
            handle = os.open(self.file, flags, 0o644)
            try:
                size = os.fstat(handle).st_size
                if size and os.pread(handle, 1, size - 1) != b"\n":
                    line = b"\n" + line  # the tail of a writer that died: it must not swallow this line
                self._write(handle, line, size)
                os.fsync(handle)
            finally:
                os.close(handle)
            if not self._named:
                sync_names(self.file, self.file.parent)
                self._named = True
        self._last = number
        self._note_end(number)
        return number

    @staticmethod
    def _write(handle: int, line: bytes, size: int) -> None:
        rest = memoryview(line)
        try:
            while rest:
                rest = rest[os.write(handle, rest) :]
        except OSError:
            with suppress(OSError):  # else what is left of the line is told from a whole one, and this error is the one
                os.ftruncate(handle, size)
            raise

    # How many there are: without a sync, and after the line is on disk, so it never says too much

    @property
    def _end_file(self) -> Path:
        return self.file.with_name(f"{self.file.name}.end")

    def _end(self) -> int:
        try:
            number, crc = self._end_file.read_bytes().split()
            return int(number, 16) if zlib.crc32(number) == int(crc, 16) else 0
        except (OSError, ValueError):
            return 0

    def _note_end(self, number: int) -> None:
        said = b"%08x" % number
        with suppress(OSError):  # the line itself is there
            handle = os.open(self._end_file, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
            try:
                os.pwrite(handle, b"%s %08x\n" % (said, zlib.crc32(said)), 0)
            finally:
                os.close(handle)


@dataclass(frozen=True, slots=True)
class _Line:
    raw: bytes
    record: JsonObject | None

    @property
    def number(self) -> int:
        """0 = it has none."""
        number = self.record.get(NUMBER) if self.record else 0
        return number if isinstance(number, int) and number > 0 else 0


def survey(lines: Sequence[_Line], end: int) -> WholeLines:
    """Which records are there, and which are not. `lines`: all that end, whole or not; `end`: how many there were at
    least. What is there twice counts once; what has the same number and is something else is there as well."""
    lines = list({line.raw: line for line in lines}.values())
    numbered = [line for line in lines if line.number]
    first = lines.index(numbered[0]) if numbered else len(lines)
    lowest, highest = min((n.number for n in numbered), default=0), max((n.number for n in numbered), default=0)
    old = [line for line in lines if line.record is not None and not line.number]
    broken = [(place, line.raw) for place, line in enumerate(lines[:first], 1) if line.record is None]
    lost = lowest - 1 - len(old) if numbered else len(broken)  # the others were never whole
    missing = dict(broken[: max(0, lost)])
    missing |= {lowest - 1 - n: b"" for n in range(lost - len(missing))}
    count = max(lowest - 1, len(old) + len(missing)) if not numbered else highest

    later = [line.raw for line in lines[first:] if line.record is None]
    behind = sum(line.record is None for line in lines[lines.index(numbered[-1]) :]) if numbered else 0
    last = max(count + behind, end)
    there = {line.number for line in numbered}
    gaps = [n for n in range(lowest or count + 1, last + 1) if n not in there]
    missing |= {n: later[at] if at < len(later) else b"" for at, n in enumerate(gaps)}
    records = [(line.number, line.record) for line in numbered]
    records = [*enumerate((line.record for line in old), 1), *sorted(records, key=lambda pair: pair[0])]
    return WholeLines(tuple((n, r) for n, r in records if r is not None), missing, last)


def draw(record: JsonObject) -> bytes:
    body = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()
    return b"%x %08x %s\n" % (len(body), zlib.crc32(body), body)


def parse(line: bytes) -> JsonObject | None:
    """The record of one line without its end, or None if it is not whole."""
    parts = line.split(b" ", 2)
    if len(parts) != 3:
        return None
    length, crc, body = parts
    try:
        if int(length, 16) != len(body) or int(crc, 16) != zlib.crc32(body):
            return None
        return json_object(body)
    except ValueError:
        return None
