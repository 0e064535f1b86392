"""The paid road: from an intent to a kept clip. Money moves only here and in plan/setbacks.py.

The fourth part of the state machine; knows nothing of freshness, local work or interruption.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from reelmake.model import events
from reelmake.model.take import Attempt, Facts, Take
from reelmake.plan import commands, refusals, reports
from reelmake.plan.ambiguity import asked, listed
from reelmake.plan.budget import Budget
from reelmake.plan.hearing import Hearing
from reelmake.plan.history import History
from reelmake.plan.key_task import KeyTask, State
from reelmake.plan.provider_queue import (
    ARRIVED,
    LATE,
    LATEST_POLL,
    LONGEST_JOB,
    SOONEST_POLL,
    TRIES,
    ProviderQueue,
    sort_of,
)
from reelmake.plan.waitlist import Waitlist
from reelmake.ports import Pending, Ready

SHORT, SHARE = Fraction(1, 4), Fraction(1, 25)  # a clip is "clearly" off beyond 0.25 s and 4 %
LOOKS = 3  # at a provider's list, ARRIVED apart at first, before it may be said that an order is not in it
UNSAID = 150.0  # seconds in which it is looked for where nobody says how late the list may be


class PaidRoad(Hearing):
    """`budget`: USD that may be spent in this run; None = no bound."""

    def __init__(
        self,
        waitlist: Waitlist,
        origin: float,
        queues: Mapping[str, ProviderQueue],
        budget: Decimal | None,
        history: History,
    ) -> None:
        super().__init__(waitlist, origin, queues, Budget(budget), history.moderated)
        self._crowded: set[str] = set()  # gates at which we had to wait
        self.generated = 0  # paid clips kept in this run, adopted ones too
        for name, sent in history.recent:
            if name in self._lanes:
                self._lanes[name].remember(sent)

    # Attempts of earlier runs

    def _adopt(self, attempt: Attempt, sent: float) -> None:
        id = attempt.key if attempt.key not in self._makings else attempt.token
        making = KeyTask(
            id, attempt.key, State.READY, attempt=attempt, number=attempt.number, cost=attempt.cost, sent=sent
        )
        making.token, making.taken = attempt.token, attempt.taken
        making.lane = self._lanes.get(attempt.provider)
        if making.lane:
            making.lane.flying += 1
        self._makings[id] = making
        self._purse.reserve(id, attempt.cost)
        if not attempt.remote:
            self._lookalikes.sent(id, listed(attempt.provider, attempt.order), attempt.manifest)
        self._ask(making, commands.Look(id, attempt.key))

    def _follow(self, making: KeyTask, attempt: Attempt, take: Take | None) -> None:
        """An attempt of an earlier run; `take` is what the store has for its key."""
        if take and attempt.remote and take.remote == attempt.remote:
            self._out.append(commands.Settle(attempt, take))
            self._landed(making)
            self._ended(making, take, made=False)
            return
        if take:
            self._serve(making, take, made=False)
        if making.lane is None:
            self._give_up(making, refusals.orphan(attempt))
        elif attempt.remote:
            making.state, making.began = State.SUBMITTED, self._now
            self._listen_for(making, attempt)
            self._tell(events.Adopted(self._at, making.name, attempt.remote))
            self._ask(making, commands.Poll(making.id, attempt))
        else:
            making.state, making.sought, making.slow = State.FINDING, self._now, True
            self._ask(making, commands.Find(making.id, attempt))

    def _fetch_again(self, making: KeyTask, attempt: Attempt, lane: ProviderQueue) -> None:
        """Its clip was kept once and is lost: it is paid for, and its provider may still have it."""
        making.attempt, making.number, making.cost, making.again = attempt, attempt.number, attempt.cost, True
        making.lane, making.state, making.began, making.sent = lane, State.SUBMITTED, self._now, self._now
        lane.flying += 1
        self._listen_for(making, attempt)
        self._tell(events.Adopted(self._at, making.name, attempt.remote))
        self._ask(making, commands.Poll(making.id, attempt))

    def _found(self, report: reports.Found) -> None:
        making = self._makings[report.id]
        attempt = making.attempt
        assert attempt
        if report.remote:
            self._tell(events.Adopted(self._at, making.name, report.remote, found=True))
            self._submitted(making, report.remote)
            self._wait(making, SOONEST_POLL)  # it may be long done
            return
        if wait := self._may_arrive(making, report.lag):
            self._tell(events.StepRetrying(self._at, making.name, wait, "the order may still arrive", making.tries))
            self._wait(making, wait)
            return
        if making.taken or report.lag is None:
            why = "it has the order, but its list does not show it" if making.taken else refusals.LAGS
            self._landed(making)
            self._give_up(making, refusals.unclear(attempt, why))
            return
        self._out.append(commands.Close(attempt, "not-sent", "the provider never had it"))
        self._purse.release(making.id)
        self._landed(making)
        self._answered(making)
        making.attempt = None
        if not making.waiting or making.key in self._takes:
            self._drop(making)
        elif making.orders >= TRIES:
            self._give_up(making, refusals.never_arrives(attempt))
        else:
            self._queue(making)

    def _may_arrive(self, making: KeyTask, lag: float | None) -> float:
        """Seconds until it is worth asking again for an order that the provider's list does not have; 0 = no more.

        It may be on its way, or the list may be late by `lag`; and clocks may have been set since an earlier run wrote
        down when it was sent, so that counts from its first look in this one. Whoever was too slow to answer may be
        too slow to take it: of an order of an earlier run nobody knows that, so it counts as slow.
        """
        if self._now < making.sent + ARRIVED:
            return making.sent + ARRIVED - self._now
        making.looks += 1
        if making.looks < LOOKS:
            return ARRIVED
        until = making.sent + UNSAID if lag is None else making.sought + ARRIVED + lag
        if making.slow:
            until = max(until, making.sent + LATE)
        return max(0.0, min(LATEST_POLL, until - self._now))

    # The road

    def _order_now(self, making: KeyTask, lane: ProviderQueue) -> None:
        step = making.step
        assert step
        assert step.order
        told = listed(step.order.provider, asked(step.order))
        if self._lookalikes.hold(making.id, told, making.manifest):
            return
        if refusal := self._purse.refusal(step):
            self._give_up(making, refusal)
            return
        if lane.gate and not making.token:
            lane.asking, making.state = True, State.ENTERING
            self._ask(making, commands.Enter(making.id, making.key, lane.gate))
            return
        self._purse.reserve(making.id, making.cost)
        self._lookalikes.sent(making.id, told, making.manifest)
        lane.go()
        making.number += 1
        making.orders += 1
        making.looks = making.gone = 0
        making.slow = making.taken = making.again = False
        self._start(making, State.INTENDED)
        what = (making.key, step, making.manifest, making.number, making.bare, making.token)
        self._ask(making, commands.Intend(making.id, *what))

    def _entered(self, report: reports.Entered) -> None:
        """The place is ours; what spoke for the order when it was asked for may have changed."""
        making = self._makings[report.id]
        lane = making.lane
        assert lane
        lane.asking, making.state, making.token = False, State.QUEUED, report.token
        if lane.shut:
            self._leave(making)
            self._give_up(making, lane.shut)
            return
        self._order_now(making, lane)
        if making.state is not State.INTENDED:
            self._leave(making)

    def _full(self, report: reports.Full) -> None:
        making = self._makings[report.id]
        lane = making.lane
        assert lane
        lane.asking, making.state = False, State.QUEUED
        if lane.shut:
            self._give_up(making, lane.shut)
            return
        lane.full(self._now + report.seconds)
        lane.join(making.rank, making.id)
        if lane.gate not in self._crowded:
            self._crowded.add(lane.gate)
            self._tell(events.Warned(self._at, "", "", f"{lane.gate}: {report.why}; waiting for a place"))

    def _intended(self, report: reports.Intended) -> None:
        making = self._makings[report.id]
        making.attempt, making.sent = report.attempt, self._now
        assert making.step
        making.state = State.SENDING
        self._ask(making, commands.Submit(making.id, report.attempt, making.step))

    def _sent(self, report: reports.Sent) -> None:
        making = self._makings[report.id]
        assert making.lane
        making.lane.answered(self._now, accepted=True)
        self._heard(making)
        if report.cost is not None:
            making.cost = report.cost
            self._purse.reserve(making.id, report.cost)
        self._submitted(making, report.remote)

    def _submitted(self, making: KeyTask, remote: str) -> None:
        assert making.attempt
        self._answered(making)
        making.attempt = replace(making.attempt, remote=remote)
        making.state, making.began, making.tries = State.SUBMITTED, self._now, 0
        making.looked, making.told = 0.0 if making.orders else None, None
        self._look_again(making)
        self._listen_for(making, making.attempt)

    def _polled(self, report: reports.Polled) -> None:
        making, status = self._makings[report.id], report.status
        making.tries = making.gone = 0
        age = self._now - making.began
        assert making.attempt
        assert making.lane
        if isinstance(status, Pending):
            self._tell(events.StepProgressed(self._at, making.name, status.fraction, status.note))
            if status.odd:
                self._odd(making, making.attempt, status.note)
            if age > LONGEST_JOB:
                self._landed(making)
                self._give_up(making, refusals.still_there(making.attempt, "it is still being made there"))
            else:
                making.looked = self._now - making.sent
                self._look_again(making, status.after)
        elif isinstance(status, Ready):
            self._untold(making)
            if making.looked is not None:
                making.lane.learn(sort_of(making.attempt.manifest), making.looked, self._now - making.sent)
            self._landed(making)
            making.cost = making.cost if status.cost is None else status.cost
            making.expires, making.state = status.expires, State.FETCHING
            self._ask(making, commands.Fetch(making.id, making.attempt))
        else:
            self._dead(making, making.attempt, status)

    def _odd(self, making: KeyTask, attempt: Attempt, note: str) -> None:
        """A job in a state that we do not know, once: it may be one that never ends."""
        if note not in making.odd:
            making.odd.add(note)
            message = f"{note} from {attempt.provider}; the job is treated as still in progress"
            self._tell(events.Noted(self._at, making.name, attempt.shot, message))

    def _look_again(self, making: KeyTask, after: float | None = None) -> None:
        """When its end is likely, as far as we know; `after` as the provider wishes."""
        assert making.attempt
        assert making.lane
        age = max(0.0, self._now - making.sent)
        wait = making.lane.wait(sort_of(making.attempt.manifest), age, after)
        self._wait(making, self._sooner(making, wait))

    def _fetched(self, report: reports.Fetched) -> None:
        making = self._makings[report.id]
        assert making.attempt
        making.state, making.tries = State.FETCHED, 0
        facts = replace(report.facts, notes=(*report.facts.notes, *self._measured(making, report.facts)))
        took = self._now - making.began
        kept = commands.Keep(making.id, making.attempt, report.file, facts, making.cost, took, making.expires)
        self._ask(making, kept)

    def _measured(self, making: KeyTask, facts: Facts) -> tuple[str, ...]:
        """Is the clip clearly shorter or longer than what was ordered?"""
        step = making.step
        if facts.seconds is None or step is None or step.order is None or step.order.seconds is None:
            return ()
        asked = step.order.seconds
        source = next((self.results[i.step].take for i in step.inputs if i.label == "source" and i.step), None)
        if step.order.operation == "extend":
            if source is None or source.facts.seconds is None:
                return ()
            asked += source.facts.seconds
        off = facts.seconds - asked
        if abs(off) <= SHORT or abs(off) <= SHARE * asked:
            return ()
        return (f"the clip is {float(facts.seconds):.2f} s long, {float(asked):.2f} s were ordered",)

    def _paid(self, making: KeyTask, take: Take) -> None:
        """The clip is in the store and the journal says so."""
        self._purse.pay(making.id, making.owed)
        self.generated += 1
        self._ended(making, take, made=True)
