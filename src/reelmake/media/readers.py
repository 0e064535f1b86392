"""The readers: whoever wants to know something of a file that others made asks here, and a process in a cell looks.

They are started when there is a question, share what is asked, and go home when nothing is. Knows nothing of what is
asked.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeVar

from reelmake.errors import LocalTool
from reelmake.media.process_pool import ProcessPool, WorkerDied

MOST = 8  # that read at once: disks have an end as well
PATIENCE = 60.0  # seconds for any file; a film is read from end to end, and disks can be slow:
PACE = 4 << 20  # bytes of it that are read in one more

T = TypeVar("T")


def ask(look: Callable[..., T], file: Path, *more: object) -> T:
    """What `look(file, *more)`, a function of a module, finds out. Raises LocalTool, also if the file is too much for
    a cell: it takes all memory, never ends, or breaks the decoder."""
    try:
        size = file.stat().st_size
    except OSError as error:
        raise LocalTool(f"{file.name} cannot be read: {error.strerror or error}") from error
    task = _crew().submit(_look, look, file, more, seconds=PATIENCE + size / PACE)
    try:
        found: T = task.result()
        return found
    except WorkerDied as error:
        raise LocalTool(f"{file.name} cannot be read: {error}") from error


def _look(look: Callable[..., T], file: Path, more: tuple[object, ...], tell: object) -> T:
    from av.error import FFmpegError

    try:
        return look(file, *more)
    except LocalTool:
        raise
    except MemoryError as error:
        raise LocalTool(f"{file.name} cannot be read: it takes too much memory") from error
    except (OSError, FFmpegError) as error:
        raise LocalTool(f"{file.name} cannot be read: {getattr(error, 'strerror', None) or error}") from error


@cache
def _crew() -> ProcessPool:
    crew = ProcessPool(min(os.cpu_count() or 1, MOST), {"OPENBLAS_NUM_THREADS": "1"})
    atexit.register(crew.kill)
    return crew


if hasattr(os, "register_at_fork"):  # the threads of a crew do not go with a child
    os.register_at_fork(after_in_child=_crew.cache_clear)
