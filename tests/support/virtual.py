"""A clock and an event loop in which waiting takes no time: hours of a run in milliseconds, always the same way."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Awaitable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

T = TypeVar("T")
EPOCH = datetime(2026, 11, 21, tzinfo=UTC)
THREADS = 10.0  # real seconds in which a thread must have reported back; then the loop waits for nothing


class _Selector(selectors.DefaultSelector):
    """Where a real selector would sleep, time jumps."""

    loop: VirtualLoop

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None:
            ready = super().select(THREADS)
            if not ready:
                raise RuntimeError("everything waits and nothing will ever happen")
            return ready
        self.loop.now += timeout
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self, now: float = 0.0) -> None:
        self.now = now
        selector = _Selector()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        return self.now


class VirtualClock:
    """ports.Clock on the running virtual loop. `offset`: by how much UTC is off."""

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    def utc(self) -> str:
        return (EPOCH + timedelta(seconds=self.monotonic())).isoformat(timespec="seconds")

    def sleep(self, seconds: float) -> Awaitable[None]:
        return asyncio.sleep(seconds)


def run_virtual(work: Coroutine[Any, Any, T], now: float = 0.0) -> tuple[T, float]:
    """The result and the time at the end. Tasks that a crash left behind are thrown away, as a dead process would."""
    loop = VirtualLoop(now)
    try:
        return loop.run_until_complete(work), loop.now
    finally:
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()
