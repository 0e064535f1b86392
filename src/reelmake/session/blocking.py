"""What blocks its caller: a build in an event loop of its own, ended in good order; and a limit to any wait. Knows
nothing of what is built.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from reelmake.session.building import build

if TYPE_CHECKING:
    from reelmake.plan.decide import Plan
    from reelmake.plan.result import Result
    from reelmake.session.project import Snapshot
    from reelmake.session.run import BuildRun


@asynccontextmanager
async def within(seconds: float | None) -> AsyncIterator[None]:
    """Raises TimeoutError after so many seconds; None = never. A paid request that is out is waited for."""
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            yield
    except TimeoutError:
        if limit.expired():
            said = (
                f"not made in {seconds:g} s; what was ordered stays at its provider, and the same call goes on with it"
            )
            raise TimeoutError(said) from None
        raise


def run_build(run: BuildRun, limit: float | None = None) -> Result:
    """A build of its own loop; in the main thread Ctrl-C, SIGTERM and SIGHUP end it in good order. `limit`: seconds,
    after which it raises TimeoutError."""

    async def main() -> Result:
        async with within(limit):
            return await carried_out()

    async def carried_out() -> Result:
        loop = asyncio.get_running_loop()
        if threading.current_thread() is not threading.main_thread():
            return await build(run)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, run.stop.request)

        def ask(seen: Snapshot, plan: Plan) -> bool | None:
            loop.remove_signal_handler(signal.SIGINT)  # while we wait for an answer, Ctrl-C ends the program at once
            try:
                return run.confirm(seen, plan)
            finally:
                loop.add_signal_handler(signal.SIGINT, run.stop.request)

        return await build(replace(run, confirm=ask))

    return asyncio.run(main())
