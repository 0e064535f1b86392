"""Local work of a run, beside the paid road: it waits for a place on this machine, runs, and ends. Nothing is written
before it, for it can be done again. Knows nothing of orders or of money."""

from __future__ import annotations

from reelmake.plan import commands, reports
from reelmake.plan.local_pool import LocalPool
from reelmake.plan.outbox import Outbox
from reelmake.plan.tasks import KeyTask, KeyTasks


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
