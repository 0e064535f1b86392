"""Pool: the Media port over an Executor, worker processes by default. Knows nothing of what is made."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from concurrent.futures import Executor, Future
from pathlib import Path

from reelmake.media.ffmpeg import program
from reelmake.media.perform import perform
from reelmake.media.process_pool import ProcessPool
from reelmake.media.readers import ask
from reelmake.model.medium import MediumName
from reelmake.model.take import Facts
from reelmake.model.work import Work
from reelmake.ports import Tell
from reelmake.scratch import discard


class Pool:
    """Local work on `workers` processes, or on an executor of the caller's (its tasks then report nothing)."""

    def __init__(self, workers: int, executor: Executor | None = None) -> None:
        self._executor = executor or ProcessPool(workers, _environment(), program())

    async def perform(self, key: str, work: Work, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
        """See ports.Media. If it is cancelled the work is stopped, and what it wrote so far is removed."""
        loop = asyncio.get_running_loop()

        def heard(fraction: float | None, word: str) -> None:
            with contextlib.suppress(RuntimeError):  # the loop may be closed already
                loop.call_soon_threadsafe(tell, fraction, word)

        future = self._start(key, work, dict(inputs), into, heard)
        try:
            facts: Facts = await asyncio.wrap_future(future)
            return facts
        except asyncio.CancelledError:
            if isinstance(self._executor, ProcessPool):
                self._executor.stop(future)
            raise
        finally:
            if not (future.done() and not future.cancelled() and future.exception() is None):
                _sweep(into)

    def _start(self, key: str, work: Work, inputs: Mapping[str, Path], into: Path, heard: Tell) -> Future[Facts]:
        if isinstance(self._executor, ProcessPool):
            return self._executor.submit(perform, key, work, inputs, into, heard=heard)
        return self._executor.submit(perform, key, work, inputs, into, _silent)

    async def examine(self, file: Path, medium: MediumName) -> Facts:
        """See ports.Media. By those who only read: what was paid for must not wait for the CPU pool."""
        from reelmake.media.examine import examine

        return await asyncio.to_thread(ask, examine, file, medium)

    def close(self, *, kill: bool = False) -> None:
        """Ends the workers: at once, or when they are done with what they have."""
        if kill and isinstance(self._executor, ProcessPool):
            self._executor.kill()
        else:
            self._executor.shutdown(cancel_futures=True)


def _environment() -> dict[str, str]:
    """What workers need not find out again; and numpy's own threads, which wait by going round in circles, are none."""
    return {"REELMAKE_FFMPEG": program(), "OPENBLAS_NUM_THREADS": "1"}


def _silent(fraction: float | None, word: str) -> None:
    """For executors whose workers cannot report."""


def _sweep(into: Path) -> None:
    """Removes what a killed worker could not remove itself."""
    for file in (into, *into.parent.glob(f".{into.name}.*")):
        discard(file)
