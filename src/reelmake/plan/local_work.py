"""Local work of a run, beside the paid road: it waits for a place on this machine, runs, and ends. Nothing is written
before it, for it can be done again. Knows nothing of orders or of money."""

from __future__ import annotations

import heapq
from math import inf

from reelmake.plan import commands, reports
from reelmake.plan.outbox import Outbox
from reelmake.plan.provider_queue import Rank
from reelmake.plan.tasks import KeyTask, KeyTasks


class LocalPool:
    """An encoder takes memory by the size of its pictures: 140 MB at 1280x720, more than 1 GB at 4K. As many of those
    as there are cores may be more than there is, and a system without memory ends whom it likes.

    `places` pieces of work at once, which take no more than `memory` bytes together; None = nobody knows what there
    is. What would take more than all of it is done alone."""

    def __init__(self, places: int, memory: int | None = None) -> None:
        self._places, self._free = max(1, places), inf if memory is None else memory
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
        if self._holds and memory > self._free:
            return None
        heapq.heappop(self._waiting)
        self._holds[id] = memory
        self._free -= memory
        return id

    def end(self, id: str) -> None:
        self._free += self._holds.pop(id)


class LocalWork:
    """`running`: ids of the tasks that have a place."""

    def __init__(self, pool: LocalPool, tasks: KeyTasks, outbox: Outbox) -> None:
        self._pool, self._tasks, self._outbox = pool, tasks, outbox
        self.running: set[str] = set()

    def queue(self, task: KeyTask) -> None:
        """It must be made."""
        self._pool.join(task.rank, task.id, task.step.work.memory if task.step else 0)

    def fill(self) -> None:
        """Gives every free place to the most urgent who waits for one."""
        while (id := self._pool.begin()) is not None:
            task = self._tasks.open[id]
            self.running.add(id)
            self._tasks.started(task)
            if task.step:
                self._outbox.ask(id, commands.Run(id, task.key, task.step, task.manifest))

    def hear(self, report: reports.Report) -> None:
        """How one that was running ended."""
        match report:
            case reports.Made(id=id, take=take):
                self._tasks.done(self._ended(id), take, made=True)
            case reports.Broke(id=id, error=error):
                self._tasks.fail(self._ended(id), error)

    def _ended(self, id: str) -> KeyTask:
        self._pool.end(id)
        self.running.discard(id)
        return self._tasks.open[id]
