"""What providers tell unasked: a job that is told of is looked at, and who tells is asked rarely meanwhile.

The third part of the state machine; knows nothing of how it is told, of signatures or of money.
"""

from __future__ import annotations

from collections.abc import Mapping

from reelmake.model import events
from reelmake.model.take import Attempt
from reelmake.plan import reports
from reelmake.plan.budget import Budget
from reelmake.plan.key_task import KeyTask, State
from reelmake.plan.provider_queue import SOONEST_POLL, ProviderQueue
from reelmake.plan.setbacks import Setbacks
from reelmake.plan.waitlist import Waitlist

EARLY = 1000  # jobs that are told of before they are ours; more is noise


class Hearing(Setbacks):
    """`Lane.hears` says which providers tell; one that did not is asked as often as any other until it does."""

    def __init__(
        self,
        waitlist: Waitlist,
        origin: float,
        lanes: Mapping[str, ProviderQueue],
        purse: Budget,
        moderated: Mapping[str, int],
    ) -> None:
        super().__init__(waitlist, origin, lanes, purse, moderated)
        self._jobs: dict[tuple[str, str], str] = {}  # (provider, remote) -> making, of every job followed in this run
        self._early: dict[tuple[str, str], None] = {}  # told of before we knew them ours, oldest first
        self._silent: set[str] = set()  # providers that did not tell of an end

    def knows(self, provider: str, remote: str) -> bool:
        """Is or was this a job of ours in this run?"""
        return (provider, remote) in self._jobs

    def _listen_for(self, making: KeyTask, attempt: Attempt) -> None:
        job = (attempt.provider, attempt.remote)
        self._jobs[job] = making.id
        if job in self._early:  # its webhook was faster than the answer to its order
            del self._early[job]
            self._told(reports.Heard(*job))

    def _told(self, report: reports.Heard) -> None:
        job = (report.provider, report.remote)
        if job not in self._jobs:
            self._early[job] = None
            if len(self._early) > EARLY:
                del self._early[next(iter(self._early))]
            return
        making = self._makings.get(self._jobs[job])
        if making is None or making.state is not State.SUBMITTED or making.lane is None:
            return
        making.lane.hears, making.told = True, self._now
        if making.id not in self._asked:  # else an answer is on its way, and the next look will be soon
            self._wait(making, 0.0)

    def _sooner(self, making: KeyTask, wait: float) -> float:
        """What a provider tells may be ahead of what it answers: then it is asked again soon, and less and less so."""
        return wait if making.told is None else min(wait, max(SOONEST_POLL, self._now - making.told))

    def _untold(self, making: KeyTask) -> None:
        """An end that was found by asking: if it should have been told, its provider is asked more often again."""
        lane, attempt = making.lane, making.attempt
        if lane is None or attempt is None or not lane.hears or making.told is not None or making.looked is None:
            return
        lane.hears = False
        if attempt.provider not in self._silent:
            self._silent.add(attempt.provider)
            message = (
                f"{attempt.provider} sent no webhook for a job that has ended; it is polled more often until it does"
            )
            self._tell(events.Warned(self._at, making.name, attempt.shot, message))
