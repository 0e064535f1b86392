"""Caller: who started a run, hears of it and may stop it. Stop: how: Ctrl-C, a signal or a call.

Knows nothing of signals, or of what the run does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field

from reelmake.model.events import Listener
from reelmake.records import dataclass


class Stop:
    """`request` may be called from a signal handler or another thread; a second request means "at once"."""

    def __init__(self) -> None:
        self.count = 0
        self._listeners: list[Callable[[], object]] = []

    def request(self) -> int:
        """Asks once more; returns how often it was asked."""
        self.count += 1
        for listener in list(self._listeners):
            listener()
        return self.count

    def heed(self, listener: Callable[[], object]) -> Callable[[], None]:
        """Calls `listener` at every request from now on; returns how to end that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)


@dataclass(frozen=True, slots=True)
class Caller:
    """`began`: the clock's monotonic time that events count from, None = the beginning of the run itself."""

    listen: Listener
    stop: Stop = field(default_factory=Stop)
    began: float | None = None
