"""Carries a run out: obeys the state machine's commands through the ports and reports back what happened.

One asyncio loop, no polling of our own: every wait ends by an event. Knows nothing of when to do what (that is
plan/progress.py), of YAML, ffmpeg, HTTP or terminals.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from reelmake import errors
from reelmake.execute.attempt import Counter
from reelmake.execute.doors import Doors
from reelmake.execute.files import HashedFiles
from reelmake.execute.source import Sources
from reelmake.execute.stop import Stop
from reelmake.model import events
from reelmake.model.step import Input, Step
from reelmake.model.storyboard import Limits
from reelmake.model.take import Take
from reelmake.plan import moves
from reelmake.plan.making import Result, State
from reelmake.plan.pace import ARRIVED
from reelmake.plan.progress import Progress
from reelmake.plan.waitlist import wanted
from reelmake.ports import Clock, Gate, Inputs, Journal, Media, Post, Provider, Store, Tell

LARGE = 8 << 20  # bytes from which an artifact is hashed and moved in a thread, so that polls are not kept waiting
BREATH = 64  # reports in a row after which tasks get a turn


@dataclass(frozen=True)
class Outcome:
    """How a run ended. `results` by step id, for everything the targets hang on.

    `generated`: paid clips kept in this run, also those an earlier run had ordered. `cost`: their USD, as far as known.
    `edited`: project files that changed while the run went on (what was made from them is not recorded, or is recorded
    for the bytes they had). `risked`: USD of what ended without a clip and may be charged all the same.
    `gone`: (provider, remote) of sources that are not there any more.
    `pace`: by provider and model, how many seconds a second of clip takes, where this run has seen it.
    """

    results: Mapping[str, Result]
    cost: Decimal
    generated: int
    interrupted: bool
    edited: tuple[str, ...] = ()
    risked: Decimal = Decimal(0)
    gone: frozenset[tuple[str, str]] = frozenset()
    pace: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def take(self, id: str) -> Take | None:
        return self.results[id].take if id in self.results else None

    @property
    def failed(self) -> list[Result]:
        return [r for r in self.results.values() if r.state is State.FAILED]

    @property
    def skipped(self) -> list[Result]:
        return [r for r in self.results.values() if r.state is State.SKIPPED]

    @property
    def made(self) -> list[Result]:
        return [r for r in self.results.values() if r.made]

    @property
    def reused(self) -> list[Result]:
        return [r for r in self.results.values() if r.state is State.DONE and not r.made]


async def run(
    steps: Mapping[str, Step],
    targets: Collection[str],
    *,
    priority: Mapping[str, float],
    limits: Mapping[str, Limits],
    providers: Mapping[str, Provider],
    gates: Mapping[str, Gate] | None = None,
    post: Post | None = None,
    usual: Mapping[str, Mapping[str, float]] | None = None,
    workers: int,
    store: Store,
    journal: Journal,
    media: Media,
    inputs: Inputs,
    clock: Clock,
    listen: events.Listener,
    budget: Decimal | None = None,
    locked: bool = False,
    alone: bool = False,
    stop: Stop | None = None,
    origin: float | None = None,
    gone: Collection[tuple[str, str]] = (),
) -> Outcome:
    """Makes `targets` and what they hang on, as far as it is not made, and follows every open attempt to its end.

    `post`: what providers tell unasked. `gates`: by provider, where its limits are shared with other projects.
    `usual`: by provider and model, how many seconds a second of clip took in earlier runs.
    `origin`: the clock's monotonic time that events count from; None = now. `gone`: (provider, remote) of clips that
    are known not to be there any more.
    `alone`: those of earlier runs that are not wanted here are left open when the targets are made.
    Failures and refusals are in the outcome, not raised. What is raised is our bug, or the caller's cancellation;
    even then no answer to a paid request that is under way is thrown away.
    """
    began = clock.monotonic() if origin is None else origin
    files = HashedFiles(wanted(steps, targets), inputs, store)
    machine = Progress(
        steps,
        targets,
        files=files.digests,
        priority=priority,
        providers={name: limits.get(name, Limits()) for name in providers},
        workers=workers,
        budget=budget,
        locked=locked,
        alone=alone,
        attempts=[(a, min(clock.monotonic(), _when(a.at, clock))) for a in journal.open()],
        recent=[(provider, _when(at, clock)) for provider, at in journal.recent()],
        moderated={key: sum(e.outcome == "moderated" for e in ends) for key, ends in journal.endings().items()},
        usual=usual,
        gates=(gates or {}).keys(),
        hearing=post.providers if post else (),
        origin=began,
    )
    doors = Doors(gates or {})
    await doors.resume(journal)
    counter = Counter(providers, store, journal, media, clock)
    sources = Sources(lambda: machine.results, store, media, clock, set(gone))
    return await _Runner(machine, counter, files, sources, doors, inputs, listen, stop or Stop(), began).drive(post)


class _Runner:
    def __init__(
        self,
        machine: Progress,
        counter: Counter,
        files: HashedFiles,
        sources: Sources,
        doors: Doors,
        inputs: Inputs,
        listen: events.Listener,
        stop: Stop,
        began: float,
    ) -> None:
        self._machine, self._counter, self._files, self._inputs = machine, counter, files, inputs
        self._sources, self._doors = sources, doors
        self._listen, self._stop, self._began = listen, stop, began
        self._store, self._clock = counter.store, counter.clock
        self._inbox: deque[moves.Report] = deque()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._sending: set[asyncio.Task[None]] = set()
        self._alarm: asyncio.Task[None] | None = None
        self._alarm_at: float | None = None
        self._bell = asyncio.Event()
        self._bug: BaseException | None = None
        self._do: dict[type[Any], Callable[[Any], None]] = {
            moves.Look: self._look,
            moves.Run: lambda c: self._begin(c, self._perform),
            moves.Enter: lambda c: self._begin(c, doors.enter),
            moves.Answered: doors.answered,
            moves.Leave: doors.leave,
            moves.Intend: self._intend,
            moves.Submit: self._submit,
            moves.Find: lambda c: self._begin(c, self._find),
            moves.Poll: lambda c: self._begin(c, self._poll),
            moves.Fetch: lambda c: self._begin(c, self._fetch),
            moves.Keep: lambda c: self._begin(c, self._keep),
            moves.Settle: lambda c: self._note(lambda: counter.kept(c.attempt, c.take, c.take.cost)),
            moves.Close: lambda c: self._note(
                lambda: counter.journal.closed(c.attempt.token, c.outcome, c.message, c.cost)
            ),
            moves.Abandon: self._abandon,
            moves.Tell: lambda c: listen(c.event),
        }

    async def drive(self, post: Post | None = None) -> Outcome:
        loop = asyncio.get_running_loop()

        def interrupt() -> None:
            loop.call_soon_threadsafe(self._report, moves.Interrupted())

        ignore = self._stop.heed(interrupt)
        self._inbox.append(moves.Began())
        if post:
            post.deliver(self._heard, lambda said: self._listen(self._warning(said)))
        self._inbox.extend(moves.Interrupted() for _ in range(self._stop.count))
        try:
            count = 0
            while not self._bug:
                if not self._inbox:
                    self._set_alarm()
                    self._bell.clear()
                    await self._bell.wait()
                    continue
                for command in self._machine.advance(self._clock.monotonic(), self._inbox.popleft()):
                    self._do[type(command)](command)
                if self._machine.finished and not self._inbox:
                    break
                count += 1
                if count % BREATH == 0:
                    await asyncio.sleep(0)
        finally:
            ignore()
            await self._settle()
        if self._bug:
            raise self._bug
        machine = self._machine
        return Outcome(
            machine.results,
            machine.cost,
            machine.generated,
            bool(machine.stopping),
            tuple(self._files.edited()),
            machine.risked,
            frozenset(self._sources.gone),
            machine.pace,
        )

    async def _settle(self) -> None:
        """Ends what is still under way. A paid request that is out is waited for, unless we were told to leave."""
        if self._alarm:
            self._alarm.cancel()
        leave = self._machine.stopping > 1
        sending = set() if leave else set(self._sending)
        others = [t for t in self._tasks.values() if t not in sending]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, *sending, return_exceptions=True)
        for error in await self._doors.close(self._counter.journal):
            self._listen(self._warning(str(error)))
        self._files.forget_all()

    # Reports

    def _report(self, report: moves.Report) -> None:
        self._inbox.append(report)
        self._bell.set()

    def _heard(self, provider: str, remote: str) -> bool:
        self._report(moves.Heard(provider, remote))
        return self._machine.knows(provider, remote)

    def _warning(self, said: str) -> events.Warned:
        return events.Warned(self._clock.monotonic() - self._began, "", "", said)

    def _begin(self, order: Any, effect: Callable[[Any], Awaitable[moves.Report]]) -> None:
        """Starts one effect; its end is a report, whatever it is."""
        id: str = order.id

        async def carry_out() -> None:
            try:
                self._report(await effect(order))
            except errors.StepFailed as error:
                self._report(moves.Broke(id, error))
            except BaseException as error:
                if not isinstance(error, asyncio.CancelledError):
                    self._bug = self._bug or error
                    self._bell.set()
                raise

        task = asyncio.ensure_future(carry_out())
        self._tasks[id] = task
        task.add_done_callback(lambda done: self._ended(id, done))

    def _ended(self, id: str, task: asyncio.Task[None]) -> None:
        if self._tasks.get(id) is task:
            del self._tasks[id]
        self._sending.discard(task)
        if not task.cancelled():
            task.exception()  # it is in _bug; asyncio need not complain that nobody looked

    def _abandon(self, order: moves.Abandon) -> None:
        if task := self._tasks.get(order.id):
            task.cancel()

    def _set_alarm(self) -> None:
        """One sleeper for the whole run, set to the machine's next wish."""
        wake = self._machine.wake
        if wake == self._alarm_at and self._alarm and not self._alarm.done():
            return
        if self._alarm:
            self._alarm.cancel()
        self._alarm_at, self._alarm = wake, None
        if wake is not None:
            self._alarm = asyncio.ensure_future(self._ring(max(0.0, wake - self._clock.monotonic())))

    async def _ring(self, seconds: float) -> None:
        await self._clock.sleep(seconds)
        self._report(moves.Ticked())

    # Effects

    def _look(self, order: moves.Look) -> None:
        self._report(moves.Looked(order.id, self._store.find(order.key)))

    async def _perform(self, order: moves.Run) -> moves.Report:
        step, job = order.step, order.step.job
        into = self._store.scratch(step.suffix)
        began = self._clock.monotonic()
        try:
            paths = {i.label: self._path(i) for i in step.inputs}
            facts = await self._counter.media.perform(order.key, step.work, paths, into, self._telling(order.id))
            self._files.unchanged(step)
            take = Take(
                key=order.key,
                digest="",
                kind=step.kind,
                suffix=step.suffix,
                facts=facts,
                manifest=order.manifest,
                provider=job.provider if job else "",
                model=job.model if job else "",
                made=self._clock.utc(),
                took=self._clock.monotonic() - began,
            )
            return moves.Made(order.id, await self._kept(into, take, durable=False))
        finally:
            into.unlink(missing_ok=True)

    def _intend(self, order: moves.Intend) -> None:
        """Copies the files that will be sent, then writes the intent: what fails here fails before anything is sent."""
        try:
            via = self._sources.via(order.step, bare=order.bare)
            self._files.copy(order.id, order.step)
            self._report(moves.Intended(order.id, self._counter.intend(order, via)))
        except errors.StepFailed as error:
            self._files.forget(order.id)
            self._report(moves.Broke(order.id, error))

    def _submit(self, order: moves.Submit) -> None:
        self._begin(order, self._send)
        self._sending.add(self._tasks[order.id])

    async def _send(self, order: moves.Submit) -> moves.Report:
        copies = self._files.copies(order.id)
        paths = {i.label: copies[i.label] if i.file else self._path(i) for i in order.step.inputs}
        try:
            async with self._sources.sent(order, paths, self._telling(order.id)) as (source, files):
                accepted = await self._counter.submit(order, files, source)
            self._note(lambda: self._counter.sent(order.attempt, accepted))
            return moves.Sent(order.id, accepted.remote, accepted.cost)
        finally:
            self._files.forget(order.id)

    async def _find(self, order: moves.Find) -> moves.Report:
        return moves.Found(order.id, await self._counter.find(order.attempt))

    async def _poll(self, order: moves.Poll) -> moves.Report:
        return moves.Polled(order.id, await self._counter.poll(order.attempt))

    async def _fetch(self, order: moves.Fetch) -> moves.Report:
        fetched = await self._counter.fetch(order.attempt, self._telling(order.id))
        return moves.Fetched(order.id, fetched.file, fetched.facts)

    async def _keep(self, order: moves.Keep) -> moves.Report:
        file = Path(order.file)
        try:
            take = await self._kept(file, self._counter.take(order), durable=True)
        finally:
            file.unlink(missing_ok=True)
        self._note(lambda: self._counter.kept(order.attempt, take, order.cost))
        return moves.Made(order.id, take)

    async def _kept(self, file: Path, take: Take, *, durable: bool) -> Take:
        if take.facts.bytes < LARGE:
            return self._store.keep(file, take, durable=durable)
        return await asyncio.to_thread(self._store.keep, file, take, durable=durable)

    def _note(self, write: Callable[[], None]) -> None:
        """A line that spares the next run a question: if it cannot be written, this run goes on all the same."""
        try:
            write()
        except errors.LocalTool as error:
            self._listen(events.Warned(self._clock.monotonic() - self._began, "", "", str(error)))

    def _path(self, given: Input) -> Path:
        if given.file:
            return self._inputs.path(given.file)
        take = self._machine.results[given.step].take
        assert take is not None
        return self._store.path(take)

    def _telling(self, id: str) -> Tell:
        def tell(fraction: float | None, note: str) -> None:
            at = self._clock.monotonic() - self._began
            self._listen(events.StepProgressed(at, self._machine.name(id), fraction, note))

        return tell


def _when(at: str, clock: Clock) -> float:
    """A UTC time of the journal (to the second) on the monotonic clock: the latest it can have been, whatever clocks
    did meanwhile. Something on its way may even arrive a little later than now."""
    age = (datetime.fromisoformat(clock.utc()) - datetime.fromisoformat(at)).total_seconds()
    return clock.monotonic() - max(-ARRIVED, age - 1.0)
