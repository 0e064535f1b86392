"""What goes wrong with a paid order, and what each means for the money. Pure, like paid_step.py.

    not sent      the request certainly was not taken: free, and sent again a few times
    no answer     nobody knows: looked for at the provider, never sent again before it is certain that it is not there
    refused       a bad parameter, a prompt, no credit, no access: free, not sent again; the last two stop the provider
    source gone   free; ordered without it where the shot says how (`if_gone`), else not made
    moderated     the finished result was refused: maybe charged; ordered again as often as `retry_moderation` says
    failed, gone  maybe charged, or what the provider says; not ordered again
    not seen through   a poll or a download that fails says nothing about the job: it stays open for the next run
    answer lost   the result came with the answer and could not be kept: maybe charged, open, and never sent again

Knows nothing of how things go well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal

from reelmake import errors
from reelmake.model import events
from reelmake.model.remote import Dead
from reelmake.plan import provider_queue, refusals
from reelmake.plan.paid_order import News, OrderState, PaidOrder, Reaction, Search, Tries
from reelmake.plan.provider_queue import PATIENCE, TRIES, ProviderQueue, rest
from reelmake.plan.tasks import KeyTask
from reelmake.plan.waitlist import StepResult
from reelmake.records import dataclass

SAID = 4  # times in a row that a job cannot be asked about; then people hear of it, once
BELIEVED = 6  # times in a row, in one to two minutes, that a job or its result is not there; then it is gone

_BY_CODE: Mapping[str, type[errors.StepError]] = {
    c.code: c
    for c in (errors.Refused, errors.Moderated, errors.NoCredit, errors.NoAccess, errors.Gone, errors.LocalTool)
}


@dataclass(frozen=True, slots=True)
class Context:
    """What a step of a paid order depends on beside the order itself. `now`: the machine's time; `at`: the same, as
    events count. `affordable`: may one more be ordered if this one is charged so many USD? `moderated`: how many
    finished results of its key were refused so far. `known`: is there a take of its key by now? `stopping`: was the run
    told to stop?"""

    now: float
    at: float
    task: KeyTask
    queue: ProviderQueue
    affordable: Callable[[Decimal | None], bool]
    results: Mapping[str, StepResult]
    moderated: int = 0
    known: bool = False
    stopping: bool = False


def broke(order: PaidOrder, error: errors.StepError, context: Context) -> Reaction:
    """What was last asked for this order failed."""
    return _BROKE[order.state](order, error, context)


# Before the provider has it


def _unwritten(order: PaidOrder, error: errors.StepError, context: Context) -> Reaction:
    return Reaction(order, News.UNWRITTEN, error=_advised(error, context))


def _not_sent(order: PaidOrder, error: errors.StepError, context: Context) -> Reaction:
    match error:
        case errors.Transient():
            return _not_now(order, error, context)
        case errors.Gone():
            return _sourceless(order, error, context)
        case _ if _unclear(error):
            return _unanswered(order, error, context)
        case errors.LocalTool():
            news = News.NEVER_SENT
        case errors.NoCredit() | errors.NoAccess():
            news = News.BARRED
        case _:
            news = News.REFUSED
    return Reaction(order, news, error=_advised(error, context), why=str(error))


def _not_now(order: PaidOrder, error: errors.Transient, context: Context) -> Reaction:
    """It is sent again after a while, before which nothing else is sent there."""
    pause, why = rest(order.key, context.queue.trouble + 1, error.after), str(error)
    if again := _once_more(order, News.NOT_NOW, error, context, pause):
        return replace(again, wait=None, pause=pause, why=why)
    return Reaction(order, News.NEVER_SENT, error=_advised(error, context), pause=pause, why=why)


def _sourceless(order: PaidOrder, error: errors.Gone, context: Context) -> Reaction:
    """Its source is gone, which nobody knew: does the shot say how it is ordered all the same?"""
    step, why = context.task.step, str(error)
    job = step.order if step else None
    if step is None or job is None:
        return Reaction(order, News.REFUSED, error=_advised(error, context), why=why)
    if order.placed.via or not job.names_source or job.if_gone not in ("upload", "continue"):
        return Reaction(order, News.REFUSED, error=refusals.source_gone(step, why), why=why)
    reason = refusals.goes_without(step)
    told = events.StepRetrying(context.at, context.task.name, 0.0, reason, 1)
    return Reaction(replace(order, bare=True), News.SOURCE_GONE, (told,), why=why)


def _unanswered(order: PaidOrder, error: errors.StepError, context: Context) -> Reaction:
    arrived = provider_queue.ARRIVED
    search = Search(context.now)
    if isinstance(error, errors.Ambiguous):
        search = replace(search, slow=error.slow, taken=error.taken)
    reason = f"{error}; it is looked for there before anything is sent again"
    told = events.StepRetrying(context.at, context.task.name, arrived, reason, order.times)
    order = replace(order, tries=Tries(), sent=context.now, search=search)
    return Reaction(order, News.UNANSWERED, (told,), arrived, pause=rest(order.key, context.queue.trouble + 1))


def _not_found(order: PaidOrder, error: errors.StepError, context: Context) -> Reaction:
    if isinstance(error, errors.Transient) and (again := _once_more(order, News.NOT_YET, error, context)):
        return again
    if isinstance(error, errors.Transient) or _unclear(error):
        jobs = error.jobs if isinstance(error, errors.Ambiguous) else ()
        error = refusals.unclear(order.placed, str(error), jobs)
    return Reaction(order, News.UNCLEAR, error=error)


# While the provider has it


def _not_polled(order: PaidOrder, error: errors.StepError, context: Context) -> Reaction:
    """A poll that failed says nothing about the job; only a repeated "gone" does."""
    attempt = order.placed
    order = replace(order, tries=order.tries.failed(context.now, gone=isinstance(error, errors.Gone)))
    if isinstance(error, errors.Gone):
        if order.tries.gone < BELIEVED:
            return Reaction(order, News.NOT_YET, wait=_gone_rest(order))
        why = refusals.irretrievable if order.again else refusals.forgotten
        return Reaction(order, News.GONE, error=why(attempt, str(error)), why=str(error))
    if isinstance(error, errors.Transient) and context.now - order.tries.since < PATIENCE:
        told = events.Warned(context.at, context.task.name, attempt.shot, refusals.unasked(error))
        said = (told,) if order.tries.count == SAID else ()
        return Reaction(order, News.NOT_YET, said, rest(order.key, order.tries.count, error.after))
    return Reaction(order, News.LEFT, error=refusals.still_there(attempt, str(error), type(error)))


def _not_fetched(order: PaidOrder, error: errors.StepError, context: Context) -> Reaction:
    attempt = order.placed
    if isinstance(error, errors.Gone):
        tries = replace(order.tries, gone=order.tries.gone + 1)
        order = replace(order, tries=tries)
        if tries.gone < BELIEVED:
            wait = _gone_rest(order)
            retrying = events.StepRetrying(context.at, context.task.name, wait, str(error), tries.gone)
            return Reaction(order, News.NOT_YET, (retrying,), wait)
        why = refusals.irretrievable if order.again else refusals.empty
        return Reaction(order, News.GONE, error=why(attempt, str(error)), why=str(error))
    order = replace(order, tries=replace(order.tries, gone=0))
    if _worth_a_try(error) and (again := _once_more(order, News.NOT_YET, error, context)):
        return again
    return Reaction(order, News.LEFT, error=_left(order, error))


def _not_kept(order: PaidOrder, error: errors.StepError, context: Context) -> Reaction:
    """The result is at the provider and the attempt open: the next run fetches it again. Where it came with the answer,
    there is nothing to fetch: then it is stored again, as long as we have it."""
    if order.content is not None and (again := _once_more(order, News.UNKEPT, error, context)):
        return again
    return Reaction(order, News.LEFT, error=_left(order, error))


def _left(order: PaidOrder, error: errors.StepError) -> errors.StepError:
    attempt, kind = order.placed, type(error)
    if kind is errors.Unfit:
        return refusals.unfit(attempt, str(error))
    if order.content is not None and not attempt.remote:
        return refusals.answer_lost(attempt, str(error))
    if kind is errors.LocalTool and order.state is OrderState.FETCHING:
        return refusals.unusable(attempt, str(error))
    return refusals.still_there(attempt, str(error), kind)


# When it has ended there


def dead(order: PaidOrder, status: Dead, context: Context) -> Reaction:
    """It ended there without a result. Refused ones are ordered again as often as their words allow, if somebody waits
    and it can be paid for with this one charged."""
    kind, step = _BY_CODE.get(status.code, errors.StepError), context.task.step
    charged = order.owed if status.cost is None else status.cost
    times, allowed = context.moderated + 1, step.order.retry_moderation if step and step.order else 0
    may = kind is errors.Moderated and bool(context.task.waiting) and times <= allowed
    if may and context.affordable(charged):
        why = refusals.moderated_once(order.placed, status, charged, times)
        told = events.StepRetrying(context.at, context.task.name, 0.0, why, times)
        return Reaction(order, News.REPEATED, (told,), why=status.message, cost=status.cost)
    error = refusals.died(order.placed, kind, status, charged)
    return Reaction(order, _ENDS.get(kind, News.FAILED), error=error, why=status.message, cost=status.cost)


_ENDS = {errors.Refused: News.REFUSED, errors.NoCredit: News.BARRED, errors.Moderated: News.MODERATED}


# Trying again


def _once_more(
    order: PaidOrder, news: News, error: errors.StepError, context: Context, wait: float | None = None
) -> Reaction | None:
    """Counts a failed try, and says that there will be another one; None: there were too many, it took too long, or the
    run ends before it and what came with the answer with it."""
    if wait is None:
        after = error.after if isinstance(error, errors.Transient) else None
        wait = rest(order.key, order.tries.count + 1, after)
    tries = replace(order.tries.failed(context.now), gone=order.tries.gone)
    last = context.stopping and order.content is not None
    if last or tries.count >= TRIES or context.now + wait - tries.since > PATIENCE:
        return None
    told = events.StepRetrying(context.at, context.task.name, wait, str(error), tries.count)
    return Reaction(replace(order, tries=tries), news, (told,), wait)


def _gone_rest(order: PaidOrder) -> float:
    """Seconds before a provider that says "not there" is asked again: six times within one to two minutes."""
    return rest(order.key, order.tries.gone + 2)


def _worth_a_try(error: errors.StepError) -> bool:
    return isinstance(error, errors.Transient | errors.LocalTool) and not isinstance(
        error, errors.Astray | errors.Endless | errors.Unfit
    )


def _unclear(error: errors.StepError) -> bool:
    """Does it say nothing about whether the order arrived?"""
    return isinstance(error, errors.Ambiguous) or type(error) is errors.StepError


def _advised(error: errors.StepError, context: Context) -> errors.StepError:
    """It is not ordered, for a reason that waiting does not change."""
    job = context.task.step.order if context.task.step else None
    return refusals.advised(error, job.shot, job.provider) if job else error


_BROKE: Mapping[OrderState, Callable[[PaidOrder, errors.StepError, Context], Reaction]] = {
    OrderState.INTENDED: _unwritten,
    OrderState.SENDING: _not_sent,
    OrderState.FINDING: _not_found,
    OrderState.SUBMITTED: _not_polled,
    OrderState.FETCHING: _not_fetched,
    OrderState.FETCHED: _not_kept,
}
