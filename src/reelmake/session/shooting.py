"""Shooting: loose shots carried out, one at a time, or together where one event loop asks for many at once; or sent,
left at their providers, and seen through in the background.

A paid clip is never lost to whoever listens: what a callback raises is kept until the clip is in its place. Knows
nothing of terminals or of how a run goes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import field, replace
from decimal import Decimal
from threading import Thread
from typing import TYPE_CHECKING, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from reelmake import errors
from reelmake.errors import Mistake
from reelmake.model import events
from reelmake.model.wish import Wish
from reelmake.plan.result import ShotStatus
from reelmake.records import dataclass
from reelmake.session.approval import approved
from reelmake.session.asking import Ask, together
from reelmake.session.blocking import run_build, within
from reelmake.session.building import build
from reelmake.session.following import SentShot, download, failure
from reelmake.session.loose import DIGITS, SHOT, LooseShots, loose_shots
from reelmake.session.project import Snapshot, plan
from reelmake.session.run import BuildRun

if TYPE_CHECKING:
    from reelmake.plan.decide import Plan
    from reelmake.plan.result import Clip

P = ParamSpec("P")
T = TypeVar("T")


@dataclass
class RequestedShot:
    """A shot of a run that is going on: hears how it goes, and hands over its clip."""

    ask: Ask
    id: str
    shots: LooseShots
    before: frozenset[str]
    failed: list[events.StepFailed] = field(default_factory=list)
    hurt: list[Exception] = field(default_factory=list)  # what a callback raised; then it is not called any more

    def __post_init__(self) -> None:
        self.steps = {d.step.id for d in plan(self.shots.seen, (self.id,)).jobs}
        if self.ask.sends and len(self.steps) > 1:
            message = f"who does not wait asks for one take, and this shot has {len(self.steps)}"
            raise Mistake.of("RM715", message, hint="say takes=1; another seed is another clip")
        self.pending = set(self.steps)

    @property
    def sent(self) -> SentShot:
        """The shot as it is known to who does not wait, as soon as what it is made from is there."""
        (decision,) = plan(self.shots.seen, (self.id,)).jobs
        return SentShot(self.shots.seen.workspace, decision.key)

    def hear(self, event: events.Event) -> None:
        """Tells the callbacks, and notes what becomes of the takes."""
        step = getattr(event, "step", None)
        if step is not None and step not in self.steps:
            return
        if isinstance(event, events.StepFailed):
            self.failed.append(event)
        if isinstance(event, events.StepDone | events.StepFailed | events.StepSkipped):
            self.pending.discard(event.step)
        if not self.hurt:
            try:
                if on_event := self.ask.how.get("on_event"):
                    on_event(event)
                if isinstance(event, events.StepProgressed) and (on_progress := self.ask.how.get("on_progress")):
                    on_progress(self._status(event))
            except Exception as error:
                self.hurt.append(error)

    def _status(self, event: events.StepProgressed) -> ShotStatus:
        (key,) = (d.key for d in plan(self.shots.seen, (self.id,)).jobs if d.step.id == event.step)
        percent = None if event.fraction is None else 100 * event.fraction
        return ShotStatus(key[:DIGITS], "ready" if event.note == events.DOWNLOADING else "making", percent, event.note)

    def left(self) -> SentShot:
        """The shot, at its provider or made. Raises what stood in the way; then what a callback raised;
        KeyboardInterrupt if the run was ended before it was sent."""
        if self.failed:
            raise failure(self.failed[0].code, self.failed[0].message, self.failed[0].next_steps)
        if self.sent.standing().status.state == "failed":
            raise KeyboardInterrupt
        if self.hurt:
            self.hurt[0].add_note(f"the shot was ordered, {self.sent.id}; asking for it again costs nothing")
            raise self.hurt[0]
        return self.sent

    def made(self) -> list[Clip]:
        """The takes that are there, in the store."""
        return self.shots.made(self.id, self.before)

    def hand_over(self, made: list[Clip]) -> Clip:
        """The clip, in its place. Raises the first failure; then what a callback raised, with a note of where it is.

        KeyboardInterrupt if the run was ended before it was made.
        """
        made = self.shots.deliver(self.id, made, self.ask.target)
        if self.failed:
            raise failure(self.failed[0].code, self.failed[0].message, self.failed[0].next_steps)
        if len(made) < len(self.steps):
            raise KeyboardInterrupt
        clip = replace(made[0], others=tuple(made[1:]))
        if self.hurt:
            self.hurt[0].add_note(f"the clip is made, {clip.path}; asking for it again costs nothing")
            raise self.hurt[0]
        return clip


def shoot(ask: Ask) -> Clip | str:
    """In an event loop of its own: the clip, or the id of a shot that is not waited for."""
    with ask.telling():
        one = wanted(ask)
        run_build(BuildRun(one.shots.seen, ask.wish, one.hear, _nobody), ask.limit)
        end = one.left() if ask.sends else one.hand_over(one.made())
    return _over(end, ask, _apart)


async def ashoot(ask: Ask) -> Clip | str:
    """The same in the running loop."""
    with ask.telling():
        async with within(ask.limit):
            end = await (_send(ask) if ask.sends else studio(ask).shoot(ask))
    return _over(end, ask, _beside)


async def _send(ask: Ask) -> SentShot:
    one = wanted(ask)
    await build(BuildRun(one.shots.seen, ask.wish, one.hear, _nobody))
    return one.left()


def _over(end: Clip | SentShot, ask: Ask, see_through: Callable[[SentShot, Ask], None]) -> Clip | str:
    """What is given back to who asked."""
    if isinstance(end, SentShot):
        if ask.followed:
            see_through(end, ask)
        return end.id
    ask.made(end)
    return end


def wanted(ask: Ask) -> RequestedShot:
    """One shot by itself. Raises Mistake."""
    shots = loose_shots(ask.workspace())
    shots.remember()
    return RequestedShot(ask, SHOT, shots, shots.there())


class Studio:
    """Where one event loop makes the loose shots of one place: who asks at once, or while others are made, is served
    together, in one run with its limits. No shot waits in a thread."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Ask, asyncio.Future[Clip]]] = []
        self._served: list[asyncio.Future[Clip]] = []
        self._work: asyncio.Task[None] | None = None

    async def shoot(self, ask: Ask) -> Clip:
        """Raises Mistake and Unwilling at once, for this shot alone. Cancelled, its paid job stays for the next run."""
        shots = loose_shots(ask.workspace())
        found = plan(shots.seen, shots.wanted)
        if found.todo:
            approved(shots.seen, found, ask.wish, _nobody)
        future: asyncio.Future[Clip] = asyncio.get_running_loop().create_future()
        self._waiting.append((ask, future))
        self._begin()
        try:
            return await future
        except asyncio.CancelledError:
            if self._work and future in self._served and all(one.done() for one in self._served):
                self._work.cancel()  # nobody is left who wants what it makes
                self._work = None
                self._begin()
            raise

    def _begin(self) -> None:
        if self._waiting and (self._work is None or self._work.done()):
            self._work = asyncio.ensure_future(self._serve())

    async def _serve(self) -> None:
        await asyncio.sleep(0)  # who asks in the same breath is in the same run
        while self._waiting:
            batch = [(ask, future) for ask, future in self._waiting if not future.done()]
            self._waiting, self._served = [], [future for _, future in batch]
            try:
                if batch:
                    await self._make(batch)
            except Exception as error:  # of the run as a whole: a project that is held, a bug
                for _, future in batch:
                    _end(future, error)
            finally:
                for _, future in batch:
                    future.cancel()  # does nothing where there is an end

    async def _make(self, batch: list[tuple[Ask, asyncio.Future[Clip]]]) -> None:
        ids = [SHOT] if len(batch) == 1 else [f"{SHOT}-{n}" for n in range(1, len(batch) + 1)]
        shots = loose_shots(together({id: ask for id, (ask, _) in zip(ids, batch, strict=True)}))
        shots.remember()
        before = shots.there()
        served = [(RequestedShot(ask, id, shots, before), future) for id, (ask, future) in zip(ids, batch, strict=True)]
        ends: dict[str, asyncio.Task[None]] = {}

        def listen(event: events.Event) -> None:
            for one, future in served:
                one.hear(event)
                if not one.pending and one.id not in ends:
                    ends[one.id] = asyncio.ensure_future(_deliver(one, future))

        budgets = [ask.wish.budget for ask, _ in batch]
        budget = None if None in budgets else sum((b for b in budgets if b is not None), Decimal(0))
        try:
            wish = Wish(shots.wanted, yes=True, alone=True, budget=budget)
            await build(BuildRun(shots.seen, wish, listen, _nobody))
        finally:
            await asyncio.gather(*ends.values())
        for one, future in served:
            if one.id not in ends:
                await _deliver(one, future)


async def _deliver(one: RequestedShot, future: asyncio.Future[Clip]) -> None:
    try:
        clip = await asyncio.to_thread(one.hand_over, one.made())
        if not future.done():
            future.set_result(clip)
    except (Exception, KeyboardInterrupt) as error:
        _end(future, error if isinstance(error, Exception) else errors.Transient("ended before it was made"))


def _end(future: asyncio.Future[Clip], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)


_studios: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[object, Studio]] = WeakKeyDictionary()


def studio(ask: Ask) -> Studio:
    """The studio of this event loop for the place that a shot belongs to."""
    workspace = ask.workspace()
    here = _studios.setdefault(asyncio.get_running_loop(), {})
    return here.setdefault((workspace.state, workspace.storyboard, workspace.overrides.profile), Studio())


class _Threads(ThreadPoolExecutor):
    """A thread a call: those of asyncio take nothing on while the interpreter waits for its last threads to end.
    (Python 3.12.0 and 3.12.1 begin no thread then, which is a bug of theirs: there the job stays at its provider.)"""

    def submit(self, call: Callable[P, T], /, *args: P.args, **named: P.kwargs) -> Future[T]:
        future: Future[T] = Future()

        def carry_out() -> None:
            try:
                future.set_result(call(*args, **named))
            except BaseException as error:
                future.set_exception(error)

        Thread(target=carry_out).start()
        return future


async def _see_through(shot: SentShot, ask: Ask) -> None:
    """Follows a shot that was sent to its end, and calls back. Raises what nobody wants to be called with."""
    try:
        async with within(ask.limit):
            clip = await download(shot, ask.target, ask.how.get("on_progress") or (lambda status: None))
    except Exception as error:
        if not ask.how.get("on_error"):
            raise
        ask.failed(error)
    else:
        ask.made(clip)


def _beside(shot: SentShot, ask: Ask) -> None:
    """`_see_through` in a task of the running loop."""
    task = asyncio.ensure_future(_see_through(shot, ask))
    _followed.add(task)
    task.add_done_callback(_followed.discard)


_followed: set[asyncio.Task[None]] = set()  # the loop itself forgets them


def _apart(shot: SentShot, ask: Ask) -> None:
    """`_see_through` in a thread of its own, which the interpreter does not end without."""

    async def main() -> None:
        asyncio.get_running_loop().set_default_executor(_Threads())
        await _see_through(shot, ask)

    Thread(target=lambda: asyncio.run(main()), name=f"reelmake {shot.id}").start()


def _nobody(seen: Snapshot, plan: Plan) -> bool | None:
    """There is nobody to ask."""
    return None
