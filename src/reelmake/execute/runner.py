"""Carries a run out: the loop between the state machine, which says what is done next, and the effects that do it.

One asyncio loop, no polling of our own: every wait ends by an event. Knows nothing of when to do what (that is
plan/progress.py) or how (effects.py), of YAML, ffmpeg, HTTP or terminals.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Collection, Coroutine, Mapping
from dataclasses import field, replace
from datetime import datetime
from decimal import Decimal

from reelmake import errors
from reelmake.execute.caller import Caller, Stop
from reelmake.execute.effects import Effects
from reelmake.execute.files import HashedFiles
from reelmake.execute.order_desk import OrderDesk
from reelmake.execute.shared_places import SharedPlaces
from reelmake.execute.source import Sources
from reelmake.model.provider import Limits
from reelmake.model.take import Take
from reelmake.plan import commands, reports
from reelmake.plan.mandate import Goal, History, Policy
from reelmake.plan.progress import Progress
from reelmake.plan.provider_queue import ARRIVED, ProviderQueue
from reelmake.plan.waitlist import State, StepResult
from reelmake.ports import Clock, Remotes, WebhookInbox, World
from reelmake.records import dataclass

BREATH = 64  # reports in a row after which tasks get a turn


@dataclass(frozen=True)
class Outcome:
    """What became of every step of a run, what it cost, what was learned on the way.

    `results` by step id, for everything the targets depend on.

    `generated`: paid clips kept in this run, also those an earlier run had ordered. `cost`: their USD, as far as known.
    `risked`: USD of what ended without a clip and may be charged all the same.
    `gone`: (provider, remote) of sources that are not there any more.
    `brought`: keys of takes that came from further shelves.
    `pace`: by provider and sort of job, how many seconds a second of clip takes, where this run has seen it.
    """

    results: Mapping[str, StepResult]
    cost: Decimal
    generated: int
    interrupted: bool
    risked: Decimal = Decimal(0)
    gone: frozenset[tuple[str, str]] = frozenset()
    pace: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    brought: frozenset[str] = frozenset()

    def then(self, later: Outcome) -> Outcome:
        """Of both, one after the other: a step ended as it did last, and was made if either made it."""
        results = {**self.results, **later.results}
        for id, result in later.results.items():
            before = self.results.get(id)
            if before is not None and before.made and result.take and before.key == result.key:
                results[id] = before
        return Outcome(
            results,
            self.cost + later.cost,
            self.generated + later.generated,
            later.interrupted,
            self.risked + later.risked,
            self.gone | later.gone,
            {**self.pace, **later.pace},
            self.brought | later.brought,
        )

    def take(self, id: str) -> Take | None:
        return self.results[id].take if id in self.results else None

    @property
    def failed(self) -> list[StepResult]:
        return [r for r in self.results.values() if r.state is State.FAILED]

    @property
    def skipped(self) -> list[StepResult]:
        return [r for r in self.results.values() if r.state is State.SKIPPED]

    @property
    def made(self) -> list[StepResult]:
        return [r for r in self.results.values() if r.made]

    @property
    def reused(self) -> list[StepResult]:
        return [r for r in self.results.values() if r.state is State.DONE and not r.made]


async def run(goal: Goal, remotes: Remotes, world: World, caller: Caller, policy: Policy, history: History) -> Outcome:
    """Makes the targets and what they depend on, as far as it is not made, and follows open attempts to their end.

    Those of a provider that has limits and is not among the providers of this run are left as they are. Of `history`
    the caller gives what the journal does not know. Failures and refusals are in the outcome, not raised. What is
    raised is our bug, or the caller's cancellation; even then no answer to a paid request that is under way is thrown
    away.
    """
    began = world.clock.monotonic() if caller.began is None else caller.began
    history = _written(history, remotes, world, policy.follows)
    files = HashedFiles(goal.wanted(), world.inputs, world.store)
    hears = remotes.inbox.providers if remotes.inbox else ()
    queues = {
        name: ProviderQueue(
            remotes.limits.get(name, Limits()),
            hears=name in hears,
            gate=name if name in remotes.gates else "",
            learned=history.usual.get(name, {}),
        )
        for name in remotes.providers
    }
    machine = Progress(goal, files.digests, queues, policy, history, began)
    places = SharedPlaces(remotes.gates)
    await places.resume(world.journal)
    desk = OrderDesk(remotes.providers, world, remotes.origins)
    sources = Sources(machine.results, world, set(history.gone))
    effects = Effects(desk, files, sources, places, world, caller.listen, began, machine.results, machine.name)
    await _Runner(machine, effects, world.clock, caller.stop).drive(remotes.inbox)
    paid, stopped = machine.paid, bool(machine.stopping)
    pace = {name: seen for name, queue in queues.items() if (seen := queue.seen)}
    risked, gone = paid.budget.risked, frozenset(sources.gone)
    return Outcome(
        machine.results, paid.budget.spent, paid.kept, stopped, risked, gone, pace, frozenset(machine.brought)
    )


def _written(history: History, remotes: Remotes, world: World, keys: Collection[str] | None) -> History:
    """The history with what the journal says, its times on our monotonic clock. `keys`: of the open orders that are
    followed, None = of all."""
    journal, clock = world.journal, world.clock
    asked = [a for a in journal.open() if a.provider in remotes.providers or a.provider not in remotes.limits]
    asked = [a for a in asked if keys is None or a.key in keys]
    return replace(
        history,
        attempts=[(a, min(clock.monotonic(), _when(a.at, clock))) for a in asked],
        delivered=journal.delivered(),
        recent=[(provider, _when(at, clock)) for provider, at in journal.recent()],
        moderated={key: sum(e.outcome == "moderated" for e in ends) for key, ends in journal.endings().items()},
    )


class _Runner:
    """The loop: reports go in, the machine's commands come out; one task for each effect that takes its time."""

    def __init__(self, machine: Progress, effects: Effects, clock: Clock, stop: Stop) -> None:
        self._machine, self._effects, self._clock, self._stop = machine, effects, clock, stop
        self._reports: deque[reports.Report] = deque()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._sending: set[asyncio.Task[None]] = set()
        self._alarm: asyncio.Task[None] | None = None
        self._alarm_at: float | None = None
        self._bell = asyncio.Event()
        self._bug: BaseException | None = None

    async def drive(self, inbox: WebhookInbox | None = None) -> None:
        """Until the machine is done. Raises what was our bug, once nothing is under way any more."""
        loop = asyncio.get_running_loop()

        ignore = self._stop.heed(lambda: loop.call_soon_threadsafe(self._report, reports.Interrupted()))
        self._reports.append(reports.Began())
        if inbox:
            inbox.deliver(self._heard, self._effects.warn)
        self._reports.extend(reports.Interrupted() for _ in range(self._stop.count))
        try:
            count = 0
            while not self._bug:
                if not self._reports:
                    self._set_alarm()
                    self._bell.clear()
                    await self._bell.wait()
                    continue
                for command in self._machine.advance(self._clock.monotonic(), self._reports.popleft()):
                    self._do(command)
                if self._machine.finished and not self._reports:
                    break
                count += 1
                if count % BREATH == 0:
                    await asyncio.sleep(0)
        finally:
            ignore()
            await self._settle()
        if self._bug:
            raise self._bug

    def _do(self, command: commands.Command) -> None:
        match command:
            case commands.Look():
                self._report(self._effects.look(command))
            case commands.Abandon():
                if task := self._tasks.get(command.id):
                    task.cancel()
            case commands.Answered() | commands.Leave() | commands.Settle() | commands.Close() | commands.Tell():
                self._effects.state(command)
            case _:
                task = self._begin(command.id, self._effects.answer(command))
                if isinstance(command, commands.Submit):
                    self._sending.add(task)

    async def _settle(self) -> None:
        """Ends what is still under way. A paid request that is out is waited for, unless we were told to leave."""
        if self._alarm:
            self._alarm.cancel()
        sending = set() if self._machine.stopping > 1 else set(self._sending)
        others = [t for t in self._tasks.values() if t not in sending]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, *sending, return_exceptions=True)
        await self._effects.end()

    def _report(self, report: reports.Report) -> None:
        self._reports.append(report)
        self._bell.set()

    def _heard(self, provider: str, remote: str) -> bool:
        self._report(reports.Heard(provider, remote))
        return self._machine.paid.webhooks.knows(provider, remote)

    def _begin(self, id: str, effect: Coroutine[None, None, reports.Report]) -> asyncio.Task[None]:
        """Starts one effect; its end is a report, whatever it is."""

        async def carry_out() -> None:
            try:
                self._report(await effect)
            except errors.StepError as error:
                self._report(reports.Broke(id, error))
            except BaseException as error:
                if not isinstance(error, asyncio.CancelledError):
                    self._bug = self._bug or error
                    self._bell.set()
                raise

        task = self._tasks[id] = asyncio.ensure_future(carry_out())
        task.add_done_callback(lambda done: self._ended(id, done))
        task.add_done_callback(lambda _: effect.close())  # it was cancelled before it began, or has ended
        return task

    def _ended(self, id: str, task: asyncio.Task[None]) -> None:
        if self._tasks.get(id) is task:
            del self._tasks[id]
        self._sending.discard(task)
        if not task.cancelled():
            task.exception()  # it is in _bug; asyncio need not complain that nobody looked

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
        self._report(reports.Ticked())


def _when(at: str, clock: Clock) -> float:
    """A UTC time of the journal (to the second) on the monotonic clock: the latest it can have been, whatever clocks
    did meanwhile. Something on its way may even arrive a little later than now."""
    age = (datetime.fromisoformat(clock.utc()) - datetime.fromisoformat(at)).total_seconds()
    return clock.monotonic() - max(-ARRIVED, age - 1.0)
