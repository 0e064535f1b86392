"""The effects of a run: each command of the state machine carried out through the ports, and what it came to.

Those that take their time are awaitable and may fail with StepError; their answer is a report. Knows nothing of when
which is done, of what goes on beside it, or of which adapter it speaks to.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from functools import partial
from pathlib import Path

from reelmake import errors
from reelmake.execute.files import HashedFiles
from reelmake.execute.order_desk import OrderDesk
from reelmake.execute.shared_places import SharedPlaces
from reelmake.execute.source import Sources
from reelmake.model import events
from reelmake.model.medium import MUSIC, SPEECH
from reelmake.model.step import Input, Step
from reelmake.model.take import Facts, Take
from reelmake.plan import commands, reports
from reelmake.plan.waitlist import StepResult
from reelmake.ports import Tell, World
from reelmake.records import dataclass
from reelmake.scratch import discard

LARGE = 8 << 20  # bytes from which an artifact is hashed and moved in a thread, so that polls are not kept waiting
FORGET = ("reelmake cache verify --forget", "reelmake build")


@dataclass(frozen=True)
class Effects:
    """Of one run. `began`: the monotonic time that events count from. `results`: the run's, by step id. `name`: what
    events call a task. `followed`: the shots of orders that no step of this run waits for, by what events call them."""

    desk: OrderDesk
    files: HashedFiles
    sources: Sources
    places: SharedPlaces
    world: World
    listen: events.Listener
    began: float
    results: Mapping[str, StepResult]
    name: Callable[[str], str]
    followed: dict[str, str] = field(default_factory=dict)

    def look(self, command: commands.Look) -> reports.Report:
        """Is it in the store by now?"""
        return reports.Looked(command.id, self.world.store.find(command.key))

    def state(self, command: commands.Statement) -> None:
        """What is not answered is done at once."""
        match command:
            case commands.Answered(provider=provider, token=token):
                self.places.go(provider, lambda gate: gate.answered(token))
            case commands.Leave(provider=provider, token=token):
                self.places.go(provider, lambda gate: gate.leave(token))
            case commands.Settle(attempt=attempt, take=take):
                self._note(lambda: self.desk.kept(attempt, take, take.cost))
            case commands.Close(attempt=attempt, outcome=outcome, message=message, cost=cost, code=code):
                self._note(lambda: self.world.journal.closed(attempt.token, outcome, message, cost, code))
            case commands.Tell(event=event):
                self.listen(self._named(event))

    async def answer(self, command: commands.Request) -> reports.Report:
        """What takes its time, and comes to a report. Raises StepError."""
        id = command.id
        match command:
            case commands.Inquire(key=key):
                found = await asyncio.to_thread(self.world.store.elsewhere, [key])
                return reports.Offered(id, found.get(key))
            case commands.Bring(take=take):
                return reports.Made(id, await self._bring(id, take))
            case commands.Run():
                return await self._perform(command)
            case commands.Enter():
                return await self.places.enter(command)
            case commands.Intend():
                return await self._intend(command)
            case commands.Submit():
                return await self._send(command)
            case commands.Find(attempt=attempt):
                return reports.Found(id, await self.desk.find(attempt), self.desk.lag(attempt))
            case commands.Poll(attempt=attempt):
                return reports.Polled(id, await self.desk.poll(attempt))
            case commands.Fetch(attempt=attempt, content=content):
                return reports.Fetched(id, *await self.desk.fetch(attempt, content, self._telling(id)))
            case commands.Keep():
                return await self._keep(command)

    async def _intend(self, command: commands.Intend) -> reports.Report:
        """Copies the files that will be sent, then writes the intent: what fails here fails before anything is sent.

        Nothing is awaited after it is written."""
        theirs = await self.desk.their_time(command.step.pool)
        try:
            via = self.sources.via(command.step, bare=command.bare)
            self.files.copy(command.id, command.step)
            return reports.Intended(command.id, self.desk.intend(command, via, theirs))
        except errors.StepError:
            self.files.forget(command.id)
            raise

    def _named(self, event: events.Event) -> events.Event:
        """With what people call its step: the machine tells of ids."""
        if not isinstance(event, events.StepEvent) or not event.step:
            return event
        if result := self.results.get(event.step):
            step = result.step
            if isinstance(event, events.StepSkipped):
                return replace(event, name=step.name, shot=step.shot, kind=step.kind)
            if isinstance(event, events.StepProgressed | events.StepRetrying | events.Adopted):
                return replace(event, name=step.name, shot=step.shot)
            return replace(event, name=step.name)
        if isinstance(event, events.Adopted):
            event = replace(event, wanted=False)
        shot = self.followed.setdefault(event.step, event.shot)
        return replace(event, name=shot, shot=shot)

    def warn(self, said: str) -> None:
        """Whoever listens hears of what is no step's failure, and passes."""
        self.listen(events.Warned(self._at(), "", "", said))

    def note(self, said: str) -> None:
        """Whoever listens hears of what is no step's failure, and stays."""
        self.listen(events.Noted(self._at(), "", "", said))

    def _at(self) -> float:
        return self.world.clock.monotonic() - self.began

    async def _bring(self, id: str, take: Take) -> Take:
        """From a further shelf. How long a sound lasts decides what is ordered, and what a shelf says of that is pinned
        by nobody: it is listened to."""
        sound = next((medium for medium in (SPEECH, MUSIC) if medium.kind == take.kind), None)
        look = partial(self.world.media.examine, medium=sound.name) if sound else None
        return await self.world.store.bring(take, self._telling(id), look)

    async def _perform(self, command: commands.Run) -> reports.Report:
        """Local work, from its inputs to an artifact in the store."""
        step, job = command.step, command.step.order
        store, clock = self.world.store, self.world.clock
        into = store.scratch(step.work.suffix)
        began = clock.monotonic()
        try:
            paths = {i.label: self._path(i) for i in step.inputs}
            facts, damaged = await asyncio.gather(self._made(command, paths, into), self._damaged(step))
            if damaged:
                raise errors.LocalTool(damaged, next_steps=FORGET)
            self.files.unchanged(step)
            take = Take(
                key=command.key,
                digest="",
                kind=step.kind,
                suffix=step.work.suffix,
                facts=facts,
                manifest=command.manifest,
                provider=job.provider if job else "",
                model=job.model if job else "",
                made=clock.utc(),
                took=clock.monotonic() - began,
            )
            return reports.Made(command.id, await self._kept(into, take, durable=False))
        finally:
            discard(into)

    async def _send(self, command: commands.Submit) -> reports.Report:
        """The paid request, with the files as they were when it was intended."""
        copies = self.files.copies(command.id)
        paths = {i.label: copies[i.label] if i.file else self._path(i) for i in command.step.inputs}
        try:
            async with self.sources.sent(command, paths, self._telling(command.id)) as (source, files):
                accepted = await self.desk.submit(command, files, source)
            self._note(lambda: self.desk.sent(command.attempt, accepted))
            return reports.Sent(command.id, accepted.remote, accepted.cost, accepted.content)
        finally:
            self.files.forget(command.id)

    async def _keep(self, command: commands.Keep) -> reports.Report:
        """A result that was fetched, into the store for good."""
        file = Path(command.file)
        try:
            take = await self._kept(file, self.desk.take(command), durable=True)
        finally:
            discard(file)
        self._note(lambda: self.desk.kept(command.attempt, take, command.cost))
        attempt = command.attempt
        if take.key != attempt.key and (first := self.world.store.find(attempt.key)):
            self.note(
                f"{attempt.shot} had a take when job {attempt.remote} was fetched: both are kept, one is in no cut"
            )
            take = first
        return reports.Made(command.id, take)

    async def end(self) -> None:
        """Nothing is under way any more: places at shared limits are given back, copies of files removed."""
        for error in await self.places.close(self.world.journal):
            self.note(str(error))
        self.files.forget_all()

    async def _kept(self, file: Path, take: Take, *, durable: bool) -> Take:
        store = self.world.store
        if take.facts.bytes < LARGE:
            return store.keep(file, take, durable=durable)
        return await asyncio.to_thread(store.keep, file, take, durable=durable)

    async def _made(self, command: commands.Run, paths: Mapping[str, Path], into: Path) -> Facts:
        """Raises LocalTool; if what a provider made is the cause, that says so and what to do."""
        media = self.world.media
        try:
            return await media.perform(command.key, command.step.work, paths, into, self._telling(command.id))
        except errors.LocalTool:
            for given in command.step.inputs:
                source = self.results[given.step].step if given.step else None
                if source and source.order and not source.order.local:
                    try:
                        await media.examine(paths[given.label], source.order.medium)
                    except errors.LocalTool as error:
                        message = f"the stored {source.order.medium} of {source.name} is unusable: {error}"
                        raise errors.LocalTool(message, next_steps=FORGET) from None
            raise

    async def _damaged(self, step: Step) -> str:
        """What of a reel was damaged since an earlier run; "" = nothing. Packets are copied: nobody else would see."""
        if not step.work.COPIES:
            return ""
        store, given = self.world.store, (self.results[i.step] for i in step.inputs if i.step)
        for take in [result.take for result in given if result.take and not result.made]:
            if not await asyncio.to_thread(store.whole, take):
                return f"{store.path(take).name} in the store was damaged since it was put there"
        return ""

    def _note(self, write: Callable[[], None]) -> None:
        """A line that spares the next run a question: if it cannot be written, this run goes on all the same."""
        try:
            write()
        except errors.LocalTool as error:
            self.note(str(error))

    def _path(self, given: Input) -> Path:
        if given.file:
            return self.world.inputs.path(given.file)
        take = self.results[given.step].take
        if take is None:
            raise RuntimeError(f"bug: {given.step} is not made yet")
        return self.world.store.path(take)

    def _telling(self, id: str) -> Tell:
        def tell(fraction: float | None, note: str) -> None:
            self.listen(self._named(events.StepProgressed(self._at(), self.name(id), fraction, note)))

        return tell
