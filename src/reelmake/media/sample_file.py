"""Tape: stereo float samples in a file, as long as the programme, written and read in pieces.

What keeps memory flat however long a cut is. Knows nothing of what is on it.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from reelmake.media.sound_file import BLOCK, Samples
from reelmake.scratch import discard

_WIDTH = 8  # bytes a sample: two channels of 32 bits


class SampleFile:
    """Silent at first; the file is gone when the block that it is used in ends. Several threads may read it at once."""

    def __init__(self, file: Path, length: int) -> None:
        self.file, self.length = file, length
        self._open = file.open("w+b", buffering=0)
        try:
            self._open.truncate(length * _WIDTH)
        except OSError:
            self.__exit__()
            raise

    def __enter__(self) -> SampleFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()
        discard(self.file)

    def read(self, begin: int, end: int) -> Samples:
        """Samples [begin, end), shape (2, n); silence before the tape and after it."""
        first, last = max(0, begin), max(0, begin, min(end, self.length))
        there = np.frombuffer(self._bytes(first * _WIDTH, (last - first) * _WIDTH), np.float32).reshape(-1, 2).T
        if (first, last) == (begin, end):
            return there
        return np.pad(there, ((0, 0), (first - begin, end - last)))

    def erase(self) -> None:
        """Silence again."""
        self._open.truncate(0)
        self._open.truncate(self.length * _WIDTH)

    def write(self, at: int, block: Samples) -> None:
        """Over what is there. All of the block lies on the tape."""
        data = memoryview(np.ascontiguousarray(block.T, np.float32).tobytes())
        at *= _WIDTH
        while data:  # a disk that is nearly full may take a part of it
            count = os.pwrite(self._open.fileno(), data, at)
            data, at = data[count:], at + count

    def add(self, at: int, block: Samples) -> None:
        """To what is there."""
        self.write(at, self.read(at, at + block.shape[1]) + block)

    def blocks(self, size: int = BLOCK) -> Iterator[tuple[int, Samples]]:
        """(First sample, samples) of all of it, `size` at a time."""
        for at in range(0, self.length, size):
            yield at, self.read(at, min(at + size, self.length))

    def _bytes(self, at: int, count: int) -> bytes:
        """The kernel gives no more than 2 GB at once."""
        data = b""
        while len(data) < count:
            more = os.pread(self._open.fileno(), count - len(data), at + len(data))
            if not more:
                raise OSError(errno.EIO, f"{self.file.name} was cut short")
            data += more
        return data
