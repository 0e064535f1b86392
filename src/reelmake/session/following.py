"""Loose shots that nobody waited for: how one stands, and its take when it is made; by its id, in any process.

The id is the beginning of the key of its take, as of the tokens of its orders (`reelmake jobs ls`): the same shot has
the same id, whoever asks for it and however often. A provider is asked without a hold on the project; only what is
written needs one, for a moment. Nothing is ever ordered here. Knows nothing of terminals.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from reelmake import errors
from reelmake.errors import Mistake
from reelmake.model import events
from reelmake.model.remote import Dead, Pending
from reelmake.model.wish import Overrides
from reelmake.plan.paid_order import Tries
from reelmake.plan.provider_queue import PATIENCE, ProviderQueue, job_class, rest
from reelmake.plan.result import ShotStatus
from reelmake.prep.memory import Durations
from reelmake.prep.source_files import find
from reelmake.records import dataclass
from reelmake.session.loose import DIGITS, abroad, clip_of, places, specs
from reelmake.session.publishing import log_run
from reelmake.session.workspace import Workspace
from reelmake.world import secrets
from reelmake.world.connection import connect, shared_limits, whereabouts

if TYPE_CHECKING:
    from reelmake.execute.runner import Outcome
    from reelmake.model.storyboard import ProviderSpec
    from reelmake.model.take import Attempt, LedgerEntry, Take
    from reelmake.plan.result import Clip
    from reelmake.ports import Provider
    from reelmake.store.journal import LocalJournal

MISSED = 3  # times in a row that a job is not there; then a run finds out what became of it
_KINDS: dict[str, type[errors.StepError]] = {
    kind.code: kind
    for kind in (
        errors.Transient, errors.Ambiguous, errors.Refused, errors.Moderated,
        errors.NoCredit, errors.NoAccess, errors.Gone, errors.LocalTool,
    )
}  # fmt: skip
_ENDED: dict[str, type[errors.StepError]] = {
    "refused": errors.Refused,
    "moderated": errors.Moderated,
    "not-sent": errors.Transient,
}
_LOST = "its clip was kept, and is in the store no longer; the same shot asked for again fetches it, and pays nothing"
_NOTHING = "nobody has ordered it"


def failure(code: str, message: str, next_steps: tuple[str, ...] = ()) -> errors.ReelmakeError:
    """The error of that code."""
    kind = _KINDS.get(code) or (errors.Unwilling if code.startswith("RM8") else errors.StepError)
    error = kind(message, next_steps=next_steps)
    error.code = code
    return error


class LastKnown(NamedTuple):
    """How a shot stands by what is on disk, and its last order, if there ever was one."""

    status: ShotStatus
    entry: LedgerEntry | None = None
    take: Take | None = None


@dataclass(frozen=True)
class SentShot:
    """One shot that was asked for, by the key of its take, where it is made."""

    workspace: Workspace
    key: str

    @property
    def id(self) -> str:
        return self.key[:DIGITS]

    @cached_property
    def specs(self) -> dict[str, ProviderSpec]:
        return dict(specs(self.workspace))

    @cached_property
    def _read(self) -> dict[int, LedgerEntry | None]:
        """Its last order, by the size of the journal that said so."""
        return {}

    def _entry(self) -> LedgerEntry | None:
        journal = self.workspace.journal()
        if (size := journal.size) not in self._read:
            of_key = [e for e in journal.entries() if e.attempt.key == self.key]
            self._read.clear()
            self._read[size] = of_key[-1] if of_key else None
        return self._read[size]

    def standing(self) -> LastKnown:
        """By what is on disk; the provider is not asked."""
        entry = self._entry()  # before the store: what was kept meanwhile is there
        take = self.workspace.store.find(self.key)
        if take:
            status = ShotStatus(self.id, "made", 100.0, path=self.workspace.store.path(take))
        elif entry and entry.open:
            status = ShotStatus(self.id, "making" if entry.attempt.remote else "sent")
        else:
            why = _NOTHING if entry is None else _LOST if entry.standing == "kept" else entry.message
            kind = _ENDED.get(entry.standing if entry else "", errors.StepError)
            status = ShotStatus(self.id, "failed", error=why, code=kind.code)
        return LastKnown(status, entry, take)

    def connect(self, entry: LedgerEntry) -> Provider:
        """Its provider. Raises Unwilling without its secret, NoAccess if the storyboard has it no longer."""
        called = entry.attempt.provider
        if called not in self.specs:
            raise errors.NoAccess(f"{called}, where it was ordered, is no provider of this storyboard any more")
        secrets.demand(self.specs[called])
        return connect(self.specs[called], self.workspace.bindings)


def sent_shot(id: str, storyboard: str | None = None, profile: str = "") -> SentShot:
    """The shot of an id: of this storyboard (None: of this folder's or a parent's, if there is one), or one that was
    made outside of projects. Raises Mistake if nobody knows it."""
    workspaces: list[Workspace] = [abroad()]
    try:
        workspaces.insert(0, Workspace(find(storyboard), Overrides(profile)))
    except Mistake:
        if storyboard is not None:
            raise
    for workspace in workspaces if len(id) == DIGITS and id.isalnum() else ():
        ordered = (e.attempt.key for e in workspace.journal().entries() if e.attempt.key.startswith(id))
        if key := next(ordered, None) or workspace.store.key(id):
            return SentShot(workspace, key)
    raise Mistake.of("RM708", f'no shot was asked for here that has the id "{id}"', hint="`reelmake jobs ls`")


async def status(shot: SentShot) -> ShotStatus:
    """How it stands now; its provider is asked once if it is being made there. What is heard is not written down.

    Raises Unwilling without its secret, and NoAccess."""
    watch = _Watch(shot)
    try:
        return await watch.look(shot.standing())
    finally:
        await watch.close()


async def follow(shot: SentShot, tell: Callable[[ShotStatus], None]) -> Take:
    """Until it is made, as long as it takes. `tell` hears of every look, and must not raise anything.

    Raises the branch of StepError that it ended with. Cancelled, it leaves the job at its provider.
    """
    watch = _Watch(shot)
    try:
        while True:
            seen = shot.standing()
            now, entry = await watch.look(seen), seen.entry
            tell(now)
            if seen.take:
                if entry and entry.open:  # whoever kept it died before the line that says so; another run writes it too
                    with suppress(errors.Busy):
                        await _settle(shot, entry, now, tell, wait=False)
                return seen.take
            if entry is None or not entry.open:
                raise watch.end(now)
            if now.state == "making" and watch.tries.gone < MISSED:
                await shot.workspace.clock.sleep(watch.wait(entry.attempt))
            else:
                await _settle(shot, entry, now, tell)
    finally:
        await watch.close()


class _Watch:
    """Asks the provider of a shot how it stands. `tries`: those that failed in a row."""

    def __init__(self, shot: SentShot) -> None:
        self._shot, self.tries = shot, Tries()
        self._provider: Provider | None = None
        self._queue: ProviderQueue | None = None
        self._after: float | None = None  # seconds after which it wishes to be asked again
        self._dead: Dead | None = None

    async def look(self, seen: LastKnown) -> ShotStatus:
        """How it stands. Raises Unwilling, and the StepError for which it cannot be asked for long."""
        if seen.entry is None or seen.status.state != "making":
            return seen.status
        self._provider = self._provider or self._shot.connect(seen.entry)
        id, now = self._shot.id, self._shot.workspace.clock.monotonic()
        try:
            said = await self._provider.poll(seen.entry.attempt.remote)
        except (errors.Transient, errors.Gone) as error:  # neither says, by itself, that there will be no clip
            self.tries, self._after = self.tries.failed(now, gone=isinstance(error, errors.Gone)), None
            if now - self.tries.since > PATIENCE:
                raise
            self._after = getattr(error, "after", None)
            return ShotStatus(id, "making", note=str(error))
        self.tries = Tries()
        match said:
            case Pending(fraction=fraction, note=note, after=after):
                self._after = after
                return ShotStatus(id, "making", None if fraction is None else 100 * fraction, note)
            case Dead(code=code, message=message):
                self._dead = said
                return ShotStatus(id, "failed", error=message, code=code)
        return ShotStatus(id, "ready", 100.0)

    def wait(self, attempt: Attempt) -> float:
        """Seconds until it is asked again: until its end is likely, or longer each time that it cannot be asked."""
        if self.tries.count:
            return rest(attempt.key, self.tries.count, self._after)
        workspace = self._shot.workspace
        usual = Durations(workspace.notes).usual.get(attempt.provider, {})
        self._queue = self._queue or ProviderQueue(learned=usual, in_flight=1)
        age = datetime.fromisoformat(workspace.clock.utc()) - datetime.fromisoformat(attempt.at)
        return self._queue.wait(job_class(attempt.manifest), max(0.0, age.total_seconds()), self._after)

    def end(self, now: ShotStatus) -> errors.ReelmakeError:
        """What to raise of a shot whose order is closed."""
        if self._dead:
            return failure(self._dead.code, self._dead.message)
        return failure(errors.Gone.code if self.tries.gone else now.code, now.error)

    async def close(self) -> None:
        if self._provider:
            await self._provider.close()


async def download(shot: SentShot, output: Path | None, tell: Callable[[ShotStatus], None]) -> Clip:
    """Its clip, where it was asked to be: waits until it is made. Raises as `follow`, Mistake for a wrong output and
    LocalTool; what `tell` raises when the clip is in its place, and till then it is not called any more."""
    from reelmake.store.placing import place

    (target,) = places(output, 1)
    hurt: list[Exception] = []

    def heard(status: ShotStatus) -> None:
        try:
            if not hurt:
                tell(status)
        except Exception as error:
            hurt.append(error)

    new = shot.standing().take is None
    take = await follow(shot, heard)
    path = shot.workspace.store.path(take)
    if target:
        await asyncio.to_thread(place, [(path, target)])
    if hurt:
        hurt[0].add_note(f"the clip is made, {target or path}; asking for it again costs nothing")
        raise hurt[0]
    return clip_of(1, take, target or path, new=new)


async def _settle(
    shot: SentShot, entry: LedgerEntry, now: ShotStatus, tell: Callable[[ShotStatus], None], *, wait: bool = True
) -> None:
    """What became of an order is found out and written down: its clip is fetched, its end noted; one whose answer was
    lost is looked for, and left at its provider when it is found. Raises StepError if it comes to nothing; Busy if
    another run holds the project and that is not to be waited for."""
    heard, workspace = list[str](), shot.workspace

    def listen(event: events.Event) -> None:
        if isinstance(event, events.Noted):
            heard.append(event.message)
        elif isinstance(event, events.StepProgressed) and event.note == events.DOWNLOADING:
            there = None if event.fraction is None else 100 * event.fraction
            tell(ShotStatus(shot.id, "ready", there, event.note))

    def waiting(holder: str) -> None:
        tell(replace(now, note=f"waits for {holder}"))

    async with workspace.hold(wait=wait, waiting=waiting, stopped=lambda: False):
        journal, began = workspace.journal(), workspace.clock.monotonic()
        if shot.standing().entry != entry:
            return  # another process was faster
        outcome = await _run(shot, entry, journal, listen)
        after = shot.standing()
        if after.entry == entry and not after.take:
            kind = errors.Transient if entry.attempt.remote else errors.Ambiguous
            raise kind(heard[-1] if heard else f"{entry.attempt.provider} did not finish it; it stays open")
        failed = after.status.state == "failed"
        took = workspace.clock.monotonic() - began
        end = events.RunFinished(took, int(bool(after.take)), 0, int(failed), 0, outcome.cost, interrupted=False)
        log_run(workspace, journal, end)


async def _run(
    shot: SentShot, entry: LedgerEntry, journal: LocalJournal, listen: Callable[[events.Event], None]
) -> Outcome:
    from reelmake.execute import runner
    from reelmake.execute.caller import Caller
    from reelmake.media.pool import Pool
    from reelmake.plan.mandate import Goal, History, Policy
    from reelmake.ports import Remotes, World

    workspace, called = shot.workspace, entry.attempt.provider
    gate = shared_limits(shot.specs[called], workspace.root) if called in shot.specs else None
    provider, pool = shot.connect(entry), Pool(1)
    try:
        return await runner.run(
            Goal({}, ()),
            Remotes(
                {called: provider},
                {name: spec.limits for name, spec in shot.specs.items()},
                {called: gate} if gate else {},
                origins={called: whereabouts(shot.specs[called])},
            ),
            World(workspace.store, journal, pool, workspace.clock, workspace.inputs()),
            Caller(listen),
            Policy(budget=Decimal(0), alone=True, follows=(shot.key,), sends=not entry.attempt.remote),
            History(usual=Durations(workspace.notes).usual),
        )
    finally:
        pool.close(kill=True)
        await provider.close()
