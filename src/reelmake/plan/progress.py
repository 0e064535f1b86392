"""The state machine of a run: reports in, commands out. No clock, no chance, no disk; tested without an event loop.

    wanted ▶ ready ─┬─ in the store ───────────────────────────────────────────────▶ done
                    ├─ local: queued ▶ running ────────────────────────────────────▶ done | failed
                    └─ paid:  queued ▶ intended ▶ sending ▶ submitted ▶ fetching ▶ fetched ▶ done | failed
    earlier attempts: finding ─────────────────────────▲                      failed ▶ dependents skipped

What it promises: one key is ordered at most once, whoever wants it; attempts of earlier runs are followed to their end
and count against the limits before anything new is sent; an order that may have been sent is never sent again on our
own; a failure stops only what hangs on it. Knows nothing of asyncio, files, HTTP or terminals.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from reelmake import errors
from reelmake.model import events
from reelmake.model.step import Step
from reelmake.model.storyboard import Limits
from reelmake.model.take import Attempt, Facts, Manifest, Take
from reelmake.plan import moves, regrets
from reelmake.plan.key import digest
from reelmake.plan.making import Making, Result, State
from reelmake.plan.pace import LONGEST_JOB, PATIENCE, TRIES, Lane, next_poll, rest
from reelmake.plan.waitlist import Waitlist
from reelmake.ports import Dead, Pending, Ready

GRACE = 5.0  # seconds that local work and downloads get to end after the first Ctrl-C
BELIEVED = 3  # a job is taken for gone when the provider has said so this often in a row
SHORT, SHARE = Fraction(1, 4), Fraction(1, 25)  # a clip is "clearly" off beyond 0.25 s and 4 %

_BY_CODE: Mapping[str, type[errors.StepFailed]] = {
    c.code: c for c in (errors.Refused, errors.NoCredit, errors.NoAccess, errors.Gone, errors.LocalTool)
}

_AGAIN: Mapping[State, Callable[[str, Attempt], moves.Command]] = {
    State.SUBMITTED: moves.Poll,
    State.FETCHING: moves.Fetch,
    State.FINDING: moves.Find,
}


class Progress:
    """One run. Feed `advance` until `finished`; `wake` is when it wants a Ticked, None = not before a report.

    `files`: sha256 of every project file by path, or the error that came instead. `attempts`: the journal's open ones,
    oldest first. `recent`: (provider, machine time) of requests that may still count in a minute.
    """

    def __init__(
        self,
        steps: Mapping[str, Step],
        targets: Collection[str],
        *,
        files: Mapping[str, str | errors.StepFailed],
        priority: Mapping[str, float],
        providers: Mapping[str, Limits],
        workers: int,
        budget: Decimal | None = None,
        locked: bool = False,
        attempts: Sequence[Attempt] = (),
        recent: Sequence[tuple[str, float]] = (),
        origin: float = 0.0,
    ) -> None:
        self._list = Waitlist(steps, targets, files)
        self.cost = Decimal(0)  # USD kept in this run
        self.generated = 0  # paid clips kept in this run, adopted ones too
        self.stopping = 0  # how often somebody asked
        self._priority, self._budget, self._locked = priority, budget, locked
        self._attempts, self._origin, self._now = attempts, origin, origin
        self._lanes = {name: Lane(limits) for name, limits in providers.items()}
        for name, sent in recent:
            if name in self._lanes:
                self._lanes[name].remember(sent)
        self._workers, self._running = max(1, workers), 0
        self._cpu: list[tuple[float, int, str]] = []
        self._makings: dict[str, Making] = {}
        self._takes: dict[str, Take] = {}  # by key: what this run found or made
        self._hopeless: dict[str, errors.ReelmakeError] = {}  # by key: what is not tried again in this run
        self._reserved: dict[str, Decimal] = {}  # by attempt's making: USD that may be spent
        self._risked = Decimal(0)  # USD of orders that ended without a clip and may be billed all the same
        self._asked: set[str] = set()  # makings with an unanswered command
        self._timers: list[tuple[float, str]] = []
        self._out: list[moves.Command] = []
        self._leave_at: float | None = None
        self._on: dict[type[Any], Callable[[Any], None]] = {
            moves.Began: self._began,
            moves.Ticked: lambda _: None,
            moves.Interrupted: self._interrupted,
            moves.Looked: self._looked,
            moves.Intended: self._intended,
            moves.Sent: self._sent,
            moves.Found: self._found,
            moves.Polled: self._polled,
            moves.Fetched: self._fetched,
            moves.Made: self._made,
            moves.Broke: self._broke,
        }

    # What the runner sees

    def advance(self, now: float, report: moves.Report) -> list[moves.Command]:
        """What to do next, in this order. `now` never goes back."""
        self._now, self._out = now, []
        id = getattr(report, "id", None)
        if id is None or id in self._makings:  # else: the answer to something abandoned
            self._asked.discard(id or "")
            self._on[type(report)](report)
        self._ring()
        if not self.stopping:
            while self._list.ready:
                self._judge(self._list.ready.popleft())
            self._fill()
        if not (self.finished or self._asked or self.wake is not None):
            raise RuntimeError("bug: the run waits for nothing")
        return self._out

    @property
    def finished(self) -> bool:
        return not self._asked if self.stopping else not self._makings

    @property
    def wake(self) -> float | None:
        if self.stopping:
            return self._leave_at
        times = [time for lane in self._lanes.values() if (time := lane.opens(self._now)) is not None]
        return min([*times, self._timers[0][0]]) if self._timers else min(times, default=None)

    @property
    def results(self) -> dict[str, Result]:
        """By step id, for everything the targets hang on."""
        return self._list.results

    def name(self, id: str) -> str:
        """What events call a making."""
        return self._makings[id].name if id in self._makings else id

    # The beginning: what is open, then what is wanted

    def _began(self, _: moves.Began) -> None:
        for attempt in self._attempts:
            self._adopt(attempt)

    def _adopt(self, attempt: Attempt) -> None:
        id = attempt.key if attempt.key not in self._makings else attempt.token
        making = Making(id, attempt.key, State.READY, attempt=attempt, number=attempt.number, cost=attempt.cost)
        making.lane = self._lanes.get(attempt.provider)
        if making.lane:
            making.lane.flying += 1
        self._makings[id] = making
        self._reserved[id] = attempt.cost or Decimal(0)
        self._ask(making, moves.Look(id, attempt.key))

    def _follow(self, making: Making, attempt: Attempt, take: Take | None) -> None:
        """An attempt of an earlier run; `take` is what the store has for its key."""
        if take and attempt.remote and take.remote == attempt.remote:
            self._out.append(moves.Settle(attempt, take))
            self._landed(making)
            self._ended(making, take, made=False)
            return
        if take:
            self._serve(making, take, made=False)
        if making.lane is None:
            self._give_up(making, regrets.orphan(attempt))
        elif attempt.remote:
            making.state, making.began = State.SUBMITTED, self._now
            self._tell(events.Adopted(self._at, making.name, attempt.remote))
            self._ask(making, moves.Poll(making.id, attempt))
        else:
            making.state = State.FINDING
            self._ask(making, moves.Find(making.id, attempt))

    def _judge(self, id: str) -> None:
        """All inputs are there: what key is this, and is there a take of it?"""
        try:
            pairs = self._list.manifest(id)
        except errors.StepFailed as error:
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
            making = self._makings[key] = Making(key, key, State.READY)
            self._join(making, id, pairs)
            self._ask(making, moves.Look(key, key))

    def _join(self, making: Making, id: str, pairs: Manifest) -> None:
        making.waiting.append(id)
        if making.step is None:
            making.step, making.manifest = self._list.steps[id], pairs
            making.rank = (-self._priority.get(id, 0.0), self._list.order[id])

    def _looked(self, report: moves.Looked) -> None:
        making = self._makings[report.id]
        if making.attempt:
            self._follow(making, making.attempt, report.take)
        elif report.take:
            self._ended(making, report.take, made=False)
        else:
            self._queue(making)

    # Places

    def _queue(self, making: Making) -> None:
        step = making.step
        assert step is not None
        making.state, making.tries = State.QUEUED, 0
        if self._locked and step.job:
            self._give_up(making, regrets.locked(step))
        elif not step.paid:
            heapq.heappush(self._cpu, (*making.rank, making.id))
        elif (lane := self._lane(step)) is None:
            self._give_up(making, regrets.unknown_provider(step))
        elif lane.shut:
            self._give_up(making, lane.shut)
        else:
            making.lane, making.cost = lane, step.cost
            lane.join(making.rank, making.id)

    def _lane(self, step: Step) -> Lane | None:
        return self._lanes.get(step.job.provider) if step.job else None

    def _fill(self) -> None:
        """Gives every free place to the most urgent who waits for one."""
        while self._cpu and self._running < self._workers:
            making = self._makings[heapq.heappop(self._cpu)[2]]
            assert making.step
            self._running += 1
            self._start(making, State.RUNNING)
            self._ask(making, moves.Run(making.id, making.key, making.step, making.manifest))
        for lane in self._lanes.values():
            while (time := lane.opens(self._now)) is not None and time <= self._now:
                self._order_now(self._makings[lane.next()], lane)

    def _order_now(self, making: Making, lane: Lane) -> None:
        step = making.step
        assert step
        if refusal := self._too_dear(step):
            self._give_up(making, refusal)
            return
        self._reserved[making.id] = making.cost or Decimal(0)
        lane.go()
        making.number += 1
        self._start(making, State.INTENDED)
        self._ask(making, moves.Intend(making.id, making.key, step, making.manifest, making.number))

    def _too_dear(self, step: Step) -> errors.Unwilling | None:
        if self._budget is None:
            return None
        if step.cost is None:
            return regrets.unpriced(step)
        out = self.cost + self._risked + sum(self._reserved.values(), Decimal(0))
        return regrets.too_dear(step, step.cost, out, self._budget) if out + step.cost > self._budget else None

    def _start(self, making: Making, state: State) -> None:
        first = making.state is State.QUEUED and not making.tries
        making.state, making.began = state, self._now
        if first and making.step:
            step = making.step
            self._tell(events.StepStarted(self._at, making.name, step.kind, _shot(step), step.pool))

    # The paid road

    def _intended(self, report: moves.Intended) -> None:
        making = self._makings[report.id]
        making.attempt = report.attempt
        if self.stopping:
            self._unsent(making, "not-sent", "interrupted before it was sent")
            self._drop(making)
            return
        assert making.step
        making.state = State.SENDING
        self._ask(making, moves.Submit(making.id, report.attempt, making.step))

    def _sent(self, report: moves.Sent) -> None:
        making = self._makings[report.id]
        assert making.lane
        making.lane.answered(self._now, accepted=True)
        self._submitted(making, report.remote)

    def _found(self, report: moves.Found) -> None:
        making = self._makings[report.id]
        attempt = making.attempt
        assert attempt
        if report.remote:
            self._tell(events.Adopted(self._at, making.name, report.remote))
            self._submitted(making, report.remote)
            return
        self._out.append(moves.Close(attempt, "not-sent", "the provider never had it"))
        self._reserved.pop(making.id, None)
        self._landed(making)
        making.attempt = None
        if making.waiting and making.key not in self._takes:
            self._queue(making)
        else:
            self._drop(making)

    def _submitted(self, making: Making, remote: str) -> None:
        assert making.attempt
        making.attempt = replace(making.attempt, remote=remote)
        making.state, making.began, making.tries = State.SUBMITTED, self._now, 0
        self._wait(making, next_poll(0.0, making.lane.usual if making.lane else None))

    def _polled(self, report: moves.Polled) -> None:
        making, status = self._makings[report.id], report.status
        making.tries = 0
        age = self._now - making.began
        assert making.attempt
        assert making.lane
        if isinstance(status, Pending):
            self._tell(events.StepProgressed(self._at, making.name, status.fraction, status.note))
            if age > LONGEST_JOB:
                self._landed(making)
                self._give_up(making, regrets.still_there(making.attempt, "it is still being made there"))
            else:
                self._wait(making, next_poll(age, making.lane.usual, status.after))
        elif isinstance(status, Ready):
            self._landed(making, took=age)
            making.cost = status.cost if status.cost is not None else making.attempt.cost
            making.state = State.FETCHING
            self._ask(making, moves.Fetch(making.id, making.attempt))
        else:
            self._dead(making, making.attempt, status)

    def _dead(self, making: Making, attempt: Attempt, status: Dead) -> None:
        kind = _BY_CODE.get(status.code, errors.StepFailed)
        self._out.append(moves.Close(attempt, "refused" if kind is errors.Refused else "failed", status.message))
        self._landed(making)
        self._risked += self._reserved.pop(making.id, Decimal(0))
        self._give_up(making, kind(status.message, code=status.code))

    def _fetched(self, report: moves.Fetched) -> None:
        making = self._makings[report.id]
        assert making.attempt
        making.state, making.tries = State.FETCHED, 0
        self._measure(making, report.facts)
        took = self._now - making.began
        self._ask(making, moves.Keep(making.id, making.attempt, report.file, report.facts, making.cost, took))

    def _measure(self, making: Making, facts: Facts) -> None:
        """Warns if the clip is clearly shorter or longer than what was ordered."""
        step = making.step
        if facts.seconds is None or step is None or step.job is None:
            return
        asked = step.job.seconds
        source = next((self.results[i.step].take for i in step.inputs if i.label == "source" and i.step), None)
        if step.job.operation == "extend":
            if source is None or source.facts.seconds is None:
                return
            asked += source.facts.seconds
        off = facts.seconds - asked
        if abs(off) > SHORT and abs(off) > SHARE * asked:
            message = f"the clip is {float(facts.seconds):.2f} s long, {float(asked):.2f} s were ordered"
            self._tell(events.Warned(self._at, making.name, _shot(step), message))

    def _made(self, report: moves.Made) -> None:
        making = self._makings[report.id]
        if making.state is State.RUNNING:
            self._running -= 1
        else:
            self._reserved.pop(making.id, None)
            self.cost += making.cost or Decimal(0)
            self.generated += 1
        self._ended(making, report.take, made=True)

    # What goes wrong

    def _broke(self, report: moves.Broke) -> None:
        making, error = self._makings[report.id], report.error
        match making.state:
            case State.RUNNING:
                self._running -= 1
                self._give_up(making, error)
            case State.INTENDED:  # the intent could not be written, so nothing was sent
                self._unsent(making, "", "")
                self._give_up(making, error)
            case State.SENDING:
                self._not_sent(making, error)
            case State.SUBMITTED:
                self._not_polled(making, error)
            case State.FINDING:
                self._not_found(making, error)
            case State.FETCHING:
                self._not_fetched(making, error)
            case _:  # the clip is at the provider and the attempt open: the next run fetches it again
                self._give_up(making, error)

    def _not_sent(self, making: Making, error: errors.StepFailed) -> None:
        lane = making.lane
        assert lane
        assert making.attempt
        if isinstance(error, errors.Ambiguous) or type(error) is errors.StepFailed:
            lane.answered(self._now, accepted=False)
            self._give_up(making, regrets.unclear(making.attempt, str(error)))
            return
        transient = isinstance(error, errors.Transient)
        self._unsent(making, "not-sent" if transient else "refused", str(error))
        if isinstance(error, errors.NoCredit | errors.NoAccess):
            lane.shut = error
            for id in lane.clear():
                self._give_up(self._makings[id], error)
        if not isinstance(error, errors.Transient):
            self._give_up(making, error)
            return
        wait = rest(making.key, lane.trouble + 1, error.after)
        lane.held_up(self._now + wait)
        if self._once_more(making, error, wait):
            making.state = State.QUEUED
            lane.join((making.rank[0] + 1e9 * making.tries, making.rank[1]), making.id)  # behind those who did not try
        else:
            self._give_up(making, error)

    def _not_polled(self, making: Making, error: errors.StepFailed) -> None:
        """A poll that failed says nothing about the job; only a repeated "gone" does."""
        assert making.attempt
        making.tries += 1
        if making.tries == 1:
            making.since = self._now
        if isinstance(error, errors.Gone) and making.tries >= BELIEVED:
            self._lost(making, making.attempt, error)
        elif isinstance(error, errors.Transient | errors.Gone) and self._now - making.since < PATIENCE:
            after = error.after if isinstance(error, errors.Transient) else None
            self._wait(making, rest(making.key, making.tries, after))
        else:
            self._landed(making)
            kind = errors.Transient if isinstance(error, errors.Gone) else type(error)
            self._give_up(making, regrets.still_there(making.attempt, str(error), kind))

    def _not_found(self, making: Making, error: errors.StepFailed) -> None:
        assert making.attempt
        if isinstance(error, errors.Transient) and self._rests(making, error):
            return
        self._landed(making)
        if isinstance(error, errors.Ambiguous | errors.Transient) or type(error) is errors.StepFailed:
            error = regrets.unclear(making.attempt, str(error))
        self._give_up(making, error)

    def _not_fetched(self, making: Making, error: errors.StepFailed) -> None:
        assert making.attempt
        if isinstance(error, errors.Gone):
            self._lost(making, making.attempt, error)
        elif not isinstance(error, errors.Transient | errors.LocalTool):
            self._give_up(making, error)
        elif not self._rests(making, error):
            transient = isinstance(error, errors.Transient)
            self._give_up(making, regrets.still_there(making.attempt, str(error)) if transient else error)

    def _lost(self, making: Making, attempt: Attempt, error: errors.StepFailed) -> None:
        """Paid for, perhaps, and no longer there."""
        self._out.append(moves.Close(attempt, "failed", str(error)))
        if making.state is State.SUBMITTED:
            self._landed(making)
        self._risked += self._reserved.pop(making.id, Decimal(0))
        self._give_up(making, error)

    # Waiting

    def _once_more(self, making: Making, error: errors.StepFailed, wait: float) -> bool:
        """Counts a failed try. False: there were too many, or it took too long."""
        making.tries += 1
        if making.tries == 1:
            making.since = self._now
        if making.tries >= TRIES or self._now + wait - making.since > PATIENCE:
            return False
        self._tell(events.StepRetrying(self._at, making.name, wait, str(error), making.tries))
        return True

    def _rests(self, making: Making, error: errors.StepFailed) -> bool:
        """Waits and then asks the same again. False: it was the last try."""
        wait = rest(making.key, making.tries + 1, error.after if isinstance(error, errors.Transient) else None)
        if not self._once_more(making, error, wait):
            return False
        self._wait(making, wait)
        return True

    def _wait(self, making: Making, seconds: float) -> None:
        making.due = self._now + seconds
        heapq.heappush(self._timers, (making.due, making.id))

    def _ring(self) -> None:
        """Wakes who is due."""
        if self.stopping:
            if self._leave_at is not None and self._now >= self._leave_at:
                self._leave_at = None
                self._abandon({State.RUNNING, State.FETCHING})
            return
        while self._timers and self._timers[0][0] <= self._now:
            time, id = heapq.heappop(self._timers)
            making = self._makings.get(id)
            if making and making.due == time and making.attempt:
                making.due = None
                self._ask(making, _AGAIN[making.state](id, making.attempt))

    def _interrupted(self, _: moves.Interrupted) -> None:
        """Once: what waits at a provider is left there; what is short may end. Twice: leave."""
        self.stopping += 1
        if self.stopping > 1:
            self._leave_at = None
            self._abandon(set(State))
            return
        self._leave_at = self._now + GRACE
        self._abandon({State.SUBMITTED, State.FINDING})
        self._tell(events.Stopping(self._at, len(self._asked)))

    def _abandon(self, states: Collection[State]) -> None:
        for id in sorted(self._asked):
            if self._makings[id].state in states:
                self._asked.discard(id)
                self._out.append(moves.Abandon(id))

    # Ends

    def _ended(self, making: Making, take: Take, *, made: bool) -> None:
        self._drop(making)
        if made and not making.waiting and making.attempt:
            shot = making.attempt.shot
            self._tell(events.StepDone(self._at, making.name, "shot", shot, take.digest, True, making.cost, take.took))
        self._serve(making, take, made=made)

    def _serve(self, making: Making, take: Take, *, made: bool) -> None:
        """Gives everyone who waits the take."""
        self._takes[making.key] = take
        waiting, making.waiting = making.waiting, []
        for n, id in enumerate(waiting):
            self._done(id, take, made=made and n == 0, cost=making.cost if making.attempt else Decimal(0))

    def _done(self, id: str, take: Take, *, made: bool, cost: Decimal | None = Decimal(0)) -> None:
        step = self._list.steps[id]
        self._list.done(id, take, made=made)
        cost = cost if made else Decimal(0)
        self._tell(events.StepDone(self._at, id, step.kind, _shot(step), take.digest, made, cost, take.took))

    def _give_up(self, making: Making, error: errors.ReelmakeError) -> None:
        """Everyone who waits for this key fails, and so does who asks for it later in this run."""
        if making.id in self._makings:
            self._drop(making)
        self._hopeless[making.key] = error
        if not making.waiting and making.attempt:
            self._tell(events.Warned(self._at, making.name, making.attempt.shot, str(error)))
        for id in making.waiting:
            self._fail(id, error)

    def _fail(self, id: str, error: errors.ReelmakeError) -> None:
        step = self._list.steps[id]
        what = (error.code, str(error), tuple(error.next_steps))
        self._tell(events.StepFailed(self._at, id, step.kind, _shot(step), *what))
        for user in self._list.failed(id, error):
            self._tell(events.StepSkipped(self._at, user, id))

    def _drop(self, making: Making) -> None:
        del self._makings[making.id]

    def _landed(self, making: Making, took: float | None = None) -> None:
        if making.lane:
            making.lane.landed(took)

    def _unsent(self, making: Making, outcome: str, message: str) -> None:
        """Nothing was accepted: the place and the money are free again, and the journal says so."""
        assert making.lane
        making.lane.answered(self._now, accepted=False)
        self._reserved.pop(making.id, None)
        if making.attempt and outcome:
            self._out.append(moves.Close(making.attempt, outcome, message))
        making.attempt = None

    # Small things

    @property
    def _at(self) -> float:
        return self._now - self._origin

    def _tell(self, event: events.Event) -> None:
        self._out.append(moves.Tell(event))

    def _ask(self, making: Making, command: moves.Command) -> None:
        self._asked.add(making.id)
        self._out.append(command)


def _shot(step: Step) -> str:
    return step.job.shot if step.job else step.shots[0] if len(step.shots) == 1 else ""
