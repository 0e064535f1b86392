"""What providers have told unasked, over webhooks, and for which tasks jobs are followed.

A job that is told of is looked at, and nothing more is believed; who tells is asked rarely meanwhile, until an end is
found that was not told. Knows nothing of how it is told, of signatures or of money.
"""

from __future__ import annotations

EARLY = 1000  # jobs that are told of before they are ours; more is noise


class WebhookMemory:
    """Jobs are (provider, remote)."""

    def __init__(self) -> None:
        self._followed: dict[tuple[str, str], str] = {}  # by job, every task of this run
        self._early: dict[tuple[str, str], bool] = {}  # told of before we knew them ours, oldest first
        self._silent: set[str] = set()  # providers that did not tell of an end

    def knows(self, provider: str, remote: str) -> bool:
        """Is or was this a job of ours in this run?"""
        return (provider, remote) in self._followed

    def follow(self, provider: str, remote: str, id: str) -> bool:
        """This is the job of a task from now on. True: its webhook was faster than the answer to its order."""
        self._followed[provider, remote] = id
        return self._early.pop((provider, remote), False)

    def told(self, provider: str, remote: str) -> str:
        """The task whose job this is; "" = none as yet."""
        if (provider, remote) not in self._followed:
            self._early[provider, remote] = True
            if len(self._early) > EARLY:
                del self._early[next(iter(self._early))]
        return self._followed.get((provider, remote), "")

    def missed(self, provider: str) -> str:
        """An end was found that should have been told: what to say of it, once for each provider."""
        if provider in self._silent:
            return ""
        self._silent.add(provider)
        return f"{provider} sent no webhook for a job that has ended; it is polled more often until it does"
