"""The executor: who does the local work of a run, this machine or a Dask cluster.

Only whoever asks for a run names a cluster; no storyboard does. Knows nothing of what is made.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from reelmake.errors import Unwilling
from reelmake.records import dataclass

if TYPE_CHECKING:
    from reelmake.ports import Media, Shelf
    from reelmake.session.run import BuildRun


@dataclass(frozen=True)
class Executor:
    """`places`: so many pieces of work at once, which take no more than `memory` bytes together; None = nobody here
    knows what there is."""

    media: Media
    places: int
    memory: int | None


@asynccontextmanager
async def executor(run: BuildRun) -> AsyncIterator[Executor]:
    """Who was asked for. Raises Unwilling if a cluster was, and cannot be had."""
    from reelmake.media.machine import spare
    from reelmake.media.pool import Pool

    address = run.wish.executor
    if address and find_spec("distributed") is None:
        message = "--executor needs the package distributed, which is not installed"
        raise Unwilling(message, next_steps=('pip install "reelmake[dask]"',), code="RM991")
    workers = run.wish.workers or os.cpu_count() or 1
    pool = Pool(workers)
    try:
        if not address:
            yield Executor(pool, workers, spare())
            return
        from reelmake.media.cluster import Questions, cluster
        from reelmake.prep.tools import toolbox

        asks = Questions(toolbox(run.seen.layout.graph.steps.values()), own_shelf)
        async with cluster(address, asks, run.warn, pool) as crew:
            yield Executor(crew, min(crew.places, run.wish.workers or crew.places), None)
    finally:
        pool.close(kill=True)


def own_shelf() -> Shelf | None:
    """Where the owner of a machine shares takes, as its environment says; called on workers. Raises LocalTool."""
    from reelmake.world.bindings import Bindings
    from reelmake.world.shared_store import remote

    found = remote("", Bindings(Path()))
    return found.shelf if found else None
