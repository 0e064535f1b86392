"""Pool: the Media port over worker processes. Knows nothing of what is made."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
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


def crew(workers: int) -> ProcessPool:
    """Processes in a cell that do local work. Raises LocalTool without ffmpeg."""
    # what workers need not find out again; and numpy's own threads, which wait by going round in circles, are none
    environment = {"REELMAKE_FFMPEG": program(), "OPENBLAS_NUM_THREADS": "1"}
    return ProcessPool(workers, environment, program())


class Pool:
    """Local work on `workers` processes."""

    def __init__(self, workers: int) -> None:
        self._processes = crew(workers)

    async def perform(self, key: str, work: Work, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
        """See ports.Media. If it is cancelled the work is stopped, and what it wrote so far is removed."""
        loop = asyncio.get_running_loop()

        def heard(fraction: float | None, word: str) -> None:
            with contextlib.suppress(RuntimeError):  # the loop may be closed already
                loop.call_soon_threadsafe(tell, fraction, word)

        future = self._processes.submit(perform, key, work, dict(inputs), into, heard=heard)
        try:
            facts: Facts = await asyncio.wrap_future(future)
            return facts
        except asyncio.CancelledError:
            self._processes.stop(future)
            raise
        finally:
            if not (future.done() and not future.cancelled() and future.exception() is None):
                discard(into, *into.parent.glob(f".{into.name}.*"))  # what a killed worker could not remove itself

    async def examine(self, file: Path, medium: MediumName) -> Facts:
        """See ports.Media. By those who only read: what was paid for must not wait for the CPU pool."""
        from reelmake.media.examine import examine

        return await asyncio.to_thread(ask, examine, file, medium)

    def close(self, *, kill: bool = False) -> None:
        """Ends the workers: at once, or when they are done with what they have."""
        if kill:
            self._processes.kill()
        else:
            self._processes.shutdown()
