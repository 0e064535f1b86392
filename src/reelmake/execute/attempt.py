"""The paid road, one effect a function: intend, submit, find, poll, fetch, keep. Each writes its money line in time.

The order of lines here is the promise: intent on disk before the request, its answer on disk before anything else,
the clip in the store before it is called kept. Knows nothing of limits, retries or what comes next.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from reelmake.errors import Ambiguous, Transient
from reelmake.model.job import Job
from reelmake.model.take import Attempt, Take
from reelmake.plan import moves
from reelmake.plan.key import text
from reelmake.ports import Accepted, Clock, Journal, Media, Order, Provider, Status, Store, Tell


@dataclass(frozen=True)
class Counter:
    """Where orders are placed: the providers by name, and the books."""

    providers: Mapping[str, Provider]
    store: Store
    journal: Journal
    media: Media
    clock: Clock
    _sending: dict[str, Attempt] = field(default_factory=dict)
    _searching: asyncio.Lock = field(default_factory=asyncio.Lock)

    def intend(self, order: moves.Intend) -> Attempt:
        """Writes the intent. Raises LocalTool if that fails: then nothing was sent and nothing may be."""
        job = order.step.job
        assert job is not None
        attempt = Attempt(
            key=order.key,
            token=f"{order.key[:16]}-{uuid.uuid4().hex[:16]}",
            provider=job.provider,
            shot=job.shot,
            cost=job.cost,
            at=self.clock.utc(),
            number=order.number,
            order=_asked(job),
            suffix=order.step.suffix,
            manifest=order.manifest,
        )
        self.journal.intend(attempt)
        return attempt

    async def submit(self, order: moves.Submit, inputs: Mapping[str, Path], source: str) -> Accepted:
        """One paid request; `sent` must be called with its answer before anything else is done or awaited.

        `source`: the take that it changes or lengthens, as its provider calls it; "" = send the clip instead.
        """
        job, attempt = order.step.job, order.attempt
        assert job is not None
        self._sending[attempt.token] = attempt
        try:
            return await self.providers[attempt.provider].submit(
                Order(job, inputs, attempt.token, source, _seed(job, attempt))
            )
        finally:
            del self._sending[attempt.token]

    def sent(self, attempt: Attempt, accepted: Accepted) -> None:
        """Writes the answer. If that fails (a full disk) the job is followed all the same, and should this run die too,
        the intent is on disk and the next run asks the provider."""
        self.journal.submitted(attempt.token, accepted.remote)

    async def find(self, attempt: Attempt) -> str | None:
        """The provider's id of an order whose answer was lost, None if it never arrived. Raises Ambiguous if who can
        say: another order like it may be the one that is there.

        Orders for several takes of a shot are all the same to a provider. So nothing is looked for while one like it
        is being sent, and a job is ours only if there are no more of them than orders of ours without an answer.
        """
        async with self._searching:
            if any(_like(attempt, other) for other in self._sending.values()):
                raise Transient("an order like it is just being sent", after=1.0)
            found = await self.providers[attempt.provider].find(attempt)
            known = self.journal.remotes()
            candidates = [remote for remote in found if remote not in known]
            if any(_like(attempt, other) for other in self._sending.values()):
                raise Transient("an order like it is just being sent", after=1.0)
            if not candidates:
                return None
            unanswered = [a for a in self.journal.open() if not a.remote and _like(attempt, a)]
            if len(candidates) > len(unanswered):
                raise Ambiguous(f"it has {len(candidates)} jobs like this one: {', '.join(candidates)}")
            self.journal.submitted(attempt.token, candidates[0])
            return candidates[0]

    async def poll(self, attempt: Attempt) -> Status:
        return await self.providers[attempt.provider].poll(attempt.remote)

    async def fetch(self, attempt: Attempt, tell: Tell) -> moves.Fetched:
        """The whole clip in a scratch file, looked through. Raises LocalTool if it is not whole."""
        into = self.store.scratch(attempt.suffix)
        try:
            await self.providers[attempt.provider].fetch(attempt.remote, into, tell)
            facts = await self.media.probe(into, attempt.suffix)
        except BaseException:
            into.unlink(missing_ok=True)
            raise
        return moves.Fetched("", into, facts)

    def take(self, order: moves.Keep) -> Take:
        """The record of a fetched clip, its digest still open."""
        attempt = order.attempt
        return Take(
            key=attempt.key,
            digest="",
            kind="shot",
            suffix=attempt.suffix,
            facts=order.facts,
            manifest=attempt.manifest,
            cost=order.cost,
            provider=attempt.provider,
            model=dict(attempt.manifest).get("model", ""),
            remote=attempt.remote,
            made=self.clock.utc(),
            took=order.took,
        )

    def kept(self, attempt: Attempt, take: Take, cost: Decimal | None) -> None:
        self.journal.kept(attempt.token, attempt.key, take.digest, cost)


def _seed(job: Job, attempt: Attempt) -> int:
    """The same order gives the same seed, and another take another."""
    return job.seed if job.seed is not None else int(attempt.key[:8], 16) % 2**31


def _like(one: Attempt, other: Attempt) -> bool:
    """Could a provider take the one order for the other?"""
    return (one.provider, one.order) == (other.provider, other.order)


def _asked(job: Job) -> str:
    """What a provider's list of jobs can be compared with."""
    fields = ("model", "operation", "prompt", "avoid", "size", "seconds", "seed")
    return json.dumps({name: str(job.size) if name == "size" else text(getattr(job, name)) for name in fields})
