"""The effects of a run: each command of the state machine carried out through the ports, and what it came to.

Those that take their time are awaitable and may fail with StepFailed; their answer is a report. Knows nothing of when
which is done, of what goes on beside it, or of which adapter it speaks to.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path

from reelmake import errors
from reelmake.execute.files import HashedFiles
from reelmake.execute.order_desk import OrderDesk
from reelmake.execute.shared_places import SharedPlaces
from reelmake.execute.source import Sources
from reelmake.model import events
from reelmake.model.medium import medium_of
from reelmake.model.step import Input, Step
from reelmake.model.take import Facts, Take
from reelmake.plan import commands, reports
from reelmake.plan.progress import Progress
from reelmake.ports import Tell, World
from reelmake.records import dataclass
from reelmake.scratch import discard

LARGE = 8 << 20  # bytes from which an artifact is hashed and moved in a thread, so that polls are not kept waiting


@dataclass(frozen=True)
class Effects:
    """Of one run. `machine` is asked for names and results only; `began`: the monotonic time that events count from."""

    machine: Progress
    counter: OrderDesk
    files: HashedFiles
    sources: Sources
    doors: SharedPlaces
    world: World
    listen: events.Listener
    began: float

    # Done at once

    def look(self, order: commands.Look) -> reports.Report:
        """Is it in the store by now?"""
        return reports.Looked(order.id, self.world.store.find(order.key))

    async def intend(self, order: commands.Intend) -> reports.Report:
        """Copies the files that will be sent, then writes the intent: what fails here fails before anything is sent.

        Nothing is awaited after it is written."""
        theirs = await self.counter.their_time(order.step.pool)
        try:
            via = self.sources.via(order.step, bare=order.bare)
            self.files.copy(order.id, order.step)
            return reports.Intended(order.id, self.counter.intend(order, via, theirs))
        except errors.StepError as error:
            self.files.forget(order.id)
            return reports.Broke(order.id, error)

    def settle(self, order: commands.Settle) -> None:
        """An attempt has its take."""
        self._note(lambda: self.counter.kept(order.attempt, order.take, order.take.cost))

    def close(self, order: commands.Close) -> None:
        """An attempt has ended without one."""
        self._note(lambda: self.world.journal.closed(order.attempt.token, order.outcome, order.message, order.cost))

    def tell(self, order: commands.Tell) -> None:
        """Whoever listens hears an event."""
        self.listen(order.event)

    def warn(self, said: str) -> None:
        """Whoever listens hears of what is no step's failure, and passes."""
        self.listen(events.Warned(self.world.clock.monotonic() - self.began, "", "", said))

    def note(self, said: str) -> None:
        """Whoever listens hears of what is no step's failure, and stays."""
        self.listen(events.Noted(self.world.clock.monotonic() - self.began, "", "", said))

    # Done while others are

    async def bring(self, order: commands.Bring) -> reports.Report:
        """A take that stands on a further shelf, into the store."""
        return reports.Made(order.id, await self.world.store.bring(order.take, self._telling(order.id)))

    async def perform(self, order: commands.Run) -> reports.Report:
        """Local work, from its inputs to an artifact in the store."""
        step, job = order.step, order.step.order
        store, clock = self.world.store, self.world.clock
        into = store.scratch(step.suffix)
        began = clock.monotonic()
        try:
            paths = {i.label: self._path(i) for i in step.inputs}
            making = self._made(order, paths, into)
            facts, damaged = await asyncio.gather(making, self._damaged(step))
            if damaged:
                raise errors.LocalTool(damaged, next_steps=["reelmake cache verify --forget", "reelmake build"])
            self.files.unchanged(step)
            take = Take(
                key=order.key,
                digest="",
                kind=step.kind,
                suffix=step.suffix,
                facts=facts,
                manifest=order.manifest,
                provider=job.provider if job else "",
                model=job.model if job else "",
                made=clock.utc(),
                took=clock.monotonic() - began,
            )
            return reports.Made(order.id, await self._kept(into, take, durable=False))
        finally:
            discard(into)

    async def send(self, order: commands.Submit) -> reports.Report:
        """The paid request, with the files as they were when it was intended."""
        copies = self.files.copies(order.id)
        paths = {i.label: copies[i.label] if i.file else self._path(i) for i in order.step.inputs}
        try:
            async with self.sources.sent(order, paths, self._telling(order.id)) as (source, files):
                accepted = await self.counter.submit(order, files, source)
            self._note(lambda: self.counter.sent(order.attempt, accepted))
            return reports.Sent(order.id, accepted.remote, accepted.cost, accepted.content)
        finally:
            self.files.forget(order.id)

    async def find(self, order: commands.Find) -> reports.Report:
        """An attempt whose answer was lost, in the provider's list."""
        remote = await self.counter.find(order.attempt)
        lag = getattr(self.counter.providers[order.attempt.provider], "lag", None)  # plug-ins of earlier versions
        return reports.Found(order.id, remote, lag)

    async def poll(self, order: commands.Poll) -> reports.Report:
        """How a job at its provider goes."""
        return reports.Polled(order.id, await self.counter.poll(order.attempt))

    async def fetch(self, order: commands.Fetch) -> reports.Report:
        """A result that is ready, or came with the answer, into a file beside the store."""
        file, facts = await self.counter.fetch(order.attempt, order.content, self._telling(order.id))
        return reports.Fetched(order.id, file, facts)

    async def keep(self, order: commands.Keep) -> reports.Report:
        """A clip that was fetched, into the store for good."""
        file = Path(order.file)
        try:
            take = await self._kept(file, self.counter.take(order), durable=True)
        finally:
            discard(file)
        self._note(lambda: self.counter.kept(order.attempt, take, order.cost))
        return reports.Made(order.id, take)

    async def end(self) -> None:
        """Nothing is under way any more: places at shared limits are given back, copies of files removed."""
        for error in await self.doors.close(self.world.journal):
            self.note(str(error))
        self.files.forget_all()

    async def _kept(self, file: Path, take: Take, *, durable: bool) -> Take:
        store = self.world.store
        if take.facts.bytes < LARGE:
            return store.keep(file, take, durable=durable)
        return await asyncio.to_thread(store.keep, file, take, durable=durable)

    async def _made(self, order: commands.Run, paths: Mapping[str, Path], into: Path) -> Facts:
        """Raises LocalTool; if what a provider made is the cause, that says so and what to do."""
        media = self.world.media
        try:
            return await media.perform(order.key, order.step.work, paths, into, self._telling(order.id))
        except errors.LocalTool:
            for given in order.step.inputs:
                take = self.machine.results[given.step].take if given.step else None
                if take and take.remote:
                    medium = medium_of(take.manifest)
                    try:
                        await media.examine(paths[given.label], medium.name)
                    except errors.LocalTool as error:
                        shot = self.machine.results[given.step].step.name
                        steps = ("reelmake cache verify --forget", "reelmake build")
                        raise errors.LocalTool(
                            f"the stored {medium.name} of {shot} is unusable: {error}", next_steps=steps
                        ) from None
            raise

    async def _damaged(self, step: Step) -> str:
        """What of a reel was damaged since an earlier run; "" = nothing. Packets are copied: nobody else would see."""
        if not step.work.COPIES:
            return ""
        store, given = self.world.store, (self.machine.results[i.step] for i in step.inputs if i.step)
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
        take = self.machine.results[given.step].take
        assert take is not None
        return self.world.store.path(take)

    def _telling(self, id: str) -> Tell:
        def tell(fraction: float | None, note: str) -> None:
            at = self.world.clock.monotonic() - self.began
            self.listen(events.StepProgressed(at, self.machine.name(id), fraction, note))

        return tell
