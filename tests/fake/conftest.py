"""A client of the fake, and servers that end with the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from reelmake_fake.server import FakeServer
from reelmake_fake.settings import ServerOptions

SMALL: dict[str, Any] = {"prompt": "A tram.", "size": "64x64", "seconds": "0.5"}


class Client(httpx.Client):
    """Speaks to one server with a key."""

    def __init__(self, server: FakeServer, **headers: str) -> None:
        super().__init__(
            base_url=server.base_url, headers={"authorization": "Bearer any", **headers}, timeout=20, trust_env=False
        )

    def order(self, *script: str, path: str = "/videos", **fields: Any) -> httpx.Response:
        return self.post(path, json={**SMALL, **fields, **({"script": list(script)} if script else {})})

    def made(self, *script: str, **fields: Any) -> str:
        """The id of an order that goes well."""
        reply = self.order(*script, **fields)
        assert reply.is_success, reply.text
        return str(reply.json()["id"])


Serve = Callable[..., tuple[FakeServer, Client]]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts a server whose jobs take no time, unless said otherwise, and a client of it."""
    with ExitStack() as stack:

        def start(**options: Any) -> tuple[FakeServer, Client]:
            server = stack.enter_context(FakeServer(ServerOptions(**{"takes": 0.0, **options})))
            return server, stack.enter_context(Client(server))

        yield start
