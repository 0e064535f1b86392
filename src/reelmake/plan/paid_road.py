"""The paid road of a run: all its orders, and the queues, the budget and the memories that they share.

A report is read by paid_step.py; here its turn (the row of the table in paid_order.py) is carried out: on the place, on
the money, on the journal, on orders that waited for it. Knows nothing of local work or interruption.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace

from reelmake.errors import ReelmakeError
from reelmake.model import events
from reelmake.model.medium import medium_of
from reelmake.model.remote import Ready
from reelmake.model.take import Attempt, Take
from reelmake.plan import commands, paid_step, refusals, reports
from reelmake.plan.ambiguity import Ambiguity, asked, listed
from reelmake.plan.budget import Budget
from reelmake.plan.failures import Context
from reelmake.plan.mandate import History, Policy
from reelmake.plan.outbox import Outbox
from reelmake.plan.paid_order import News, OrderState, PaidOrder, Reaction, Search, Tries
from reelmake.plan.places import Places
from reelmake.plan.provider_queue import job_class
from reelmake.plan.tasks import KeyTask, KeyTasks, ordered
from reelmake.plan.webhook_memory import WebhookMemory

_ASKS: Mapping[OrderState, Callable[[PaidOrder], commands.Command]] = {
    OrderState.FINDING: lambda order: commands.Find(order.id, order.placed),
    OrderState.SUBMITTED: lambda order: commands.Poll(order.id, order.placed),
    OrderState.FETCHING: lambda order: commands.Fetch(order.id, order.placed, order.content),
}
_OPEN = (OrderState.INTENDED, OrderState.SENDING, OrderState.FINDING)  # nobody knows yet what became of it


class PaidRoad:
    """`orders` by the id of their task."""

    def __init__(self, tasks: KeyTasks, outbox: Outbox, places: Places, policy: Policy, history: History) -> None:
        self._tasks, self._outbox, self._places = tasks, outbox, places
        self._policy, self._history = policy, history
        self.orders: dict[str, PaidOrder] = {}
        self.budget = Budget(policy.budget)
        self.webhooks = WebhookMemory()
        self.kept = 0  # results kept in this run, those of adopted orders too
        self.stopping = False
        self._ambiguity = Ambiguity()
        self._moderated = Counter(history.moderated)
        for name, sent in history.recent:
            if name in places.queues:
                places.queues[name].remember(sent)

    @property
    def elsewhere(self) -> set[str]:
        """Ids of the orders that are out there, and stay there when nobody waits for them."""
        return {id for id, o in self.orders.items() if o.state in (OrderState.SUBMITTED, OrderState.FINDING)}

    @property
    def downloads(self) -> set[str]:
        """Ids of the orders whose result is being loaded, and can be loaded again by a later run."""
        return {id for id, o in self.orders.items() if o.state is OrderState.FETCHING and o.content is None}

    # What waits for a place

    def queue(self, task: KeyTask) -> None:
        """The key must be made: waits for a place, or fails if it is not to be ordered."""
        step = task.needed
        if self._policy.locked:
            self._fail(task, refusals.locked(step))
        elif self._policy.unsaid(task.waiting):
            self._fail(task, refusals.not_agreed(step))
        elif task.key in self._history.away:
            self._fail(task, refusals.away(step))
        elif (queue := self._places.queues.get(step.pool)) is None:
            self._fail(task, refusals.unknown_provider(step))
        elif queue.shut:
            self._fail(task, queue.shut)
        else:
            order = self.orders.get(task.id) or PaidOrder(task.id, task.key, step.pool, OrderState.QUEUED)
            order = replace(order, state=OrderState.QUEUED, tries=Tries(), attempt=None, again=False)
            self.orders[task.id] = replace(order, provider=step.pool, cost=step.cost)
            queue.join(task.rank, task.id)

    def fill(self) -> None:
        """Gives every free place to the most urgent who waits for one."""
        self._places.look_ahead()
        for id in self._places.free():
            self._order(self.orders[id])

    def _order(self, order: PaidOrder) -> bool:
        """It has a place: its intent is written, if nothing speaks against it."""
        task = self._tasks.open[order.id]
        step, queue = task.needed, self._places.queues[order.provider]
        told = listed(order.provider, asked(ordered(step)))
        if self._ambiguity.hold(order.id, told, task.manifest):
            return False
        if refusal := self.budget.refusal(step):
            self._fail(task, refusal)
            return False
        if queue.gate and not order.token:
            self.orders[order.id] = self._places.enter(order)
            return True
        self.budget.move(order.id, "reserved", order.cost)
        self._ambiguity.sent(order.id, told, task.manifest)
        queue.go()
        if not order.tries.count and not order.times:
            self._tasks.started(task)
        order = replace(order, number=order.number + 1, times=order.times + 1, search=Search(), content=None)
        self.orders[order.id] = replace(order, state=OrderState.INTENDED)
        what = (order.key, step, task.manifest, order.number, order.bare, order.token)
        self._outbox.ask(order.id, commands.Intend(order.id, *what))
        return True

    def _entered(self, order: PaidOrder, report: reports.Entered | reports.Full | reports.Broke) -> None:
        """Whether there is a place that other projects share; what spoke for the order may have changed meanwhile."""
        task = self._tasks.open[order.id]
        shut = self._places.queues[order.provider].shut
        token = report.token if isinstance(report, reports.Entered) else ""
        order = self.orders[order.id] = self._places.entered(order, token)
        match report:
            case reports.Broke(error=error):
                self._fail(task, error)
            case reports.Entered() if self.stopping:
                self._places.leave(order)
                self._tasks.drop(self._forget(task))
            case _ if shut:
                self._places.leave(order)
                self._fail(task, shut)
            case reports.Full():
                self._places.full(order, task.rank, report)
            case reports.Entered() if not self._order(order):
                order = self._places.leave(order)
                if order.id in self.orders:
                    self.orders[order.id] = order

    # Orders of earlier runs

    def adopt(self, attempt: Attempt, sent: float) -> None:
        """An open one is followed to its end. `sent`: when it was intended."""
        planned = attempt.key in self._history.elsewhere  # with the take of another shelf, which is brought
        id = attempt.token if planned or attempt.key in self._tasks.open else attempt.key
        self._tasks.begin(id, attempt.key, f"{medium_of(attempt.manifest).kind}:{attempt.shot}")
        self.orders[id] = PaidOrder.adopted(id, attempt, sent)
        if queue := self._places.queues.get(attempt.provider):
            queue.in_flight += 1
        self.budget.move(id, "reserved", attempt.cost)
        if not attempt.remote:
            self._ambiguity.sent(id, listed(attempt.provider, attempt.order), attempt.manifest)
        self._outbox.ask(id, commands.Look(id, attempt.key))

    def looked(self, order: PaidOrder, take: Take | None) -> None:
        """`take` is what the store has for the key of an adopted order."""
        task, attempt = self._tasks.open[order.id], order.placed
        if take and order.gave(take):
            self._outbox.say(commands.Settle(attempt, take))
            if order.provider in self._places.queues:
                self._places.move(order, "landed")
            self._forget(task)
            self._tasks.done(task, take, made=False)
            return
        if take:
            self._tasks.serve(task, take, made=False)
        if attempt.provider not in self._places.queues:
            self._fail(task, refusals.orphan(attempt))
        elif attempt.remote:
            self._follow(order)
        else:
            search = replace(order.search, since=self._outbox.now, slow=True)
            order = self.orders[order.id] = replace(order, state=OrderState.FINDING, search=search)
            self._outbox.ask(order.id, _ASKS[order.state](order))

    def fetch_again(self, task: KeyTask) -> bool:
        """Was a result of its key kept once and is lost? It is paid for, and its provider may still have it."""
        lost = self._history.delivered.get(task.key)
        queue = self._places.queues.get(lost.provider) if lost else None
        if lost is None or queue is None or self._policy.locked:
            return False
        queue.in_flight += 1
        self._follow(PaidOrder.adopted(task.id, lost, self._outbox.now, lost=True))
        return True

    def _follow(self, order: PaidOrder) -> None:
        """Its provider has it: it is asked about now."""
        order = self.orders[order.id] = replace(order, state=OrderState.SUBMITTED, accepted=self._outbox.now)
        self._listen(order)
        order, name = self.orders[order.id], self._tasks.open[order.id].name
        self._outbox.tell(events.Adopted(self._outbox.at, name, order.placed.remote, shot=order.placed.shot))
        self._outbox.ask(order.id, _ASKS[order.state](order))

    # What is heard of orders

    def hear(self, report: reports.Report, id: str) -> None:
        """A report about an order: what it comes to is carried out."""
        order = self.orders[id]
        if order.state is OrderState.ENTERING and isinstance(report, reports.Entered | reports.Full | reports.Broke):
            self._entered(order, report)
            return
        if isinstance(report, reports.Polled) and isinstance(report.status, Ready):
            self._learn(order)
        self._turn(paid_step.step(order, report, self._context(order)))

    def _context(self, order: PaidOrder) -> Context:
        task = self._tasks.open[order.id]
        return Context(
            now=self._outbox.now,
            at=self._outbox.at,
            task=task,
            queue=self._places.queues[order.provider],
            affordable=lambda charged: self.budget.refusal(task.needed, ended={order.id: charged}) is None,
            results=self._tasks.results,
            moderated=self._moderated[order.key],
            known=order.key in self._tasks.takes,
            stopping=self.stopping,
        )

    def _turn(self, reaction: Reaction) -> None:
        """The journal first, then places and money, then whoever waited, and last what is done next."""
        turn, order = reaction.turn, reaction.order
        self._outbox.say(*reaction.says)
        if reaction.asks:
            self._outbox.ask(order.id, reaction.asks)
        self._moderated[order.key] += turn.close == "moderated"
        moved = self._places.move(order, turn.place)
        self.orders[order.id] = moved if moved.state is turn.to else replace(moved, state=turn.to)
        self.budget.move(order.id, turn.money, reaction.charged)
        self.kept += turn.money == "paid"
        queue = self._places.queues[order.provider]
        if reaction.pause is not None:
            queue.held_up(self._outbox.now + reaction.pause)
        if turn.to not in _OPEN:
            self._release(order.id)
        if turn.shuts and reaction.error:
            queue.shut = reaction.error
            for id in queue.clear():
                self._fail(self._tasks.open[id], reaction.error)
        if reaction.wait is not None:
            self._outbox.wait(order.id, reaction.wait)
        self._go_on(reaction)

    def _go_on(self, reaction: Reaction) -> None:
        """What its new state means for the order and for who waits for it."""
        order, turn = self.orders[reaction.order.id], reaction.turn
        task, queue = self._tasks.open[order.id], self._places.queues[order.provider]
        match order.state:
            case OrderState.SUBMITTED if reaction.order.state is not OrderState.SUBMITTED:
                self._listen(order)
            case OrderState.FETCHING if turn.place != "stays":
                self._places.keep(order.provider, task.waiting)
            case OrderState.QUEUED if reaction.news is News.NOT_NOW and not queue.shut:  # behind who did not try
                queue.join((task.rank[0] + 1e9 * order.tries.count, task.rank[1]), order.id)
            case OrderState.QUEUED:
                self.queue(task)
            case OrderState.DONE if reaction.take:
                self._done(order, task, reaction.take)
            case OrderState.FAILED if reaction.error:
                self._fail(task, reaction.error)
            case OrderState.DROPPED:
                self._tasks.drop(self._forget(task))

    # Webhooks

    def told(self, report: reports.Heard) -> None:
        """A provider tells that something became of a job: it is looked at, and nothing more is believed."""
        order = self.orders.get(self.webhooks.told(report.provider, report.remote))
        if order is None or order.state is not OrderState.SUBMITTED:
            return
        self._places.queues[order.provider].hears = True
        self.orders[order.id] = replace(order, told=self._outbox.now)
        if order.id not in self._outbox.open:  # else an answer is on its way, and the next look will be soon
            self._outbox.wait(order.id, 0.0)

    def _listen(self, order: PaidOrder) -> None:
        attempt = order.placed
        if self.webhooks.follow(attempt.provider, attempt.remote, order.id):
            self.told(reports.Heard(attempt.provider, attempt.remote))

    def _learn(self, order: PaidOrder) -> None:
        """It ended while we looked: how long that takes, and, if it should have been told, to ask more often again."""
        queue, attempt = self._places.queues[order.provider], order.placed
        if order.looked is None:
            return
        queue.learn(job_class(attempt.manifest), order.looked, self._outbox.now - order.sent)
        if queue.hears and order.told is None:
            queue.hears = False
            if message := self.webhooks.missed(attempt.provider):
                name = self._tasks.open[order.id].name
                self._outbox.tell(events.Warned(self._outbox.at, name, attempt.shot, message))

    # Ends

    def ask_again(self, id: str) -> None:
        """Its time has come."""
        order = self.orders[id]
        self._outbox.ask(id, _ASKS[order.state](order))

    def store_now(self) -> None:
        """There will be no later: results that came with their answers and wait for the disk are stored now."""
        for id, order in self.orders.items():
            if order.state is OrderState.FETCHING and order.content is not None and id not in self._outbox.open:
                self.ask_again(id)

    def _done(self, order: PaidOrder, task: KeyTask, take: Take) -> None:
        self._forget(task)
        if not task.waiting:
            kind, shot = medium_of(order.placed.manifest).kind, order.placed.shot
            self._tasks.noted(task.name, shot, take)
            what = (kind, shot, take.digest, True, order.owed, take.took)
            self._outbox.tell(events.StepDone(self._outbox.at, task.name, *what))
        self._tasks.done(task, take, made=True, cost=order.owed)

    def _fail(self, task: KeyTask, error: ReelmakeError) -> None:
        order = self.orders.get(task.id)
        self._forget(task)
        if not task.waiting and order and order.attempt:
            self._outbox.tell(events.Noted(self._outbox.at, task.name, order.attempt.shot, str(error)))
        self._tasks.fail(task, error)

    def _forget(self, task: KeyTask) -> KeyTask:
        self.orders.pop(task.id, None)
        self._release(task.id)
        return task

    def _release(self, id: str) -> None:
        """It is known what became of an order: those that a list may take for it may go now."""
        for waiting in self._ambiguity.answered(id):
            if waiting in self._tasks.open:
                self.queue(self._tasks.open[waiting])
