"""The paid road: from an intent to a kept clip, and every way it can go wrong. Money moves only here.

The second part of the state machine; knows nothing of freshness, local work or interruption.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from reelmake import errors
from reelmake.model import events
from reelmake.model.storyboard import Limits
from reelmake.model.take import Attempt, Facts, Take
from reelmake.plan import moves, regrets
from reelmake.plan.errands import Errands, shot_of
from reelmake.plan.making import Making, State
from reelmake.plan.pace import ARRIVED, LONGEST_JOB, PATIENCE, TRIES, Lane, next_poll, rest
from reelmake.plan.purse import Purse
from reelmake.plan.waitlist import Waitlist
from reelmake.ports import Dead, Pending, Ready

BELIEVED = 3  # a job is taken for gone when the provider has said so this often in a row
SHORT, SHARE = Fraction(1, 4), Fraction(1, 25)  # a clip is "clearly" off beyond 0.25 s and 4 %

_BY_CODE: Mapping[str, type[errors.StepFailed]] = {
    c.code: c for c in (errors.Refused, errors.NoCredit, errors.NoAccess, errors.Gone, errors.LocalTool)
}


class PaidRoad(Errands):
    """`limits` by provider. `recent`: (provider, machine time) of requests that may still count in a minute."""

    def __init__(
        self,
        waitlist: Waitlist,
        origin: float,
        limits: Mapping[str, Limits],
        recent: Sequence[tuple[str, float]],
        budget: Decimal | None,
    ) -> None:
        super().__init__(waitlist, origin)
        self.generated = 0  # paid clips kept in this run, adopted ones too
        self._purse = Purse(budget)
        self._lanes = {name: Lane(limit) for name, limit in limits.items()}
        for name, sent in recent:
            if name in self._lanes:
                self._lanes[name].remember(sent)

    @abstractmethod
    def _queue(self, making: Making) -> None:
        """The key must be made: finds the place to wait in."""

    # Attempts of earlier runs

    def _adopt(self, attempt: Attempt, sent: float) -> None:
        id = attempt.key if attempt.key not in self._makings else attempt.token
        making = Making(
            id, attempt.key, State.READY, attempt=attempt, number=attempt.number, cost=attempt.cost, sent=sent
        )
        making.lane = self._lanes.get(attempt.provider)
        if making.lane:
            making.lane.flying += 1
        self._makings[id] = making
        self._purse.reserve(id, attempt.cost)
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

    def _found(self, report: moves.Found) -> None:
        making = self._makings[report.id]
        attempt = making.attempt
        assert attempt
        if report.remote:
            self._tell(events.Adopted(self._at, making.name, report.remote))
            self._submitted(making, report.remote)
            return
        if self._now < making.sent + ARRIVED:  # it may still be on its way, or not in the list yet
            wait = making.sent + ARRIVED - self._now
            self._tell(events.StepRetrying(self._at, making.name, wait, "the order may still arrive", making.tries))
            self._wait(making, wait)
            return
        self._out.append(moves.Close(attempt, "not-sent", "the provider never had it"))
        self._purse.release(making.id)
        self._landed(making)
        making.attempt = None
        if not making.waiting or making.key in self._takes:
            self._drop(making)
        elif making.orders >= TRIES:
            self._give_up(making, regrets.never_arrives(attempt))
        else:
            self._queue(making)

    # The road

    def _order_now(self, making: Making, lane: Lane) -> None:
        step = making.step
        assert step
        if refusal := self._purse.refusal(step):
            self._give_up(making, refusal)
            return
        self._purse.reserve(making.id, making.cost)
        lane.go()
        making.number += 1
        making.orders += 1
        self._start(making, State.INTENDED)
        self._ask(making, moves.Intend(making.id, making.key, step, making.manifest, making.number))

    def _intended(self, report: moves.Intended) -> None:
        making = self._makings[report.id]
        making.attempt, making.sent = report.attempt, self._now
        assert making.step
        making.state = State.SENDING
        self._ask(making, moves.Submit(making.id, report.attempt, making.step))

    def _sent(self, report: moves.Sent) -> None:
        making = self._makings[report.id]
        assert making.lane
        making.lane.answered(self._now, accepted=True)
        self._submitted(making, report.remote)

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
            self._tell(events.Warned(self._at, making.name, shot_of(step), message))

    def _paid(self, making: Making, take: Take) -> None:
        """The clip is in the store and the journal says so."""
        self._purse.pay(making.id, making.cost)
        self.generated += 1
        self._ended(making, take, made=True)

    # What goes wrong

    def _not_sent(self, making: Making, error: errors.StepFailed) -> None:
        lane = making.lane
        assert lane
        assert making.attempt
        if isinstance(error, errors.Ambiguous) or type(error) is errors.StepFailed:
            lane.answered(self._now, accepted=None)
            lane.held_up(self._now + rest(making.key, lane.trouble + 1))
            making.state, making.tries = State.FINDING, 0
            self._tell(events.StepRetrying(self._at, making.name, ARRIVED, str(error), making.orders))
            self._wait(making, ARRIVED)
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

    def _dead(self, making: Making, attempt: Attempt, status: Dead) -> None:
        kind = _BY_CODE.get(status.code, errors.StepFailed)
        self._out.append(moves.Close(attempt, "refused" if kind is errors.Refused else "failed", status.message))
        self._landed(making)
        self._purse.risk(making.id)
        self._give_up(making, kind(status.message, code=status.code))

    def _lost(self, making: Making, attempt: Attempt, error: errors.StepFailed) -> None:
        """Paid for, perhaps, and no longer there."""
        self._out.append(moves.Close(attempt, "failed", str(error)))
        if making.state is State.SUBMITTED:
            self._landed(making)
        self._purse.risk(making.id)
        self._give_up(making, error)

    def _unsent(self, making: Making, outcome: str, message: str) -> None:
        """Nothing was accepted: the place and the money are free again, and the journal says so."""
        assert making.lane
        making.lane.answered(self._now, accepted=False)
        self._purse.release(making.id)
        if making.attempt and outcome:
            self._out.append(moves.Close(making.attempt, outcome, message))
        making.attempt = None

    def _landed(self, making: Making, took: float | None = None) -> None:
        if making.lane:
            making.lane.landed(took)
