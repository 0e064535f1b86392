"""Carries a provider's conversation over HTTP. (Being written.)"""

from __future__ import annotations

from pathlib import Path

from reelmake.model.storyboard import ProviderSpec
from reelmake.model.take import Attempt
from reelmake.ports import Accepted, Conversation, Order, RemoteJob, Status, Tell


class HttpProvider:
    """ports.Provider."""

    def __init__(self, conversation: Conversation, spec: ProviderSpec, secret: str) -> None:
        self.name = spec.name

    async def submit(self, order: Order) -> Accepted:
        raise NotImplementedError

    async def poll(self, remote: str) -> Status:
        raise NotImplementedError

    async def fetch(self, remote: str, into: Path, tell: Tell) -> None:
        raise NotImplementedError

    async def find(self, attempt: Attempt) -> tuple[str, ...]:
        raise NotImplementedError

    async def cancel(self, remote: str) -> None:
        raise NotImplementedError

    async def listing(self) -> tuple[RemoteJob, ...]:
        raise NotImplementedError

    async def remove(self, remote: str) -> None:
        raise NotImplementedError

    async def close(self) -> None:
        raise NotImplementedError
