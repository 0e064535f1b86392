"""The real clock. Knows nothing of what is waited for."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class SystemClock:
    """ports.Clock."""

    def monotonic(self) -> float:
        return time.monotonic()

    def utc(self) -> str:
        return datetime.now(UTC).isoformat(timespec="seconds")

    async def sleep(self, seconds: float) -> None:
        import asyncio

        await asyncio.sleep(seconds)
