"""The key tasks of a run, and how they end: one take goes to everyone who waits for its key, and so does one failure.

Knows nothing of how a take is made.
"""

from __future__ import annotations

from dataclasses import field
from decimal import Decimal

from reelmake import errors
from reelmake.model import events
from reelmake.model.order import Order
from reelmake.model.step import Step
from reelmake.model.take import Manifest, Take
from reelmake.plan.key import digest
from reelmake.plan.outbox import Outbox
from reelmake.plan.provider_queue import Rank
from reelmake.plan.waitlist import Waitlist
from reelmake.records import dataclass

FREE = Decimal(0)


@dataclass
class KeyTask:
    """`waiting`: the steps that get its take. `step`, `manifest` and `rank` are the first one's; an order of an earlier
    run that nobody wants any more has none of them, and `title` is what events call it."""

    id: str
    key: str
    title: str = ""
    step: Step | None = None
    manifest: Manifest = ()
    rank: Rank = (0.0, 0)
    waiting: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What events call it."""
        return self.waiting[0] if self.waiting else self.title or self.id

    @property
    def needed(self) -> Step:
        """Its step, where somebody wants it."""
        if self.step is None:
            raise RuntimeError(f"bug: nobody wants {self.id}")
        return self.step


def ordered(step: Step) -> Order:
    """What is ordered of a provider."""
    if step.order is None:
        raise RuntimeError(f"bug: {step.id} is no order")
    return step.order


class KeyTasks:
    """`open` by id: the key, or the token of a further order for it."""

    def __init__(self, waitlist: Waitlist, outbox: Outbox) -> None:
        self._waitlist, self._outbox = waitlist, outbox
        self.results = waitlist.results  # by step id
        self.open: dict[str, KeyTask] = {}
        self.takes: dict[str, Take] = {}  # by key: what this run found or made
        self._hopeless: dict[str, errors.ReelmakeError] = {}  # by key: what is not tried again in this run

    def begin(self, id: str, key: str, title: str = "") -> KeyTask:
        task = self.open[id] = KeyTask(id, key, title)
        return task

    def want(self, id: str) -> KeyTask | None:
        """A step whose inputs are all there joins the task of its key, and gets what is known of it already. A new task
        is returned: nobody has looked for its take yet."""
        try:
            pairs = self._waitlist.manifest(id)
        except errors.StepError as error:
            self._failed(id, error)
            return None
        key = digest(pairs)
        self._waitlist.judged(id, key)
        if key in self.takes:
            self._done(id, self.takes[key], made=False)
        elif key in self._hopeless:
            self._failed(id, self._hopeless[key])
        else:
            new = key not in self.open
            task = self.begin(key, key) if new else self.open[key]
            task.waiting.append(id)
            if task.step is None:
                task.step, task.manifest = self._waitlist.steps[id], pairs
                task.rank = self._waitlist.rank(id)
            return task if new else None
        return None

    def started(self, task: KeyTask) -> None:
        """It is made now; people hear of it."""
        if step := task.step:
            self._outbox.tell(events.StepStarted(self._outbox.at, task.name, step.kind, step.shot, step.pool))

    # Ends

    def serve(self, task: KeyTask, take: Take, *, made: bool, cost: Decimal | None = FREE) -> None:
        """Gives everyone who waits the take. `made` in this run, and for how much: USD, None = not known."""
        self.takes[task.key] = take
        waiting, task.waiting = task.waiting, []
        for n, id in enumerate(waiting):
            self._done(id, take, made=made and n == 0, cost=cost)

    def done(self, task: KeyTask, take: Take, *, made: bool, cost: Decimal | None = FREE) -> None:
        """It is over, and everyone gets the take."""
        self.drop(task)
        self.serve(task, take, made=made, cost=cost)

    def fail(self, task: KeyTask, error: errors.ReelmakeError) -> None:
        """It is over: everyone who waits for its key fails, and so does who asks for it later in this run."""
        self.drop(task)
        self._hopeless[task.key] = error
        for id in task.waiting:
            self._failed(id, error)

    def drop(self, task: KeyTask) -> None:
        """It is over, and nobody gets anything."""
        del self.open[task.id]
        self._outbox.forget(task.id)

    def noted(self, step: str, shot: str, take: Take) -> None:
        """People hear what there is to say of a take that was just made."""
        for message in take.facts.notes:
            self._outbox.tell(events.Noted(self._outbox.at, step, shot, message))

    def _done(self, id: str, take: Take, *, made: bool, cost: Decimal | None = FREE) -> None:
        step = self._waitlist.steps[id]
        self._waitlist.done(id, take, made=made)
        if made:
            self.noted(id, step.noted_of, take)
        what = (step.kind, step.shot, take.digest, made, cost if made else FREE, take.took)
        self._outbox.tell(events.StepDone(self._outbox.at, id, *what))

    def _failed(self, id: str, error: errors.ReelmakeError) -> None:
        step, at = self._waitlist.steps[id], self._outbox.at
        what = (error.code, str(error), tuple(error.next_steps))
        self._outbox.tell(events.StepFailed(at, id, step.kind, step.shot, *what))
        for user in self._waitlist.failed(id, error):
            self._outbox.tell(events.StepSkipped(at, user, id))
