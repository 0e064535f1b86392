"""Absence: that a take is not at a provider (any more), as far as can be told without asking. Knows no plan."""

from __future__ import annotations

from collections.abc import Collection

from reelmake.model.take import Take


def absent(provider: str, take: Take | None, now: str, gone: Collection[tuple[str, str]]) -> str:
    """Why this take certainly is not at this provider, as far as can be told without asking; "" = it may be.

    `now`: UTC. `gone`: (provider, remote) of what a provider has said it no longer has.
    """
    if take is None or not take.remote:
        return f"it was not made at {provider}"
    if take.provider != provider:
        return f"it was made at {take.provider}"
    if take.expires and take.expires <= now:
        return f"it expired there on {take.expires[:10]}"
    if (provider, take.remote) in gone:
        return f"{provider} says so"
    return ""
