"""Places at providers: who may order now, how many are out, and what is kept for those who are more urgent.

Some providers' places are shared with other projects; then the world is asked for each. Knows nothing of what is
ordered, of money or of the journal.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from reelmake.model import events
from reelmake.plan import commands, reports
from reelmake.plan.outbox import Outbox
from reelmake.plan.paid_order import OrderState, PaidOrder, Place
from reelmake.plan.provider_queue import ProviderQueue, Rank
from reelmake.plan.waitlist import State, Waitlist


class Places:
    """`queues` by provider."""

    def __init__(self, queues: Mapping[str, ProviderQueue], waitlist: Waitlist, outbox: Outbox) -> None:
        self.queues = queues
        self._waitlist, self._outbox = waitlist, outbox
        self._crowded: set[str] = set()  # shared ones at which we had to wait
        self._to_come: dict[str, list[tuple[Rank, str]]] = {name: [] for name in queues}  # orders, most urgent last
        for id, step in waitlist.steps.items():
            if step.paid and step.pool in self._to_come:
                self._to_come[step.pool].append((waitlist.rank(id), id))
        for to_come in self._to_come.values():
            to_come.sort(reverse=True)

    @property
    def wake(self) -> float | None:
        """When somebody who waits may order."""
        now = self._outbox.now
        return min((time for queue in self.queues.values() if (time := queue.opens(now)) is not None), default=None)

    def free(self) -> Iterator[str]:
        """Whoever may order now, the most urgent first; each has taken its place before the next is named."""
        now = self._outbox.now
        for queue in self.queues.values():
            while (time := queue.opens(now)) is not None and time <= now:
                yield queue.next(now)

    def look_ahead(self) -> None:
        """Tells every queue how urgent what is still to come to it may be."""
        for name, queue in self.queues.items():
            to_come = self._to_come[name]
            while to_come and self._waitlist.results[to_come[-1][1]].state is not State.WANTED:
                to_come.pop()
            queue.reservations.ahead = to_come[-1][0] if to_come else None

    def keep(self, provider: str, waiting: Collection[str]) -> None:
        """The place of a job that is ready is kept for a moment for what starts from its result."""
        heirs = {heir for id in waiting for heir in self._waitlist.heirs(id)}
        ranks = (self._waitlist.rank(heir) for heir in heirs if self._waitlist.steps[heir].pool == provider)
        self.queues[provider].reservations.reserve(ranks, self._outbox.now)

    def move(self, order: PaidOrder, place: Place) -> PaidOrder:
        """What becomes of an order's place, as its turn says."""
        queue, now = self.queues[order.provider], self._outbox.now
        if place in ("answered", "answered and landed", "unanswered"):
            queue.answered(now, accepted=None if place == "unanswered" else True)
            if queue.gate and order.token:
                self._outbox.say(commands.Answered(queue.gate, order.token))
        if place == "free":
            queue.answered(now, accepted=False)
        if place in ("landed", "answered and landed"):
            queue.landed()
        return self.leave(order) if place in ("free", "landed", "answered and landed") else order

    # Shared with other projects

    def enter(self, order: PaidOrder) -> PaidOrder:
        """Asks for a place in the name of the order; meanwhile nobody else does."""
        queue = self.queues[order.provider]
        queue.asking = True
        self._outbox.ask(order.id, commands.Enter(order.id, order.key, queue.gate))
        return replace(order, state=OrderState.ENTERING)

    def entered(self, order: PaidOrder, token: str = "") -> PaidOrder:
        """There was an answer; `token` if it was a yes."""
        self.queues[order.provider].asking = False
        return replace(order, state=OrderState.QUEUED, token=token)

    def full(self, order: PaidOrder, rank: Rank, report: reports.Full) -> None:
        """There is none now: it waits on."""
        queue = self.queues[order.provider]
        queue.full(self._outbox.now + report.seconds)
        queue.join(rank, order.id)
        if queue.gate not in self._crowded:
            self._crowded.add(queue.gate)
            message = f"{queue.gate}: {report.why}; waiting for a place"
            self._outbox.tell(events.Warned(self._outbox.at, "", "", message))

    def leave(self, order: PaidOrder) -> PaidOrder:
        """Its shared place is given back."""
        queue = self.queues.get(order.provider)
        if queue and queue.gate and order.token:
            self._outbox.say(commands.Leave(queue.gate, order.token))
        return replace(order, token="")
