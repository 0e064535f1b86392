"""How long a plan will take: the same greedy scheduling as the engine's, on expected times. Pure arithmetic.

Knows nothing of clocks; an estimate, in seconds.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Mapping

from reelmake.model.step import CPU, Step
from reelmake.plan.cores import Cores
from reelmake.plan.decide import Plan


def forecast(plan: Plan, in_flight: Mapping[str, int | None], workers: int) -> float:
    """Seconds until the last step is done, if every step takes what it is expected to."""
    todo = {d.step.id: d.step for d in plan.todo}
    waiting = {id: sum(i.step in todo for i in step.inputs) for id, step in todo.items()}
    users = _users(todo)
    priority = plan.graph.priority if todo else {}
    pools: dict[str, Cores[tuple[float, str]]] = {}
    running: list[tuple[float, str]] = []
    now = 0.0

    def places(pool: str) -> Cores[tuple[float, str]]:
        if pool not in pools:
            pools[pool] = Cores(workers if pool == CPU else in_flight.get(pool) or len(todo))
        return pools[pool]

    def offer(id: str) -> None:
        places(todo[id].pool).join((-priority.get(id, 0.0), id), id, todo[id].cores)

    for id, count in waiting.items():
        if not count:
            offer(id)
    while True:
        for pool in pools.values():
            while (begun := pool.begin()) is not None:
                heapq.heappush(running, (now + todo[begun].seconds, begun))
        if not running:
            return now
        now, id = heapq.heappop(running)
        places(todo[id].pool).end(id)
        for user in users[id]:
            waiting[user] -= 1
            if not waiting[user]:
                offer(user)


def _users(todo: Mapping[str, Step]) -> Mapping[str, list[str]]:
    """Who waits for each, once for every input."""
    users: dict[str, list[str]] = defaultdict(list)
    for id, step in todo.items():
        for i in step.inputs:
            if i.step in todo:
                users[i.step].append(id)
    return users
