"""Shooting: loose shots carried out, one at a time, or together where one event loop asks for many at once.

A paid clip is never lost to whoever listens: what a callback raises is kept until the clip is in its place. Knows
nothing of terminals or of how a run goes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from reelmake import errors
from reelmake.model import events
from reelmake.model.wish import Overrides, Wish, usd
from reelmake.records import dataclass
from reelmake.session.approval import refuse
from reelmake.session.building import build
from reelmake.session.loose import SHOT, LooseShots, LooseWorkspace, ShotOptions, loose_shots, loose_workspace, places
from reelmake.session.project import Snapshot, plan
from reelmake.session.run import BuildRun

if TYPE_CHECKING:
    from reelmake.plan.decide import Plan
    from reelmake.plan.result import Clip

Progress = Callable[[float | None, str], None]


@dataclass(frozen=True)
class Ask:
    """One loose shot, asked for; everything as in api.shoot."""

    prompt: str
    options: ShotOptions
    output: str | Path | None = None
    storyboard: str | Path | None = None
    profile: str = ""
    budget: Decimal | float | str | None = None
    yes: bool = False
    on_progress: Progress | None = None
    on_event: events.Listener | None = None

    def __post_init__(self) -> None:
        """Raises TypeError for an unknown option: what is ignored would be the wrong clip, and paid for."""
        for name in self.options.keys() - ShotOptions.__annotations__.keys():
            known = ", ".join(sorted(ShotOptions.__annotations__))
            raise TypeError(f'shoot() has no option "{name}"; there are {known}')

    @property
    def target(self) -> Path | None:
        return None if self.output is None else Path(self.output)

    @property
    def wish(self) -> Wish:
        return Wish((SHOT,), budget=usd(self.budget), yes=self.yes, alone=True)

    def workspace(self) -> LooseWorkspace:
        """Where it is made, by itself. Raises Mistake."""
        places(self.target, 1)
        return together({SHOT: self})


def together(asks: Mapping[str, Ask]) -> LooseWorkspace:
    """Where all of them are made; they are of one place. Raises Mistake."""
    first = next(iter(asks.values()))
    named = None if first.storyboard is None else str(first.storyboard)
    return loose_workspace({id: (ask.prompt, ask.options) for id, ask in asks.items()}, named, Overrides(first.profile))


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
        self.pending = set(self.steps)

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
                if self.ask.on_event:
                    self.ask.on_event(event)
                if self.ask.on_progress and isinstance(event, events.StepProgressed):
                    self.ask.on_progress(event.fraction, event.note)
            except Exception as error:
                self.hurt.append(error)

    def made(self) -> list[Clip]:
        """The takes that are there, in the store."""
        return self.shots.made(self.id, self.before)

    def hand_over(self, made: list[Clip]) -> Clip:
        """The clip, in its place. Raises the first failure; then what a callback raised, with a note of where it is.

        KeyboardInterrupt if the run was ended before it was made.
        """
        made = self.shots.deliver(self.id, made, self.ask.target)
        if self.failed:
            raise _error(self.failed[0])
        if len(made) < len(self.steps):
            raise KeyboardInterrupt
        clip = replace(made[0], others=tuple(made[1:]))
        if self.hurt:
            self.hurt[0].add_note(f"the clip is made, {clip.path}; asking for it again costs nothing")
            raise self.hurt[0]
        return clip


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
            refuse(shots.seen, found, ask.wish, _nobody)
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


_KINDS: dict[str, type[errors.StepError]] = {
    kind.code: kind
    for kind in (
        errors.Transient, errors.Ambiguous, errors.Refused, errors.Moderated,
        errors.NoCredit, errors.NoAccess, errors.Gone, errors.LocalTool,
    )
}  # fmt: skip


def _error(event: events.StepFailed) -> errors.ReelmakeError:
    kind = _KINDS.get(event.code) or (errors.Unwilling if event.code.startswith("RM8") else errors.StepError)
    error = kind(event.message, next_steps=event.next_steps)
    error.code = event.code
    return error


def _nobody(seen: Snapshot, plan: Plan) -> bool | None:
    """There is nobody to ask."""
    return None
