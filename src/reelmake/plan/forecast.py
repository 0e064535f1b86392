"""How long a plan will take: the same greedy scheduling as the engine's, on expected times. Pure arithmetic.

Knows nothing of clocks; an estimate, in seconds.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Mapping

from reelmake.model.step import CPU
from reelmake.plan.cores import Cores
from reelmake.plan.decide import Plan


def forecast(plan: Plan, in_flight: Mapping[str, int | None], workers: int) -> float:
    """Seconds until the last step is done, if every step takes what it is expected to."""
    todo = {d.step.id: d.step for d in plan.todo}
    waiting = {id: sum(i.step in todo for i in step.inputs) for id, step in todo.items()}
    users: dict[str, list[str]] = defaultdict(list)
    for id, step in todo.items():
        for i in step.inputs:
            if i.step in todo:
                users[i.step].append(id)
    priority = plan.graph.priority if todo else {}
    limits = {**in_flight, CPU: workers}
    pools: dict[str, Cores] = {}
    for step in todo.values():
        limit = limits.get(step.pool)
        pools[step.pool] = pools.get(step.pool) or Cores(len(todo) if limit is None else limit)
    order = {id: number for number, id in enumerate(todo)}
    running: list[tuple[float, str]] = []
    now = 0.0

    def offer(id: str) -> None:
        pools[todo[id].pool].join(id, (-priority.get(id, 0.0), order[id]), todo[id].cores)

    for id, count in waiting.items():
        if not count:
            offer(id)
    while True:
        for pool in pools.values():
            while begun := pool.next():
                heapq.heappush(running, (now + todo[begun].seconds, begun))
        if not running:
            return now
        now, id = heapq.heappop(running)
        pools[todo[id].pool].leave(id)
        for user in users[id]:
            waiting[user] -= 1
            if not waiting[user]:
                offer(user)
