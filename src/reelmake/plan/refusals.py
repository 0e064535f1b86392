"""What a run says when it will not or cannot order: one function a refusal, each with what to do next.

What was ordered is called as its medium says. Knows nothing of when that is; paid_road.py and failures.py do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from shlex import quote

from reelmake import errors
from reelmake.model.medium import MEDIA, medium_of
from reelmake.model.remote import Dead
from reelmake.model.step import Step
from reelmake.model.take import Attempt, Ending


def locked(step: Step) -> errors.Unwilling:
    return errors.Unwilling(f"{_called(step)} is not made yet, and this build is --locked", code="RM802")


def away(step: Step, heard: str = " and is not here") -> errors.Unwilling:
    message = f"{_called(step)} was made before{heard}; what was paid for once is not ordered again unless you ask"
    return errors.Unwilling(message, code="RM823", next_steps=("reelmake build --remake",))


def not_agreed(step: Step) -> errors.Unwilling:
    message = f"{_called(step)} was not to be ordered, as the plan had it; what it is made from has changed since"
    return errors.Unwilling(message, code="RM803", next_steps=("reelmake plan", "reelmake build"))


def unpriced(step: Step) -> errors.Unwilling:
    message = f"the price of {_called(step)} is not known, and there is a budget"
    return errors.Unwilling(message, code="RM807", next_steps=("set `price:` on its tier",))


def too_dear(step: Step, cost: Decimal, out: Decimal, budget: Decimal) -> errors.Unwilling:
    """`out`: what is spent or ordered in this run."""
    message = f"{_called(step)} costs ${cost:.2f}; ${out:.2f} of the budget of ${budget:.2f} is spent or ordered"
    return errors.Unwilling(message, code="RM801", next_steps=(f"reelmake build --budget {out + cost:.2f}",))


def unknown_provider(step: Step) -> errors.NoAccess:
    return errors.NoAccess(f"{_called(step)} needs the provider {step.pool}, which does not exist")


def orphan(attempt: Attempt) -> errors.NoAccess:
    what = f"{medium_of(attempt.manifest).kind} {attempt.shot}"
    message = f"an earlier run ordered {what} at {attempt.provider}, which this storyboard no longer has"
    back = f'call the provider "{attempt.provider}" again, if it was only renamed'
    steps = by_hand(attempt) if not attempt.remote else ("reelmake jobs ls", f"reelmake jobs rm {attempt.token}")
    return errors.NoAccess(message, next_steps=(back, *steps))


LAGS = "its list does not show it, and it is not known how late that list may be"


def unclear(attempt: Attempt, heard: str, jobs: Sequence[str] | None = ()) -> errors.Ambiguous:
    """Sent, and it is unknown whether it arrived. `jobs`: ids of those that may be it, None = it makes none."""
    message = (
        f"{attempt.provider} was sent this order at {attempt.at} and its answer was lost ({heard}); "
        "it may be paid for, so it is not sent again"
    )
    steps = by_hand(attempt, jobs)
    if heard == LAGS:
        steps = (f"set `options: {{list_lag: SECONDS}}` on {attempt.provider}, if that is known", *steps)
    return errors.Ambiguous(message, jobs=jobs, next_steps=steps)


def answer_lost(attempt: Attempt, why: str) -> errors.Ambiguous:
    """Its result came with the answer, could not be kept, and cannot be fetched again."""
    message = (
        f"{attempt.provider} answered this order of {attempt.at} with its result, which was lost ({why}); "
        "it may be paid for, so it is not sent again"
    )
    return errors.Ambiguous(message, next_steps=("reelmake jobs ls", f"reelmake jobs rm {attempt.token}"))


def never_arrives(attempt: Attempt) -> errors.Transient:
    message = f"{attempt.provider} never answers this order, and does not have it afterwards"
    return errors.Transient(message, next_steps=("reelmake build",))


def unasked(error: errors.StepError) -> str:
    """Why nothing is heard of a job for a while, which is no failure."""
    return f"can't reach its provider ({error}); the job keeps running there, retrying"


def still_there(attempt: Attempt, why: str, kind: type[errors.StepError] = errors.Transient) -> errors.StepError:
    """Ordered and not seen through; the next run goes on from there."""
    message = f"job {attempt.remote} at {attempt.provider} was not finished: {why}; it is paid for and stays open"
    return kind(message, next_steps=("reelmake build", "reelmake jobs ls"))


def unusable(attempt: Attempt, why: str) -> errors.LocalTool:
    """What is downloaded is never whole: is it damaged on its way, or there? A person decides."""
    message = (
        f"job {attempt.remote} at {attempt.provider} is ready, and no usable {_medium(attempt)} of it could be "
        f"downloaded: {why}; it is paid for and stays open"
    )
    return errors.LocalTool(message, next_steps=("reelmake build", f"reelmake jobs rm {attempt.token}"))


def unfit(attempt: Attempt, why: str) -> errors.LocalTool:
    """It came with the answer, and there is no other one. A person decides."""
    message = (
        f"{attempt.provider} answered this order of {attempt.at} with a file that is no usable {_medium(attempt)}: "
        f"{why}; it is paid for, stays open, and is not sent again"
    )
    return errors.LocalTool(message, next_steps=(f"reelmake jobs rm {attempt.token}",))


def irretrievable(attempt: Attempt, heard: str) -> errors.Gone:
    """Its result was in the store once, is lost, and cannot be fetched again."""
    message = (
        f"the {_medium(attempt)} of {attempt.shot} is no longer in the store, and {attempt.provider} no longer has job "
        f"{attempt.remote} ({heard}); a backup of .reelmake/store may still have it"
    )
    return errors.Gone(message, next_steps=("restore .reelmake/store from a backup", "reelmake build --remake"))


def forgotten(attempt: Attempt, heard: str) -> errors.Gone:
    """It was taken, and the provider says again and again that there is no such job."""
    message = f"{attempt.provider} no longer knows job {attempt.remote} ({heard}){_perhaps(attempt.cost)}"
    return errors.Gone(message, next_steps=_take_up(attempt))


def empty(attempt: Attempt, heard: str) -> errors.Gone:
    """It was made, and the provider says again and again that there is no result."""
    message = (
        f"{attempt.provider} says that job {attempt.remote} is completed, and has no {_medium(attempt)} of it ({heard})"
        f"{_perhaps(attempt.cost)}"
    )
    return errors.Gone(message, next_steps=_take_up(attempt))


def _take_up(attempt: Attempt) -> tuple[str, ...]:
    """Should the provider find it again, it need not be paid for again; else it is a new order."""
    take = dict(attempt.manifest).get("take", "1")
    which = f" --take {take}" if take != "1" else ""
    return (f"reelmake jobs adopt {quote(attempt.remote)} --shot {attempt.shot}{which}", "reelmake build")


def died(attempt: Attempt, kind: type[errors.StepError], status: Dead, charged: Decimal | None) -> errors.StepError:
    """The provider ended it without a result. `charged`: its own figure, else what was agreed."""
    money = _charge(status, charged)
    if kind is errors.Moderated:
        message = f"{attempt.provider} refused the finished {_medium(attempt)}: {status.message} ({money})"
        steps = (f"change the prompt of {attempt.shot}, or allow `retry_moderation: 1`", "reelmake build")
        return kind(message, next_steps=steps, code=status.code)
    return advised(kind(f"{status.message} ({money})", code=status.code), attempt.shot, attempt.provider)


def moderated_once(attempt: Attempt, status: Dead, charged: Decimal | None, times: int) -> str:
    """Why an order is sent once more."""
    refused = f"the finished {_medium(attempt)} was refused: {status.message} ({_charge(status, charged)})"
    return f"{refused}; retry {times} that `retry_moderation` allows"


def without_result(ending: Ending) -> str:
    """What a plan says of an order that gave nothing: "its last order failed on 2026-11-21: …, $0.48 maybe charged"."""
    words = _WORDS.get(ending.outcome, "ended without a result")
    heard = ending.message.strip().partition("\n")[0]
    told = f": {heard if len(heard) <= 80 else heard[:79] + '…'}" if heard else ""
    maybe = "maybe charged" if ending.cost is None else f"${ending.cost:.2f} maybe charged"
    money = "not charged" if ending.cost == 0 else maybe
    return f"its last order {words} on {ending.at[:10]} ({money}){told}"


def unanswered(attempt: Attempt) -> str:
    """What a plan says of an order that has no answer: whoever knows is asked before it is sent again."""
    return f"it was ordered on {attempt.at[:10]} and its answer was lost: {attempt.provider} is asked for it first"


_WORDS = {
    "moderated": "was refused by moderation",
    "refused": "was refused",
    "failed": "failed",
    "cancelled": "was cancelled",
    "dismissed": "was given up",
}


def goes_without(step: Step | None) -> str:
    """Why an order is sent again, another way."""
    way = step.order.if_gone if step and step.order else ""
    return f"the clip it starts from is no longer there; as `if_gone: {way}` says, it is ordered without it"


def source_gone(step: Step, heard: str) -> errors.Gone:
    """A remix or extension whose source nobody has any more."""
    message = f"the clip that {_called(step)} starts from is no longer at {step.pool}: {heard}"
    shot = step.order.shot if step.order else step.id
    return errors.Gone(message, next_steps=("reelmake plan", f"choose `if_gone:` for {shot}", "reelmake build"))


def advised(error: errors.StepError, shot: str, provider: str) -> errors.StepError:
    """With what to do next, where whoever failed did not say."""
    if not error.next_steps:
        kind = next((k for k in _STEPS if isinstance(error, k)), errors.StepError)
        error.next_steps = tuple(text.format(shot=shot, provider=provider) for text in _STEPS[kind])
    return error


_STEPS: Mapping[type[errors.StepError], tuple[str, ...]] = {
    errors.Moderated: ("change the prompt or the pictures of {shot}", "reelmake build"),
    errors.Refused: ("change what {shot} asks {provider} for", "reelmake build"),
    errors.NoCredit: ("add credit at {provider}", "reelmake build"),
    errors.NoAccess: ("reelmake doctor", "give {provider} a key that it accepts", "reelmake build"),
    errors.StepError: ("reelmake build",),
}


def _charge(status: Dead, charged: Decimal | None) -> str:
    if status.cost is None:
        return "maybe charged" if charged is None else f"${charged:.2f} maybe charged"
    return f"${status.cost:.2f} charged" if status.cost else "not charged"


def _perhaps(cost: Decimal | None) -> str:
    return "" if cost == 0 else "; it may be charged" if cost is None else f"; ${cost:.2f} may be charged"


def by_hand(attempt: Attempt, jobs: Sequence[str] | None = ()) -> tuple[str, ...]:
    """What a person can do about an attempt that no run can end. `jobs`: ids of those that may be it, None = there is
    no job that could be."""
    ids = () if jobs is None else jobs[:3] or ("ID",)
    return (
        "reelmake jobs ls",
        *(f"reelmake jobs adopt {attempt.token} {quote(id)}" for id in ids),
        f"reelmake jobs rm {attempt.token}",
    )


def _called(step: Step) -> str:
    if not step.order:
        return step.id
    what = f'{MEDIA[step.order.medium].kind} "{step.order.shot}"'
    return f"{what} take {step.order.take}" if step.order.take > 1 else what


def _medium(attempt: Attempt) -> str:
    """What its result is called."""
    return medium_of(attempt.manifest).name
