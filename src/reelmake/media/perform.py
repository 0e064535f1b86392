"""Does one piece of local work, whatever its kind: a plain function, for a worker process to call.

Knows no kind of work; knows nothing of processes, of keys' meaning or of the graph.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path

from reelmake.errors import LocalTool, disk_full, is_full
from reelmake.media import cell
from reelmake.model.take import Facts
from reelmake.model.work import Work
from reelmake.ports import Tell
from reelmake.scratch import discard


def perform(key: str, work: Work, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
    """Writes the artifact of `work` to `into` and returns its facts, or leaves nothing of it. Raises LocalTool."""
    cell.room(work.memory)
    try:
        with _read(work, inputs, into) as files:
            work = work.steadied([label for label, file in files.items() if file != inputs[label]])
            # its module is imported when a work of this kind comes: numpy, Pillow and PyAV take their time
            module, _, name = work.maker.partition(":")
            make = getattr(importlib.import_module(module), name)
            facts: Facts | None = (partial(make, key) if work.SEEDED else make)(work, files, into, tell)
            if facts is None:
                from reelmake.media.probe import probe

                facts = probe(into, into.suffix)
            return facts
    except Exception as error:
        discard(into)
        if is_full(error):
            raise disk_full("write what was made") from error
        if isinstance(error, LocalTool) or not _of_the_world(error):
            raise
        raise LocalTool(f"{into.name} could not be made: {getattr(error, 'strerror', None) or error}") from error


def _read(work: Work, inputs: Mapping[str, Path], into: Path) -> AbstractContextManager[Mapping[str, Path]]:
    if not work.STEADY:
        return nullcontext(inputs)
    from reelmake.media.steady import steady

    return steady(inputs, into)


def _of_the_world(error: Exception) -> bool:
    """Is it a matter of disks and codecs, and not our bug?"""
    from av.error import FFmpegError

    return isinstance(error, OSError | FFmpegError | MemoryError)
