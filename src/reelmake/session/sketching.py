"""Sketching: what of a project costs nothing is made, or brought from where takes are shared, for those who want to
look at it. No provider is asked, no output is published, no pick is noted.

Knows nothing of who looks.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from reelmake.plan.decide import only, without_orders
from reelmake.plan.rounds import certain

if TYPE_CHECKING:
    from reelmake.plan.decide import Plan
    from reelmake.session.project import Snapshot


def sketched(seen: Snapshot, found: Plan, shots: Sequence[str], tell: Callable[[str], None]) -> bool:
    """Makes or brings what is missing of these shots (addresses) and free. Was there anything? Raises what holding a
    project raises; what is done, and what cannot be done, is told."""
    graph = seen.layout.graph
    wanted = {id for id in map(seen.layout.step, shots) if id}
    free = certain(without_orders(found))
    needed = graph.needed(wanted & free.decisions.keys())
    this = only(free, lambda d: d.step.id in needed)
    if not (this.todo or this.brought):
        return False
    drawn = sum(d.step.order is not None for d in this.todo)
    for count, doing in ((drawn, "drawing"), (len(this.brought), "bringing")):
        if count:
            tell(f"{doing} {count} take{'s' * (count != 1)}, which costs nothing")
    asyncio.run(_made(seen, this, tuple(wanted & this.decisions.keys()), tell))
    return True


async def _made(seen: Snapshot, this: Plan, targets: Sequence[str], tell: Callable[[str], None]) -> None:
    """There is no provider that could be asked, and no order that is followed."""
    from reelmake.execute import runner
    from reelmake.execute.caller import Caller, Stop
    from reelmake.media.machine import spare
    from reelmake.media.pool import Pool
    from reelmake.plan.mandate import Goal, History, Policy
    from reelmake.ports import Remotes, World

    workspace, workers = seen.workspace, os.cpu_count() or 1
    pool = Pool(workers)
    waiting = "another run holds the project; what is free is drawn when it ends: "
    async with workspace.hold(wait=True, waiting=lambda holder: tell(waiting + holder), stopped=lambda: False):
        try:
            outcome = await runner.run(
                Goal(this.steps, targets, this.graph.priority),
                Remotes({}),
                World(workspace.store, seen.journal, pool, workspace.clock, seen.inputs),
                Caller(lambda event: None, Stop()),
                Policy(follows=(), workers=workers, memory=spare(), agreed=()),
                History(away=seen.made, elsewhere=this.brought),
            )
        finally:
            pool.close(kill=True)
    for result in outcome.failed:
        tell(f"{result.step.name} cannot be shown: {result.error}")
