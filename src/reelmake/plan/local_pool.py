"""Local pool: how much local work this machine does at once, and who waits for a place.

An encoder takes memory by the size of its pictures: 140 MB at 1280x720, more than 1 GB at 4K. As many of those as there
are cores may be more than there is, and a system without memory ends whom it likes. Knows nothing of what the work is.
"""

from __future__ import annotations

import heapq

from reelmake.plan.provider_queue import Rank


class LocalPool:
    """`places` pieces of work at once, which take no more than `memory` bytes together; None = nobody knows what there
    is. What would take more than all of it is done alone."""

    def __init__(self, places: int, memory: int | None = None) -> None:
        self._places, self._free = max(1, places), memory
        self._waiting: list[tuple[Rank, str, int]] = []
        self._holds: dict[str, int] = {}

    def join(self, rank: Rank, id: str, memory: int) -> None:
        """Lower ranks are more urgent."""
        heapq.heappush(self._waiting, (rank, id, memory))

    def begin(self) -> str | None:
        """The most urgent, which now has its place until `end`; None if there is no room for it. Smaller ones do not
        overtake it, or it might wait for ever."""
        if not self._waiting or len(self._holds) >= self._places:
            return None
        _, id, memory = self._waiting[0]
        if self._holds and self._free is not None and memory > self._free:
            return None
        heapq.heappop(self._waiting)
        self._holds[id] = memory
        if self._free is not None:
            self._free -= memory
        return id

    def end(self, id: str) -> None:
        held = self._holds.pop(id)
        if self._free is not None:
            self._free += held
