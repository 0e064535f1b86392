"""Which steps of a pool run at once: as many as it has places, and of those that keep several cores busy no more than
there are cores for. One of these runs whatever it needs; small steps run beside it.

Knows nothing of what a step does and of who does it.
"""

from __future__ import annotations

import heapq

from reelmake.plan.kept import Rank


class Cores:
    """`places` in all. Steps wait here, the lowest rank first, until `next` gives them one; `leave` gives it back."""

    def __init__(self, places: int) -> None:
        self._places = max(1, places)
        self._waiting: dict[bool, list[tuple[Rank, str]]] = {False: [], True: []}  # by: is it of several cores?
        self._cores: dict[str, int] = {}  # of who waits or runs
        self._running = 0
        self._busy = 0  # cores of those that keep several

    def join(self, id: str, rank: Rank, cores: int) -> None:
        self._cores[id] = cores
        heapq.heappush(self._waiting[cores > 1], (rank, id))

    def next(self) -> str | None:
        """The most urgent that may begin now, None = nobody may."""
        if self._running >= self._places:
            return None
        heads = [queue for queue in self._waiting.values() if queue and self._fits(self._cores[queue[0][1]])]
        if not heads:
            return None
        id = heapq.heappop(min(heads))[1]
        self._running += 1
        self._busy += self._heavy(id)
        return id

    def leave(self, id: str) -> None:
        self._running -= 1
        self._busy -= self._heavy(id)
        del self._cores[id]

    def _fits(self, cores: int) -> bool:
        return cores == 1 or not self._busy or self._busy + cores <= self._places

    def _heavy(self, id: str) -> int:
        return self._cores[id] if self._cores[id] > 1 else 0
