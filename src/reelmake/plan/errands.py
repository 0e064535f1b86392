"""Errands: the makings of a run, what each was asked for, when it wakes up, and how it ends for everyone who waits.

The plumbing below the state machine; knows neither money nor which command follows which report.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal

from reelmake import errors
from reelmake.model import events
from reelmake.model.step import Step
from reelmake.model.take import Attempt, Take
from reelmake.plan import commands
from reelmake.plan.key_task import KeyTask, State, StepResult
from reelmake.plan.provider_queue import PATIENCE, TRIES, rest
from reelmake.plan.waitlist import Waitlist

_AGAIN: Mapping[State, Callable[[str, Attempt], commands.Command]] = {
    State.SUBMITTED: commands.Poll,
    State.FETCHING: commands.Fetch,
    State.FINDING: commands.Find,
}


FREE = Decimal(0)


class Errands:
    """`origin`: the machine time at which the run began. Everything that is asked for goes to `_out`."""

    def __init__(self, waitlist: Waitlist, origin: float) -> None:
        self._list = waitlist
        self._origin = self._now = origin
        self._makings: dict[str, KeyTask] = {}
        self._takes: dict[str, Take] = {}  # by key: what this run found or made
        self._hopeless: dict[str, errors.ReelmakeError] = {}  # by key: what is not tried again in this run
        self._asked: set[str] = set()  # makings with an unanswered command
        self._timers: list[tuple[float, str]] = []
        self._out: list[commands.Command] = []

    @property
    def results(self) -> dict[str, StepResult]:
        """By step id, for everything the targets depend on."""
        return self._list.results

    def name(self, id: str) -> str:
        """What events call a making."""
        return self._makings[id].name if id in self._makings else id

    # Asking and telling

    @property
    def _at(self) -> float:
        return self._now - self._origin

    def _tell(self, event: events.Event) -> None:
        self._out.append(commands.Tell(event))

    def _ask(self, making: KeyTask, command: commands.Command) -> None:
        self._asked.add(making.id)
        self._out.append(command)

    def _abandon(self, states: Collection[State]) -> None:
        for id in sorted(self._asked):
            if self._makings[id].state in states:
                self._asked.discard(id)
                self._out.append(commands.Abandon(id))

    def _start(self, making: KeyTask, state: State) -> None:
        first = making.state is State.QUEUED and not making.tries and making.orders <= 1
        making.state, making.began = state, self._now
        if first and making.step:
            step = making.step
            self._tell(events.StepStarted(self._at, making.name, step.kind, shot_of(step), step.pool))

    # Waiting

    def _once_more(self, making: KeyTask, error: errors.StepError, wait: float) -> bool:
        """Counts a failed try. False: there were too many, or it took too long."""
        making.tries += 1
        if making.tries == 1:
            making.since = self._now
        if making.tries >= TRIES or self._now + wait - making.since > PATIENCE:
            return False
        self._tell(events.StepRetrying(self._at, making.name, wait, str(error), making.tries))
        return True

    def _rests(self, making: KeyTask, error: errors.StepError) -> bool:
        """Waits and then asks the same again. False: it was the last try."""
        wait = rest(making.key, making.tries + 1, error.after if isinstance(error, errors.Transient) else None)
        if not self._once_more(making, error, wait):
            return False
        self._wait(making, wait)
        return True

    def _wait(self, making: KeyTask, seconds: float) -> None:
        making.due = self._now + seconds
        heapq.heappush(self._timers, (making.due, making.id))

    def _ring(self) -> None:
        """Asks again for everyone who is due."""
        while self._timers and self._timers[0][0] <= self._now:
            time, id = heapq.heappop(self._timers)
            making = self._makings.get(id)
            if making and making.due == time and making.attempt:
                making.due = None
                self._ask(making, _AGAIN[making.state](id, making.attempt))

    # Ends

    def _ended(self, making: KeyTask, take: Take, *, made: bool) -> None:
        self._drop(making)
        if made and not making.waiting and making.attempt:
            shot = making.attempt.shot
            self._note(making.name, shot, take)
            self._tell(events.StepDone(self._at, making.name, "shot", shot, take.digest, True, making.owed, take.took))
        self._serve(making, take, made=made)

    def _serve(self, making: KeyTask, take: Take, *, made: bool) -> None:
        """Gives everyone who waits the take."""
        self._takes[making.key] = take
        waiting, making.waiting = making.waiting, []
        for n, id in enumerate(waiting):
            self._done(id, take, made=made and n == 0, cost=making.owed if making.attempt else Decimal(0))

    def _done(self, id: str, take: Take, *, made: bool, cost: Decimal | None = FREE) -> None:
        step = self._list.steps[id]
        self._list.done(id, take, made=made)
        cost = cost if made else Decimal(0)
        if made:
            self._note(id, about(step), take)
        self._tell(events.StepDone(self._at, id, step.kind, shot_of(step), take.digest, made, cost, take.took))

    def _note(self, step: str, shot: str, take: Take) -> None:
        for message in take.facts.notes:
            self._tell(events.Noted(self._at, step, shot, message))

    def _give_up(self, making: KeyTask, error: errors.ReelmakeError) -> None:
        """Everyone who waits for this key fails, and so does who asks for it later in this run."""
        if making.id in self._makings:
            self._drop(making)
        self._hopeless[making.key] = error
        if not making.waiting and making.attempt:
            self._tell(events.Noted(self._at, making.name, making.attempt.shot, str(error)))
        for id in making.waiting:
            self._fail(id, error)

    def _fail(self, id: str, error: errors.ReelmakeError) -> None:
        step = self._list.steps[id]
        what = (error.code, str(error), tuple(error.next_steps))
        self._tell(events.StepFailed(self._at, id, step.kind, shot_of(step), *what))
        for user in self._list.failed(id, error):
            self._tell(events.StepSkipped(self._at, user, id))

    def _drop(self, making: KeyTask) -> None:
        del self._makings[making.id]


def shot_of(step: Step) -> str:
    """The one shot an event about this step can name, or ""."""
    return step.order.shot if step.order else step.shots[0] if len(step.shots) == 1 else ""


def about(step: Step) -> str:
    """The one shot that what comes to light while a step is made is about, or "": sound is of a whole cut."""
    return shot_of(step) if step.kind in ("shot", "segment") else ""
