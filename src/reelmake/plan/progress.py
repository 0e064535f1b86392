"""The state machine of a run: reports in, commands out. No clock, no chance, no disk; tested without an event loop.

    wanted ▶ ready ─┬─ in the store ────────────────▶ done
                    ├─ on a further shelf: bringing ▶ done | made after all | failed
                    ├─ local: queued ▶ running ─────▶ done | failed      (local_work.py)
                    └─ paid: see paid_order.py ─────▶ done | failed      (paid_road.py)
                                                            failed ▶ dependents skipped

What it promises: one key is ordered at most once, whoever wants it; attempts of earlier runs are followed to their end
and count against the limits before anything new is sent; an order that may have been sent is never sent again on our
own; a failure stops only what depends on it. Knows nothing of asyncio, files, HTTP or terminals.
"""

from __future__ import annotations

from collections.abc import Mapping

from reelmake import errors
from reelmake.model import events
from reelmake.model.storyboard import CARDS
from reelmake.model.take import Take
from reelmake.plan import commands, refusals, reports
from reelmake.plan.local_work import LocalPool, LocalWork
from reelmake.plan.mandate import Goal, History, Policy
from reelmake.plan.outbox import Outbox
from reelmake.plan.paid_order import OrderState
from reelmake.plan.paid_road import PaidRoad
from reelmake.plan.places import Places
from reelmake.plan.provider_queue import ProviderQueue
from reelmake.plan.tasks import KeyTask, KeyTasks
from reelmake.plan.waitlist import Waitlist

GRACE = 5.0  # seconds that local work and downloads get to end after the first Ctrl-C


class Progress:
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
        self._policy, self._history = policy, history
        self._waitlist, self._outbox = Waitlist(goal, files), Outbox(origin)
        self.results = self._waitlist.results  # by step id, for everything the targets depend on
        self._tasks = KeyTasks(self._waitlist, self._outbox)
        self._local = LocalWork(LocalPool(policy.workers, policy.memory), self._tasks, self._outbox)
        self._places = Places(queues, self._waitlist, self._outbox)
        self.paid = PaidRoad(self._tasks, self._outbox, self._places, policy, history)
        self.stopping = 0  # how often somebody asked
        self.brought: set[str] = set()  # keys of takes that came from there
        self._bringing: set[str] = set()  # tasks whose take is on its way from a further shelf, or asked for there
        self._left = False  # the targets are made, and nothing else is waited for
        self._leave_at: float | None = None

    # What the runner sees

    def advance(self, now: float, report: reports.Report) -> list[commands.Command]:
        """What to do next, in this order. `now` never goes back."""
        id: str = getattr(report, "id", "")
        self._outbox.turn(now, id)
        if not id or id in self._tasks.open:  # else: the answer to something that was given up
            self._hear(report, id)
        if self.stopping or self._left:
            self._leave_in_time()
        else:
            for due in self._outbox.due():
                self.paid.ask_again(due)
            while self._waitlist.ready:
                if task := self._tasks.want(self._waitlist.ready.popleft()):
                    self._outbox.ask(task.id, commands.Look(task.id, task.key))
            self._local.fill()
            self.paid.fill()
            self._leave_others()
        if not (self.finished or self._outbox.open or self.wake is not None):
            raise RuntimeError("bug: the run waits for nothing")
        return self._outbox.commands

    @property
    def finished(self) -> bool:
        return not (self._outbox.open if self.stopping or self._left else self._tasks.open)

    @property
    def wake(self) -> float | None:
        if self.stopping or self._left:
            return self._leave_at
        return min((time for time in (self._places.wake, self._outbox.wake) if time is not None), default=None)

    def name(self, id: str) -> str:
        """What events call a task."""
        return self._tasks.open[id].name if id in self._tasks.open else id

    # What is heard, and what is wanted

    def _hear(self, report: reports.Report, id: str) -> None:
        match report:
            case reports.Began():
                for attempt, sent in self._history.attempts:
                    self.paid.adopt(attempt, sent)
            case reports.Ticked():
                pass
            case reports.Interrupted():
                self._interrupted()
            case reports.Heard():
                self.paid.told(report)
            case reports.Looked():
                self._looked(report)
            case reports.Offered():
                self._bringing.discard(id)
                self._offered(self._tasks.open[id], report.take)
            case reports.Made() if id in self._bringing:
                self._bringing.discard(id)
                self.brought.add(report.take.key)
                self._tasks.done(self._tasks.open[id], report.take, made=False)
            case reports.Broke() if id in self._bringing:
                self._not_brought(id, report.error)
            case _ if id in self._local.running:
                self._local.hear(report)
            case _:
                self.paid.hear(report, id)

    def _looked(self, report: reports.Looked) -> None:
        task = self._tasks.open[report.id]
        if order := self.paid.orders.get(report.id):
            self.paid.looked(order, report.take)
        elif report.take:
            self._tasks.done(task, report.take, made=False)
        elif self._unasked(task):
            self._bringing.add(task.id)
            self._outbox.ask(task.id, commands.Inquire(task.id, task.key))
        else:
            self._offered(task, self._history.elsewhere.get(task.key))

    def _unasked(self, task: KeyTask) -> bool:
        """Would it be ordered although somebody may have made it, whom the plan could not ask?"""
        asked = self._history.asked
        known = asked is None or task.key in asked or task.key in self._history.elsewhere
        return not known and task.step is not None and task.step.paid

    def _offered(self, task: KeyTask, take: Take | None) -> None:
        if take:
            self._bringing.add(task.id)
            self._outbox.ask(task.id, commands.Bring(task.id, take))
        elif not self.paid.fetch_again(task):
            self._make(task)

    def _not_brought(self, id: str, error: errors.StepError) -> None:
        """No shelf has it after all. What is free is made; nothing is ordered, for the plan did not say so."""
        self._bringing.discard(id)
        task = self._tasks.open[id]
        if not isinstance(error, errors.Gone):  # a full disk, a lost connection: the shelf may well have it
            self._tasks.fail(task, error)
        elif self.paid.fetch_again(task) or task.step is None:
            return
        elif task.step.paid:
            self._tasks.fail(task, refusals.away(task.step, f", and {error}"))
        else:
            self._outbox.tell(events.Warned(self._outbox.at, task.name, task.step.shot, str(error)))
            self._make(task)

    def _make(self, task: KeyTask) -> None:
        """The key must be made."""
        step = task.needed
        if step.order and step.order.tier != CARDS and self._policy.locked:
            self._tasks.fail(task, refusals.locked(step))
        elif step.paid:
            self.paid.queue(task)
        else:
            self._local.queue(task)

    # Ctrl-C

    def _interrupted(self) -> None:
        """Once: what waits at a provider is left there; what is short may end. Twice: leave."""
        self.stopping += 1
        self.paid.stopping = True
        if self.stopping > 1:
            self._leave_at = None
            self._outbox.abandon()
            return
        self._leave()
        self.paid.store_now()
        self._outbox.tell(events.Stopping(self._outbox.at, len(self._outbox.open)))

    def _leave_others(self) -> None:
        """Alone, a run ends when what it was asked for is made, or at its provider if it only sends: open jobs stay for
        the next one."""
        if self._policy.alone and self._tasks.open and not any(map(self._awaited, self._tasks.open.values())):
            self._left = True
            self._leave()

    def _awaited(self, task: KeyTask) -> bool:
        order, wanted = self.paid.orders.get(task.id), task.waiting or task.key in (self._policy.follows or ())
        sent = self._policy.sends and order is not None and order.state is OrderState.SUBMITTED
        return bool(wanted) and not sent

    def _leave(self) -> None:
        self._leave_at = self._outbox.now + GRACE
        self._outbox.abandon(self.paid.elsewhere)

    def _leave_in_time(self) -> None:
        """When the grace is over: what can be made again is not waited for; answers to paid requests always are."""
        if self._leave_at is not None and self._outbox.now >= self._leave_at:
            self._leave_at = None
            self._outbox.abandon(self._local.running | self._bringing | self.paid.downloads)
