"""A provider whose conversation is one request, to see what becomes of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from reelmake.errors import StepError
from reelmake.model.http import Auth, Request, Response, Secret, origin
from reelmake.model.storyboard import ProviderSpec
from reelmake.wire.carrier import HttpProvider

SECRET = "sk-loopback-0123456789"
QUICK = {"read_timeout": 0.3, "create_timeout": 0.3, "connect_timeout": 5}


class Asks:
    """ports.Conversation: every question is the one request, every answer its response."""

    def __init__(self, request: Request, auth: Auth | None = None) -> None:
        self.auth = auth or Auth()
        self.request = request
        self.got: list[Response] = []

    def submit(self, *_: Any) -> Generator[Request, Response, Any]:
        self.got.append((yield self.request))
        return self.got[-1]

    poll = fetch = find = cancel = listing = remove = submit


@asynccontextmanager
async def provider(
    url: str,
    conversation: Any = None,
    *,
    secret: str = SECRET,
    options: Mapping[str, object] | None = None,
) -> AsyncIterator[HttpProvider]:
    spec = ProviderSpec("studio", "openai-videos", url, "STUDIO_KEY", options={**QUICK, **(options or {})})
    studio = HttpProvider(conversation or Asks(Request("GET", "/")), spec, Secret(secret, origin(spec.base_url)))
    try:
        yield studio
    finally:
        await studio.close()


async def said(
    url: str, request: Request, *, secret: str = SECRET, auth: Auth | None = None, **options: object
) -> Response | StepError:
    """What came of one request: an answer or an error."""
    asks = Asks(request, auth)
    async with provider(url, asks, secret=secret, options=options) as studio:
        try:
            answer: Response = await studio.hold(asks.submit())
        except StepError as error:
            return error
        return answer
