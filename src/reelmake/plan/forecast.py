"""How long a plan will take: the same greedy scheduling as the engine's, on expected times. Pure arithmetic.

Knows nothing of clocks; an estimate, in seconds.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Mapping

from reelmake.model.step import CPU
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
    ready: dict[str, list[tuple[float, str]]] = defaultdict(list)
    running: list[tuple[float, str]] = []
    busy: dict[str, int] = defaultdict(int)
    now = 0.0

    def offer(id: str) -> None:
        heapq.heappush(ready[todo[id].pool], (-priority.get(id, 0.0), id))

    for id, count in waiting.items():
        if not count:
            offer(id)
    while True:
        for pool, queue in ready.items():
            limit = workers if pool == CPU else in_flight.get(pool)
            while queue and (limit is None or busy[pool] < limit):
                _, id = heapq.heappop(queue)
                busy[pool] += 1
                heapq.heappush(running, (now + todo[id].seconds, id))
        if not running:
            return now
        now, id = heapq.heappop(running)
        busy[todo[id].pool] -= 1
        for user in users[id]:
            waiting[user] -= 1
            if not waiting[user]:
                offer(user)
