"""The state machine of a run: reports in, commands out. No clock, no chance, no disk; tested without an event loop.

    wanted ▶ ready ─┬─ in the store ───────────────────────────────────────────────▶ done
                    ├─ on a further shelf: bringing ───────────────────────────────▶ done | made after all | failed
                    ├─ local: queued ▶ running ────────────────────────────────────▶ done | failed
                    └─ paid:  queued ▶ intended ▶ sending ▶ submitted ▶ fetching ▶ fetched ▶ done | failed
    earlier attempts: finding ─────────────────────────▲                      failed ▶ dependents skipped

What it promises: one key is ordered at most once, whoever wants it; attempts of earlier runs are followed to their end
and count against the limits before anything new is sent; an order that may have been sent is never sent again on our
own; a failure stops only what depends on it. Knows nothing of asyncio, files, HTTP or terminals.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from reelmake import errors
from reelmake.model import events
from reelmake.model.step import Step
from reelmake.model.take import Manifest
from reelmake.plan import commands, refusals, reports
from reelmake.plan.errands import shot_of
from reelmake.plan.goal import Goal
from reelmake.plan.history import History
from reelmake.plan.kept import Rank
from reelmake.plan.key import digest
from reelmake.plan.key_task import KeyTask, State
from reelmake.plan.local_pool import LocalPool
from reelmake.plan.paid import PaidRoad
from reelmake.plan.policy import Policy
from reelmake.plan.provider_queue import ProviderQueue
from reelmake.plan.waitlist import Waitlist

GRACE = 5.0  # seconds that local work and downloads get to end after the first Ctrl-C


class Progress(PaidRoad):
    """One run. Feed `advance` until `finished`; `wake` is when it wants a Ticked, None = not before a report.

    `files`: sha256 of every project file by path, or the error that came instead. `queues` by provider. `origin`: the
    monotonic time that events count from.
    """

    def __init__(
        self,
        goal: Goal,
        files: Mapping[str, str | errors.StepError],
        queues: Mapping[str, ProviderQueue],
        policy: Policy,
        history: History,
        origin: float = 0.0,
    ) -> None:
        super().__init__(Waitlist(goal, files), origin, queues, policy.budget, history)
        self.stopping = 0  # how often somebody asked
        self._leave_at: float | None = None
        self._left = False  # the targets are made, and nothing else is waited for
        self._priority, self._policy, self._history = goal.priority, policy, history
        self._workshop = LocalPool(policy.workers, policy.memory)
        self._to_come: dict[str, list[tuple[Rank, str]]] = {
            name: [] for name in self._lanes
        }  # orders, most urgent last
        for id, step in self._list.steps.items():
            if step.paid and step.order and step.order.provider in self._to_come:
                self._to_come[step.order.provider].append((self._rank(id), id))
        for to_come in self._to_come.values():
            to_come.sort(reverse=True)
        self._on: dict[type[Any], Callable[[Any], None]] = {
            reports.Began: self._began,
            reports.Ticked: lambda _: None,
            reports.Interrupted: self._interrupted,
            reports.Heard: self._told,
            reports.Looked: self._looked,
            reports.Entered: self._entered_or_not,
            reports.Full: self._full,
            reports.Intended: self._intended_or_not,
            reports.Sent: self._sent,
            reports.Found: self._found,
            reports.Polled: self._polled_or_ready,
            reports.Fetched: self._fetched,
            reports.Made: self._made,
            reports.Broke: self._broke,
        }

    # What the runner sees

    def advance(self, now: float, report: reports.Report) -> list[commands.Command]:
        """What to do next, in this order. `now` never goes back."""
        self._now, self._out = now, []
        id = getattr(report, "id", None)
        if id is None or id in self._makings:  # else: the answer to something that was given up
            self._asked.discard(id or "")
            self._on[type(report)](report)
        if self.stopping or self._left:
            self._leave_in_time()
        else:
            self._ring()
            while self._list.ready:
                self._judge(self._list.ready.popleft())
            self._look_ahead()
            self._fill()
            self._leave_others()
        if not (self.finished or self._asked or self.wake is not None):
            raise RuntimeError("bug: the run waits for nothing")
        return self._out

    @property
    def finished(self) -> bool:
        return not self._asked if self.stopping or self._left else not self._makings

    @property
    def wake(self) -> float | None:
        if self.stopping or self._left:
            return self._leave_at
        times = [time for lane in self._lanes.values() if (time := lane.opens(self._now)) is not None]
        return min([*times, self._timers[0][0]]) if self._timers else min(times, default=None)

    @property
    def cost(self) -> Decimal:
        """USD of the clips kept in this run."""
        return self._purse.spent

    @property
    def risked(self) -> Decimal:
        """USD of what ended without a clip in this run, and may be charged all the same."""
        return self._purse.risked

    @property
    def pace(self) -> dict[str, dict[str, float]]:
        """By provider and model, how many seconds a second of clip takes, where this run has seen it."""
        return {name: seen for name, lane in self._lanes.items() if (seen := lane.seen)}

    # What is open, then what is wanted

    def _began(self, _: reports.Began) -> None:
        for attempt, sent in self._history.attempts:
            self._adopt(attempt, sent)

    def _judge(self, id: str) -> None:
        """All inputs are there: what key is this, and is there a take of it?"""
        try:
            pairs = self._list.manifest(id)
        except errors.StepError as error:
            self._fail(id, error)
            return
        key = digest(pairs)
        self._list.judged(id, key)
        if key in self._takes:
            self._done(id, self._takes[key], made=False)
        elif key in self._hopeless:
            self._fail(id, self._hopeless[key])
        elif key in self._makings:
            self._join(self._makings[key], id, pairs)
        else:
            making = self._makings[key] = KeyTask(key, key, State.READY)
            self._join(making, id, pairs)
            self._ask(making, commands.Look(key, key))

    def _join(self, making: KeyTask, id: str, pairs: Manifest) -> None:
        making.waiting.append(id)
        if making.step is None:
            making.step, making.manifest = self._list.steps[id], pairs
            making.rank = self._rank(id)

    def _looked(self, report: reports.Looked) -> None:
        making = self._makings[report.id]
        if making.attempt:
            self._follow(making, making.attempt, report.take)
        elif report.take:
            self._ended(making, report.take, made=False)
        elif take := self._history.elsewhere.get(making.key):
            making.state = State.BRINGING
            self._ask(making, commands.Bring(making.id, take))
        elif not self._fetched_again(making):
            self._queue(making)

    def _fetched_again(self, making: KeyTask) -> bool:
        """Is it asked for at the provider that has delivered it once?"""
        lost = self._history.delivered.get(making.key)
        if lost is None or self._policy.locked or lost.provider not in self._lanes:
            return False
        self._fetch_again(making, lost, self._lanes[lost.provider])
        return True

    def _not_brought(self, making: KeyTask, error: errors.StepError) -> None:
        """No shelf has it after all. What is free is made; nothing is ordered, for the plan did not say so."""
        step = making.step
        assert step is not None
        if self._fetched_again(making):
            return
        if step.paid:
            self._give_up(making, refusals.not_brought(step, str(error)))
            return
        self._tell(events.Warned(self._at, making.name, shot_of(step), str(error)))
        self._queue(making)

    # Places

    def _queue(self, making: KeyTask) -> None:
        step = making.step
        assert step is not None
        making.state, making.tries = State.QUEUED, 0
        if self._policy.locked and step.order:
            self._give_up(making, refusals.locked(step))
        elif step.paid and making.key in self._history.away:
            self._give_up(making, refusals.away(step))
        elif not step.paid:
            self._workshop.join(making.rank, making.id, step.memory)
        elif (lane := self._lane(step)) is None:
            self._give_up(making, refusals.unknown_provider(step))
        elif lane.shut:
            self._give_up(making, lane.shut)
        else:
            making.lane, making.cost = lane, step.cost
            lane.join(making.rank, making.id)

    def _fill(self) -> None:
        """Gives every free place to the most urgent who waits for one."""
        while (id := self._workshop.begin()) is not None:
            making = self._makings[id]
            assert making.step
            self._start(making, State.RUNNING)
            self._ask(making, commands.Run(making.id, making.key, making.step, making.manifest))
        for lane in self._lanes.values():
            while (time := lane.opens(self._now)) is not None and time <= self._now:
                self._order_now(self._makings[lane.next(self._now)], lane)

    def _look_ahead(self) -> None:
        """Tells every lane how urgent what is still to come to it may be."""
        for name, lane in self._lanes.items():
            to_come = self._to_come[name]
            while to_come and self._list.results[to_come[-1][1]].state is not State.WANTED:
                to_come.pop()
            lane.kept.ahead = to_come[-1][0] if to_come else None

    def _polled_or_ready(self, report: reports.Polled) -> None:
        """The place of a job that is ready is kept for a moment for what starts from its clip."""
        self._polled(report)
        making = self._makings.get(report.id)
        if making and making.lane and making.state is State.FETCHING:
            heirs = {heir for id in making.waiting for heir in self._list.heirs(id)}
            making.lane.kept.keep(
                (self._rank(heir) for heir in heirs if self._lane(self._list.steps[heir]) is making.lane), self._now
            )

    def _rank(self, id: str) -> Rank:
        return -self._priority.get(id, 0.0), self._list.order[id]

    def _lane(self, step: Step) -> ProviderQueue | None:
        return self._lanes.get(step.order.provider) if step.order else None

    # Ends

    def _made(self, report: reports.Made) -> None:
        making = self._makings[report.id]
        if making.state is State.RUNNING:
            self._workshop.end(making.id)
            self._ended(making, report.take, made=True)
        elif making.state is State.BRINGING:
            self._ended(making, report.take, made=False)
        else:
            self._paid(making, report.take)

    def _broke(self, report: reports.Broke) -> None:
        making, error = self._makings[report.id], report.error
        match making.state:
            case State.RUNNING:
                self._workshop.end(making.id)
                self._give_up(making, error)
            case State.BRINGING:
                self._not_brought(making, error)
            case State.ENTERING if making.lane:
                making.lane.asking = False
                self._give_up(making, error)
            case State.INTENDED:  # the intent could not be written, so nothing was sent
                self._unsent(making, "", "")
                self._refused(making, error)
            case State.SENDING:
                self._not_sent(making, error)
            case State.SUBMITTED:
                self._not_polled(making, error)
            case State.FINDING:
                self._not_found(making, error)
            case State.FETCHING:
                self._not_fetched(making, error)
            case _:
                self._not_kept(making, error)

    # Ctrl-C

    def _interrupted(self, _: reports.Interrupted) -> None:
        """Once: what waits at a provider is left there; what is short may end. Twice: leave."""
        self.stopping += 1
        if self.stopping > 1:
            self._leave_at = None
            self._abandon(set(State))
            return
        self._leave_at = self._now + GRACE
        self._abandon({State.SUBMITTED, State.FINDING})
        self._tell(events.Stopping(self._at, len(self._asked)))

    def _leave_others(self) -> None:
        """Alone, a run ends when what it was asked for is made: open jobs of earlier runs stay for the next one."""
        if self._policy.alone and self._makings and not any(making.waiting for making in self._makings.values()):
            self._left, self._leave_at = True, self._now + GRACE
            self._abandon({State.SUBMITTED, State.FINDING})

    def _entered_or_not(self, report: reports.Entered) -> None:
        if not self.stopping:
            self._entered(report)
            return
        making = self._makings[report.id]
        making.token = report.token
        self._leave(making)
        self._drop(making)

    def _intended_or_not(self, report: reports.Intended) -> None:
        """The last moment at which an order can be taken back."""
        if not self.stopping:
            self._intended(report)
            return
        making = self._makings[report.id]
        making.attempt = report.attempt
        self._unsent(making, "not-sent", "interrupted before it was sent")
        self._drop(making)

    def _leave_in_time(self) -> None:
        """When the grace is over: what can be made again is not waited for; answers to paid requests always are."""
        if self._leave_at is not None and self._now >= self._leave_at:
            self._leave_at = None
            self._abandon({State.RUNNING, State.FETCHING, State.BRINGING})
