"""Places at providers that are shared with other projects: asks for places, gives them back, one thing after another.

Knows nothing of where the places are counted (store/limits.py) or of who should go first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from reelmake.errors import LocalTool
from reelmake.execute.order_desk import new_token
from reelmake.plan import commands, reports
from reelmake.ports import Gate, Journal


class SharedPlaces:
    """One gate by provider. What goes through one gate goes one after another, in the order in which it was asked."""

    def __init__(self, gates: Mapping[str, Gate]) -> None:
        self._gates = gates
        self._turns = {name: asyncio.Lock() for name in gates}
        self._going: set[asyncio.Task[None]] = set()
        self._troubles: list[LocalTool] = []

    async def resume(self, journal: Journal) -> None:
        """Every open order of ours has its place, and nothing else of ours. Raises LocalTool."""
        for name, gate in self._gates.items():
            await gate.resume([attempt.token for attempt in journal.open() if attempt.provider == name])

    async def enter(self, order: commands.Enter) -> reports.Report:
        token = new_token(order.key)
        async with self._turns[order.provider]:
            wait = await self._gates[order.provider].enter(token)
        return reports.Full(order.id, wait.seconds, wait.why) if wait else reports.Entered(order.id, token)

    async def close(self, journal: Journal) -> list[LocalTool]:
        """Waits for what is under way; gives back what an interruption left. What went wrong: it costs places only."""
        await asyncio.gather(*self._going, return_exceptions=True)
        try:
            await self.resume(journal)
        except LocalTool as error:
            self._troubles.append(error)
        return self._troubles

    def go(self, provider: str, way: Callable[[Gate], Awaitable[None]]) -> None:
        """Through the gate of this provider, when it is our turn; nobody waits for it."""

        async def walk() -> None:
            try:
                async with self._turns[provider]:
                    await way(self._gates[provider])
            except LocalTool as error:
                self._troubles.append(error)

        task = asyncio.ensure_future(walk())
        self._going.add(task)
        task.add_done_callback(self._going.discard)
