"""Connections with providers, with their secrets: the line on which they are asked, the door at which they tell.

Knows nothing of what is asked or told.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, cast

from reelmake import catalog, secrets
from reelmake.errors import Unwilling
from reelmake.model.storyboard import ProviderSpec

if TYPE_CHECKING:
    from reelmake.ports import Provider
    from reelmake.wire.webhooks import Webhooks


def connect(spec: ProviderSpec) -> Provider:
    """The live provider of a spec, with its secret."""
    module, secret, spec = catalog.module(spec), secrets.read(spec.api_key), secrets.filled(catalog.addressed(spec))
    if hasattr(module, "converse"):
        from reelmake.wire.http import HttpProvider

        return HttpProvider(module.converse(spec), spec, secret)
    return cast("Provider", module.connect(spec, secret))


@asynccontextmanager
async def webhooks(providers: Iterable[ProviderSpec], host: str, port: int) -> AsyncIterator[Webhooks]:
    """Hears there, while it is entered, of all that prove who they are. Raises Unwilling if it cannot."""
    from reelmake.wire.webhooks import Sender, Webhooks

    specs = [spec for spec in providers if spec.webhook_secret]
    if not specs:
        raise Unwilling("--webhook, but no provider has a webhook_secret to prove itself with", code="RM820")
    for spec in specs:
        if missing := secrets.lack(spec.webhook_secret):
            steps = (missing.remedy,)
            message = f'webhooks of the provider "{spec.name}" need {missing.what}'
            raise Unwilling(message, code="RM804", span=spec.span, next_steps=steps)
    senders = [Sender(spec.name, secrets.read(spec.webhook_secret), spec.webhook_id) for spec in specs]
    post = Webhooks(host, port, senders)
    try:
        await post.open()
    except OSError as error:
        raise Unwilling(f"cannot listen at {host}:{port}: {error.strerror or error}", code="RM820") from error
    try:
        yield post
    finally:
        await post.close()
