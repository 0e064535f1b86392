"""One step of a paid order: a report is read, and what follows is said. Pure: nothing is changed here.

What is read is News; what that means for places, money and the journal stands in the table (paid_order.py). What goes
wrong is read by failures.py, in the same way. Knows nothing of freshness, of local work, or of other orders.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from reelmake.model import events
from reelmake.model.remote import Dead, Pending, Ready
from reelmake.model.take import Facts
from reelmake.plan import commands, provider_queue, refusals, reports
from reelmake.plan.failures import Context, broke, dead
from reelmake.plan.paid_order import News, PaidOrder, Reaction, Tries
from reelmake.plan.provider_queue import LATEST_POLL, LONGEST_JOB, TRIES, job_class

SHORT, SHARE = Fraction(1, 4), Fraction(1, 25)  # a length is "clearly" off beyond 0.25 s and 4 %
LOOKS = 3  # at a provider's list, ARRIVED apart at first, before it may be said that an order is not in it
UNSAID = 150.0  # seconds in which it is looked for where nobody says how late the list may be


def step(order: PaidOrder, report: reports.Report, context: Context) -> Reaction:
    """What follows from a report about this order, which is in a state in which it can come."""
    match report:
        case reports.Intended():
            return _intended(order, report, context)
        case reports.Sent():
            return _sent(order, report, context)
        case reports.Found():
            return _found(order, report, context)
        case reports.Polled(status=Pending() as status):
            return _pending(order, status, context)
        case reports.Polled(status=Ready() as status):
            cost = order.cost if status.cost is None else status.cost
            order = replace(order, cost=cost, expires=status.expires, tries=Tries())
            return Reaction(order, News.READY, asks=commands.Fetch(order.id, order.placed))
        case reports.Polled(status=Dead() as status):
            return dead(order, status, context)
        case reports.Broke(error=error):
            return broke(order, error, context)
        case reports.Fetched():
            return _fetched(order, report, context)
        case reports.Made(take=take):
            return Reaction(order, News.KEPT, take=take)
    raise RuntimeError(f"bug: {type(report).__name__} is said to {order.id}, which is {order.state.name}")


def _intended(order: PaidOrder, report: reports.Intended, context: Context) -> Reaction:
    """The last moment at which an order can be taken back."""
    order = replace(order, attempt=report.attempt, sent=context.now)
    step = context.task.step
    if context.stopping or step is None:
        return Reaction(order, News.RECALLED, why="interrupted before it was sent")
    return Reaction(order, News.WRITTEN, asks=commands.Submit(order.id, report.attempt, step))


def _sent(order: PaidOrder, report: reports.Sent, context: Context) -> Reaction:
    cost = order.cost if report.cost is None else report.cost
    order = _accepted(replace(order, cost=cost), report.remote, context.now)
    if report.content is None:
        return Reaction(order, News.ACCEPTED, wait=_next_look(order, context))
    order = replace(order, content=report.content, accepted=order.sent)
    return Reaction(order, News.ANSWERED, asks=commands.Fetch(order.id, order.placed, order.content))


def _found(order: PaidOrder, report: reports.Found, context: Context) -> Reaction:
    """What the provider's list says of an order whose answer was lost."""
    if report.remote:
        adopted = events.Adopted(context.at, context.task.name, report.remote, found=True, shot=order.placed.shot)
        order = _accepted(order, report.remote, context.now)
        return Reaction(order, News.ACCEPTED, (adopted,), wait=provider_queue.SOONEST_POLL)  # it may be long done
    order, wait = _may_arrive(order, report.lag, context.now)
    if wait:
        reason = "the order may still arrive"
        retrying = events.StepRetrying(context.at, context.task.name, wait, reason, order.tries.count)
        return Reaction(order, News.NOT_YET, (retrying,), wait)
    if order.search.taken or report.lag is None:
        why = "it has the order, but its list does not show it" if order.search.taken else refusals.LAGS
        return Reaction(order, News.UNCLEAR, error=refusals.unclear(order.placed, why))
    why = "the provider never had it"
    if not context.task.waiting or context.known:
        return Reaction(order, News.UNWANTED, why=why)
    if order.times >= TRIES:
        return Reaction(order, News.UNARRIVING, why=why, error=refusals.never_arrives(order.placed))
    return Reaction(order, News.ABSENT, why=why)


def _may_arrive(order: PaidOrder, lag: float | None, now: float) -> tuple[PaidOrder, float]:
    """Seconds until it is worth asking again for an order that the provider's list does not have; 0 = no more.

    It may be on its way, or the list may be late by `lag`; and clocks may have been set since an earlier run wrote
    down when it was sent, so that counts from its first look in this one. Whoever was too slow to answer may be
    too slow to take it: of an order of an earlier run nobody knows that, so it counts as slow.
    """
    arrived, search = provider_queue.ARRIVED, order.search
    if now < order.sent + arrived:
        return order, order.sent + arrived - now
    search = replace(search, looks=search.looks + 1)
    order = replace(order, search=search)
    if search.looks < LOOKS:
        return order, arrived
    until = order.sent + UNSAID if lag is None else search.since + arrived + lag
    if search.slow:
        until = max(until, order.sent + provider_queue.LATE)
    return order, max(0.0, min(LATEST_POLL, until - now))


def _accepted(order: PaidOrder, remote: str, now: float) -> PaidOrder:
    attempt = replace(order.placed, remote=remote)
    looked = 0.0 if order.times else None
    return replace(order, attempt=attempt, accepted=now, tries=Tries(), looked=looked, told=None)


def _next_look(order: PaidOrder, context: Context, after: float | None = None) -> float:
    """Seconds until its end is likely, as far as we know; `after`: as the provider wishes.

    What a provider tells unasked may be ahead of what it answers: then it is asked again soon, and less and less so."""
    age = max(0.0, context.now - order.sent)
    wait = context.queue.wait(job_class(order.placed.manifest), age, after)
    return wait if order.told is None else min(wait, max(provider_queue.SOONEST_POLL, context.now - order.told))


def _pending(order: PaidOrder, status: Pending, context: Context) -> Reaction:
    name, attempt = context.task.name, order.placed
    order = replace(order, tries=Tries(), looked=context.now - order.sent)
    told: list[events.Event] = [events.StepProgressed(context.at, name, status.fraction, status.note)]
    if status.odd and status.note not in order.odd:  # it may be a state that never ends
        order = replace(order, odd=order.odd | {status.note})
        message = f"{status.note} from {attempt.provider}; the job is treated as still in progress"
        told.append(events.Noted(context.at, name, attempt.shot, message))
    if context.now - order.accepted > LONGEST_JOB:
        error = refusals.still_there(attempt, "it is still being made there")
        return Reaction(order, News.LEFT, tuple(told), error=error)
    return Reaction(order, News.NOT_YET, tuple(told), _next_look(order, context, status.after))


def _fetched(order: PaidOrder, report: reports.Fetched, context: Context) -> Reaction:
    """It is kept as what it is, with a note if it is clearly not what was ordered."""
    if order.content is None:  # else what failed is to store it, and counts on
        order = replace(order, tries=Tries())
    facts = replace(report.facts, notes=(*report.facts.notes, *_measured(report.facts, context)))
    took = context.now - order.accepted
    keep = commands.Keep(order.id, order.placed, report.file, facts, order.cost, took, order.expires)
    return Reaction(order, News.FETCHED, asks=keep)


def _measured(facts: Facts, context: Context) -> tuple[str, ...]:
    """Is it clearly shorter or longer than what was ordered?"""
    step = context.task.step
    if facts.seconds is None or step is None or step.order is None or step.order.seconds is None:
        return ()
    asked = step.order.seconds
    if step.order.operation == "extend":
        parent = next((i.step for i in step.inputs if i.label == "source" and i.step), "")
        source = context.results[parent].take if parent else None
        if source is None or source.facts.seconds is None:
            return ()
        asked += source.facts.seconds
    off = facts.seconds - asked
    if abs(off) <= SHORT or abs(off) <= SHARE * asked:
        return ()
    return (f"the {step.order.medium} is {float(facts.seconds):.2f} s long, {float(asked):.2f} s were ordered",)
