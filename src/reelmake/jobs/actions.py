"""What a person decides about single orders and jobs, with the provider asked and the journal told.

For who holds the project. Knows nothing of terminals; what it cannot do it raises, and then nothing was done.
"""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from reelmake.diagnostics import Diagnostic
from reelmake.errors import Gone, LocalTool, Mistake, Refused
from reelmake.model.remote import Dead, Ready, RemoteJob
from reelmake.model.take import Attempt
from reelmake.plan.ambiguity import asked
from reelmake.plan.decide import Decision, Verdict
from reelmake.plan.reconcile import differences
from reelmake.records import dataclass
from reelmake.session.project import look, plan, read
from reelmake.session.selecting import selected_shots
from reelmake.world.connection import shared_limits, whereabouts

if TYPE_CHECKING:
    from reelmake.jobs.accounts import Accounts
    from reelmake.model.order import Order
    from reelmake.model.take import LedgerEntry
    from reelmake.ports import Provider
    from reelmake.session.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Cancelled:
    """What became of a job that was to be cancelled: "cancelled" (closed), "finished" or "running" (still open)."""

    what: str
    message: str = ""


class JobActions:
    """The orders of one project; `accounts`: the providers it may ask."""

    def __init__(self, workspace: Workspace, accounts: Accounts) -> None:
        self.workspace, self.accounts, self.journal = workspace, accounts, workspace.journal()

    # Who is meant

    def order(self, word: str) -> LedgerEntry:
        """The one open order whose token begins so. Raises Mistake."""
        found = [e for e in self.journal.entries() if e.open and e.attempt.token.startswith(word)]
        if len(found) != 1:
            what = "no open order has" if not found else f"{len(found)} open orders have"
            hint = "`reelmake jobs ls`; a job that no order knows: its id, and --provider NAME"
            raise Mistake([Diagnostic("RM708", f'{what} a token that begins with "{word}"', None, hint=hint)])
        return found[0]

    def job(self, word: str, called: str | None) -> tuple[LedgerEntry | None, str]:
        """The order that a token or a job's id stands for, and its provider; `called`: whose job it is if no order
        knows it. Raises Mistake."""
        owned = [e for e in self.journal.entries() if e.attempt.remote == word]
        owned = [e for e in owned if called is None or e.attempt.provider == called]
        if owned:
            return owned[-1], owned[-1].attempt.provider
        if called is not None:
            return None, self.accounts.spec(called).name
        entry = self.order(word)
        return entry, entry.attempt.provider

    # Adopting

    def answer(self, word: str, remote: str) -> LedgerEntry:
        """An order whose answer was lost: this is its job. Raises Mistake if it is the job of another one."""
        entry = self.order(word)
        self._unowned(self.journal.entries(), entry.attempt.provider, remote)
        self.journal.submitted(entry.attempt.token, remote)
        return entry

    def adopt(self, remote: str, shot: str, take: int | None, *, force: bool) -> tuple[Attempt, str]:
        """A job becomes a take of a shot, as if it had been ordered for it. The order, and a doubt in words, or "".

        Raises Mistake if it cannot be that take, or is known to be something else (unless `force`).
        """
        decision, job = self._wanted(shot, take)
        there = [e for e in self.journal.entries() if e.attempt.provider == job.provider]
        here = [e for e in there if e.attempt.key == decision.key]
        self._unowned(there, job.provider, remote)
        if any(e.open and e.attempt.remote for e in here):
            raise _wrong(f"{decision.step.name} is already being made: see `reelmake jobs ls`")
        attempt = Attempt(
            key=decision.key,
            token=f"{decision.key[:16]}-{uuid.uuid4().hex[:16]}",
            provider=job.provider,
            shot=job.shot,
            cost=job.cost,
            at=self.workspace.clock.utc(),
            order=asked(job),
            suffix=decision.step.work.suffix,
            manifest=decision.manifest,
            origin=whereabouts(self.accounts.spec(job.provider)),
        )
        doubt = self._compared(attempt, remote, force=force)
        waiting = next((e.attempt for e in here if e.open and not e.attempt.remote), None)
        ended = next((e.attempt for e in here if e.attempt.remote == remote), None)
        if waiting is None and ended is None:
            self.journal.intend(attempt)
        chosen = waiting or ended or attempt
        self.journal.submitted(chosen.token, remote)
        return replace(chosen, remote=remote), doubt

    def _unowned(self, entries: Iterable[LedgerEntry], called: str, remote: str) -> None:
        for entry in entries:
            mine = (entry.attempt.provider, entry.attempt.remote) == (called, remote)
            if mine and (entry.open or (entry.standing == "kept" and self._stored(entry))):
                state = "is already being followed" if entry.open else "has its clip in the store already"
                raise _wrong(f"job {remote} {state}, for {entry.attempt.shot}")

    def _wanted(self, shot: str, take: int | None) -> tuple[Decision, Order]:
        seen = look(read(self.workspace))
        found = selected_shots(seen, [shot])
        if len(found) != 1:
            raise _wrong(f'"{shot}" matches {len(found)} shots: {", ".join(found)}')
        there = plan(seen, found).jobs
        jobs = [(d, d.step.order) for d in there if found[0] in d.step.shots and d.step.order]
        jobs = [(d, order) for d, order in jobs if take in (None, order.take)]
        if not jobs:
            raise _wrong(f'"{shot}" has no take {take}' if take else f'"{shot}" is not made by a provider')
        decision, order = next((job for job in jobs if job[0].verdict is not Verdict.FRESH), jobs[0])
        if decision.verdict is Verdict.FRESH:
            raise _wrong(f"{decision.step.name} is already made", "raise `takes:` by one to adopt it as a new take")
        if not decision.step.paid:
            raise _wrong(f"{decision.step.name} is made on this machine")
        if not decision.key:
            raise _wrong(f"{decision.step.name} {decision.reason}: its inputs are not known yet")
        return decision, order

    def _compared(self, attempt: Attempt, remote: str, *, force: bool) -> str:
        listed = self._look(attempt.provider, remote)
        if listed is None:
            return f"{attempt.provider} does not say what {remote} shows, so nothing could be compared"
        differ = differences(attempt, listed)
        if differ and not force:
            hint = "another shot or take? --force adopts it anyway"
            notes = "; ".join(differ)
            raise _wrong(f"{remote} is not what {attempt.shot} asks for: {notes}", hint)
        return "; ".join(differ)

    def _look(self, called: str, remote: str) -> RemoteJob | None:
        """What a provider's list says of a job; None if it says nothing. Raises Gone if there is no such job."""

        async def looked(live: Provider) -> RemoteJob | None:
            try:
                jobs = await live.listing()
            except Refused:
                jobs = ()
            if found := next((job for job in jobs if job.remote == remote), None):
                return found
            await live.poll(remote)  # raises Gone; a list may be short
            return None

        return self.accounts.ask(called, looked)

    # Ending

    def cancel(self, entry: LedgerEntry | None, remote: str, called: str) -> Cancelled:
        """Asks the provider to stop a job, asks once what became of it, and writes that down if it is an order of ours.

        Raises Refused if it cannot be cancelled.
        """

        async def cancelled(live: Provider) -> Dead | Cancelled:
            await live.cancel(remote)
            try:
                status = await live.poll(remote)
            except Gone as error:
                return Dead(error.code, str(error))
            if isinstance(status, Dead):
                return status
            return Cancelled("finished" if isinstance(status, Ready) else "running")

        end = self.accounts.ask(called, cancelled)
        if isinstance(end, Cancelled):
            return end
        if entry is not None and entry.open:
            self._close(entry, "cancelled", end.message or "cancelled by hand", end.cost)
        return Cancelled("cancelled", end.message)

    def give_up(self, entry: LedgerEntry) -> None:
        """Nothing is asked of the provider; the next build may order it again."""
        self._close(entry, "dismissed", "given up by hand")
        self.workspace.store.answers.drop(entry.attempt.token)

    def lacks_clip(self, entry: LedgerEntry | None) -> bool:
        """Is its clip in no store of ours, though it may have one?"""
        return entry is not None and (entry.open or (entry.standing == "kept" and not self._stored(entry)))

    def delete(self, entry: LedgerEntry | None, remote: str, called: str) -> None:
        """Deletes a job and its clip at the provider. One that is not there any more is as good as deleted."""

        async def removed(live: Provider) -> None:
            try:
                await live.remove(remote)
            except Gone:
                return

        self.accounts.ask(called, removed)
        if entry is not None and entry.open:
            self._close(entry, "dismissed", "deleted at the provider by hand")

    def _close(self, entry: LedgerEntry, outcome: str, message: str, cost: Decimal | None = None) -> None:
        """Writes down how it ended; other projects have its place at once, where they share the provider's limits."""
        self.journal.closed(entry.attempt.token, outcome, message, cost)
        spec = self.accounts.specs.get(entry.attempt.provider)
        if spec and (gate := shared_limits(spec, self.workspace.root)):
            with contextlib.suppress(LocalTool):  # the next build of this project gives back what is not open any more
                asyncio.run(gate.leave(entry.attempt.token))

    def _stored(self, entry: LedgerEntry) -> bool:
        take = self.workspace.store.find(entry.attempt.key)
        return take is not None and take.digest == entry.digest


def _wrong(message: str, hint: str = "") -> Mistake:
    return Mistake([Diagnostic("RM716", message, None, hint=hint)])
