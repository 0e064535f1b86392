"""Outbox: what a run asks and tells in one turn, which of its questions are open, and who asks again when.

Times are seconds on the caller's monotonic clock. Knows nothing of what is asked.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from reelmake.plan import commands

if TYPE_CHECKING:
    from reelmake.model.events import Event


class Outbox:
    """`origin`: the time that events count from. Questions are known by the id of the task they are about."""

    def __init__(self, origin: float) -> None:
        self._origin = self.now = origin
        self.commands: list[commands.Command] = []  # of this turn, in order
        self.open: set[str] = set()  # answers about them are outstanding
        self._timers: list[tuple[float, str]] = []
        self._due: dict[str, float] = {}

    def turn(self, now: float, answered: str) -> None:
        """A new turn begins, with the answer to a question or, if `answered` is "", with something else."""
        self.now, self.commands = now, []
        self.open.discard(answered)

    @property
    def at(self) -> float:
        """Now, as events count."""
        return self.now - self._origin

    def ask(self, id: str, command: commands.Command) -> None:
        self.open.add(id)
        self._due.pop(id, None)
        self.commands.append(command)

    def say(self, *said: commands.Statement) -> None:
        """What is not answered."""
        self.commands += said

    def tell(self, event: Event) -> None:
        self.commands.append(commands.Tell(event))

    def abandon(self, ids: Collection[str] | None = None) -> None:
        """Their answers are not waited for; None = nobody's are."""
        for id in sorted(self.open if ids is None else self.open.intersection(ids)):
            self.open.discard(id)
            self.commands.append(commands.Abandon(id))

    # Timers

    def wait(self, id: str, seconds: float) -> None:
        """`due` names it after so many seconds, and not at an earlier wish of its own."""
        self._due[id] = self.now + seconds
        heapq.heappush(self._timers, (self._due[id], id))

    def due(self) -> Iterator[str]:
        """Those whose time has come."""
        while (wake := self.wake) is not None and wake <= self.now:
            _, id = heapq.heappop(self._timers)
            del self._due[id]
            yield id

    @property
    def wake(self) -> float | None:
        """When the next one is due."""
        while self._timers and self._due.get(self._timers[0][1]) != self._timers[0][0]:
            heapq.heappop(self._timers)
        return self._timers[0][0] if self._timers else None

    def forget(self, id: str) -> None:
        """It has ended."""
        self._due.pop(id, None)
