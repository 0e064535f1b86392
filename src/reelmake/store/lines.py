r"""An append-only file of records, one line each, that survives being cut off anywhere.

    <length of the JSON in bytes, hex> <crc32 of it, hex> <JSON>\n

A line that is not whole (a torn tail, a flipped bit) is passed over and counted, never guessed at. Knows nothing of
what the records mean.
"""

from __future__ import annotations

import json
import os
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

from reelmake.store.disk import explained, make_folder, sync_names
from reelmake.store.reading import json_object


class Lines:
    """`what` names the file in errors ("the journal"). `damaged`: lines passed over at the last `read`."""

    def __init__(self, file: Path, what: str) -> None:
        self.file, self.what, self.damaged = file, what, 0
        self._named = False  # is its name on disk? Who made the file may have died before it was

    def read(self) -> list[dict[str, Any]]:
        """Every whole record, oldest first; empty if there is no file."""
        with explained(f"read {self.what}"):
            data = self.file.read_bytes() if self.file.exists() else b""
        records = [parse(line) for line in data.split(b"\n") if line]
        self.damaged = sum(record is None for record in records)
        return [record for record in records if record is not None]

    def append(self, record: dict[str, Any], *, durable: bool = True) -> None:
        """Returns when the line is on disk. LocalTool if it cannot be written; then nothing of it stays behind."""
        line = draw(record)
        with explained(f"write {self.what}"):
            make_folder(self.file.parent, durable=durable)
            flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
            handle = os.open(self.file, flags, 0o644)
            try:
                size = os.fstat(handle).st_size
                if size and os.pread(handle, 1, size - 1) != b"\n":
                    line = b"\n" + line  # the tail of a writer that died: it must not swallow this line
                self._write(handle, line, size)
                if durable:
                    os.fsync(handle)
            finally:
                os.close(handle)
            if durable and not self._named:
                sync_names(self.file, self.file.parent)
                self._named = True

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


def draw(record: dict[str, Any]) -> bytes:
    body = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()
    return b"%x %08x %s\n" % (len(body), zlib.crc32(body), body)


def parse(line: bytes) -> dict[str, Any] | None:
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
