"""Which steps of a pool run at once: as many as it has places for. One that keeps several cores busy takes as many
places, or all if there are fewer; while it does not fit, smaller ones go first.

Knows nothing of what a step does and of who does it.
"""

from __future__ import annotations

import heapq

from reelmake.plan.kept import Rank


class Cores:
    """Steps wait here, the lowest rank first, until `next` gives them their places; `leave` gives these back."""

    def __init__(self, places: int) -> None:
        self._free = max(1, places)
        self._most = self._free
        self._waiting: dict[int, list[tuple[Rank, str]]] = {}  # by how many places they take
        self._taken: dict[str, int] = {}  # by those who run

    def join(self, id: str, rank: Rank, cores: int) -> None:
        heapq.heappush(self._waiting.setdefault(min(cores, self._most), []), (rank, id))

    def next(self) -> str | None:
        """The most urgent that may begin now, None = nobody may."""
        fitting = [(queue[0], cores) for cores, queue in self._waiting.items() if queue and cores <= self._free]
        if not fitting:
            return None
        (_, id), cores = min(fitting)
        heapq.heappop(self._waiting[cores])
        self._taken[id] = cores
        self._free -= cores
        return id

    def leave(self, id: str) -> None:
        self._free += self._taken.pop(id)
