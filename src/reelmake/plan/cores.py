"""Cores: those of this machine that local work may take, and who waits for them.

An encoder of a long segment keeps two cores busy by itself, and takes the memory of several small pieces of work; so
work says how many cores it fills, and begins when so many are free. Places at a provider can be counted likewise.
Knows nothing of what the work is.
"""

from __future__ import annotations

import heapq
from typing import Generic, TypeVar

Rank = TypeVar("Rank", bound=tuple[float, object])
Id = str


class Cores(Generic[Rank]):
    """`count` of them. Who joins waits until `begin` names it, and has its cores until `end` gives them back."""

    def __init__(self, count: int) -> None:
        self._count = self._free = max(1, count)
        self._waiting: dict[int, list[tuple[Rank, Id]]] = {}  # by how many cores they fill
        self._holds: dict[Id, int] = {}

    def join(self, rank: Rank, id: Id, cores: int = 1) -> None:
        """Lower ranks are more urgent. Work that would fill more cores than there are takes all of them."""
        heapq.heappush(self._waiting.setdefault(min(cores, self._count), []), (rank, id))

    def begin(self) -> Id | None:
        """The most urgent, if there is room for it; else a smaller one, on cores that are too few for the large one
        whatever ends. None if there is no room."""
        queues = sorted((queue[0], cores) for cores, queue in self._waiting.items() if queue)
        for place, ((_, id), cores) in enumerate(queues):
            large = queues[0][1]
            small = sum(held for held in self._holds.values() if held < large)
            if cores <= self._free and (place == 0 or cores + small <= self._count % large):
                heapq.heappop(self._waiting[cores])
                self._free -= cores
                self._holds[id] = cores
                return id
        return None

    def end(self, id: Id) -> None:
        self._free += self._holds.pop(id)
