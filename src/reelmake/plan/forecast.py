"""How long a plan will take: the same greedy scheduling as the engine's, on expected times. Pure arithmetic.

Knows nothing of clocks; an estimate, in seconds.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Mapping

from reelmake.model.step import CPU
from reelmake.plan.decide import Plan
from reelmake.plan.local_work import LocalPool


def forecast(plan: Plan, in_flight: Mapping[str, int | None], pool: LocalPool, pace: float = 1.0) -> float:
    """Seconds until the last step is done, if every step takes what it is expected to.

    `pool`: this machine's, empty. `in_flight`: jobs at once by provider, None = as many as there are. `pace`: how
    many times as long as expected local steps take; what is expected of takes is learned already.
    """
    todo = {d.step.id: d.step for d in plan.todo}
    waiting = {id: sum(i.step in todo for i in step.inputs) for id, step in todo.items()}
    users: dict[str, list[str]] = defaultdict(list)
    for id, step in todo.items():
        for i in step.inputs:
            if i.step in todo:
                users[i.step].append(id)
    priority = plan.graph.priority if todo else {}
    places = {name: LocalPool(in_flight.get(name) or len(todo)) for name in {step.pool for step in todo.values()}}
    places[CPU] = pool
    order = {id: number for number, id in enumerate(todo)}
    running: list[tuple[float, str]] = []
    now = 0.0

    def offer(id: str) -> None:
        places[todo[id].pool].join((-priority.get(id, 0.0), order[id]), id, todo[id].work.memory)

    for id, count in waiting.items():
        if not count:
            offer(id)
    while True:
        for place in places.values():
            while (begun := place.begin()) is not None:
                step = todo[begun]
                slower = pace if step.pool == CPU and step.order is None else 1.0
                heapq.heappush(running, (now + step.seconds * slower, begun))
        if not running:
            return now
        now, id = heapq.heappop(running)
        places[todo[id].pool].end(id)
        for user in users[id]:
            waiting[user] -= 1
            if not waiting[user]:
                offer(user)
