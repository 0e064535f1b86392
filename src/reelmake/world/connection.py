"""Connections with providers, with their secrets: how they are asked, and where their webhooks arrive.

Knows nothing of what is asked or told.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

from reelmake import catalog
from reelmake.errors import Unbound, Unwilling
from reelmake.model.http import Secret, origin
from reelmake.model.storyboard import ProviderSpec
from reelmake.world import secrets
from reelmake.world.bindings import VARIABLE, Bindings, file

if TYPE_CHECKING:
    from reelmake.ports import Provider
    from reelmake.store.limits import SharedLimits
    from reelmake.wire.webhooks import Webhooks


def unbound(specs: Iterable[ProviderSpec], bindings: Bindings) -> Unbound | None:
    """Why these providers cannot be connected to: their secrets are not bound to where they are."""
    sent = [(spec, spec.api_key, _destination(spec)) for spec in specs if spec.api_key]
    barred = [(spec, place, to) for spec, place, to in sent if not bindings.allow(place, to)]
    if not barred:
        return None
    wants = list(dict.fromkeys((place, to) for _, place, to in barred if to))
    listed = " and ".join(f"{place} to be sent to {to}" for place, to in wants)
    if not wants:
        spec, place, _ = barred[0]
        message = f'{place} cannot be sent to the base_url of "{spec.name}": a name there has letters beyond ASCII'
        return Unbound(message, span=spec.span, next_steps=("write the name in its xn-- form",))
    names = ", ".join(f'"{spec.name}"' for spec, _, _ in barred)
    said = ",".join(filter(None, ["$" + VARIABLE if os.environ.get(VARIABLE) else "", *map("=".join, wants)]))
    return Unbound(
        f"not yet allowed on this machine: {listed} (provider {names}). Allow it in {VARIABLE}, or run this "
        f"on a terminal and answer yes, which is saved in {file()}",
        wants=wants,
        span=barred[0][0].span,
        next_steps=(f'export {VARIABLE}="{said}"',),
    )


UNTOLD = "an address that cannot be told exactly"


def whereabouts(spec: ProviderSpec) -> str:
    """Where a provider is, as what it makes is marked: an origin, `kind:NAME` for a kind that has no address, or
    UNTOLD."""
    return _destination(spec) or UNTOLD


def vouched(specs: Iterable[ProviderSpec], bindings: Bindings) -> frozenset[str]:
    """Of where these providers are: where the owner of the machine has let a secret be sent. What was made there is
    signed as ours. Raises Mistake if what the owner wrote is garbled."""
    return frozenset(filter(bindings.known, map(whereabouts, specs)))


def _destination(spec: ProviderSpec) -> str:
    """Where its secret goes, as bindings have it; "" for an address that cannot be told exactly."""
    address = catalog.addressed(spec).base_url
    return origin(address) if address else f"kind:{spec.kind}"


def connect(spec: ProviderSpec, bindings: Bindings) -> Provider:
    """The live provider of a spec, with its secret. Raises Unbound if it may not be sent there."""
    if barred := unbound([spec], bindings):
        raise barred
    module, secret, spec = catalog.module(spec), secrets.read(spec.api_key), catalog.addressed(spec)
    if hasattr(module, "connect") and not hasattr(module, "converse"):
        return cast("Provider", module.connect(spec, secret))
    from reelmake.wire.carrier import HttpProvider

    return HttpProvider(module.converse(spec), spec, Secret(secret, origin(spec.base_url)))


def shared_limits(spec: ProviderSpec, root: Path) -> SharedLimits | None:
    """The limits of a provider, if the project at `root` shares them with others."""
    from reelmake.store.limits import SharedLimits, place

    return SharedLimits(place(root, spec.limits.file), spec.limits, str(root)) if spec.limits.file else None


@asynccontextmanager
async def webhooks(providers: Iterable[ProviderSpec], host: str, port: int) -> AsyncIterator[Webhooks]:
    """Hears there, while it is entered, of all that prove who they are. Raises Unwilling if it cannot."""
    from reelmake.wire.webhooks import Sender, Webhooks

    specs = [spec for spec in providers if spec.webhook_secret]
    if not specs:
        raise Unwilling("--webhook needs a provider with a webhook_secret", code="RM820")
    for spec in specs:
        if missing := secrets.lack(spec.webhook_secret):
            steps = (missing.remedy,)
            message = f'webhooks of the provider "{spec.name}" need {missing.what}'
            raise Unwilling(message, code="RM804", span=spec.span, next_steps=steps)
    senders = [Sender(spec.name, secrets.read(spec.webhook_secret), spec.webhook_id) for spec in specs]
    inbox = Webhooks(host, port, senders)
    try:
        await inbox.open()
    except OSError as error:
        raise Unwilling(f"cannot listen at {host}:{port}: {error.strerror or error}", code="RM820") from error
    try:
        yield inbox
    finally:
        await inbox.close()
