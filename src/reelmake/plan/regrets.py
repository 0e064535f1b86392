"""What a run says when it will not or cannot order: one function a refusal, each with what to do next.

Knows nothing of when that is; plan/progress.py does.
"""

from __future__ import annotations

from decimal import Decimal

from reelmake import errors
from reelmake.model.step import Step
from reelmake.model.take import Attempt


def locked(step: Step) -> errors.Unwilling:
    return errors.Unwilling(f"{_called(step)} is not made yet, and this build is --locked", code="RM802")


def unpriced(step: Step) -> errors.Unwilling:
    message = f"the price of {_called(step)} is not known, and there is a budget"
    return errors.Unwilling(message, code="RM807", next_steps=("set `price:` on its tier",))


def too_dear(step: Step, cost: Decimal, out: Decimal, budget: Decimal) -> errors.Unwilling:
    """`out`: what is spent or ordered in this run."""
    message = f"{_called(step)} costs ${cost:.2f}; ${out:.2f} of the budget of ${budget:.2f} is spent or ordered"
    return errors.Unwilling(message, code="RM801", next_steps=(f"reelmake build --budget {out + cost:.2f}",))


def unknown_provider(step: Step) -> errors.NoAccess:
    return errors.NoAccess(f"{_called(step)} is to be made by {step.pool}, and there is no such provider")


def orphan(attempt: Attempt) -> errors.NoAccess:
    message = f"an earlier run ordered shot {attempt.shot} at {attempt.provider}, which this storyboard no longer has"
    return errors.NoAccess(message, next_steps=by_hand(attempt))


def unclear(attempt: Attempt, heard: str) -> errors.Ambiguous:
    """Sent, and nobody knows whether it arrived."""
    message = (
        f"{attempt.provider} was sent this order at {attempt.at} and its answer was lost ({heard}); "
        "it may be paid for, so it is not sent again"
    )
    return errors.Ambiguous(message, next_steps=by_hand(attempt))


def never_arrives(attempt: Attempt) -> errors.Transient:
    message = f"{attempt.provider} does not answer when it is sent this order, and does not have it afterwards"
    return errors.Transient(message, next_steps=("reelmake build",))


def still_there(attempt: Attempt, why: str, kind: type[errors.StepFailed] = errors.Transient) -> errors.StepFailed:
    """Ordered and not seen through; the next run goes on from there."""
    message = f"job {attempt.remote} at {attempt.provider} was not seen through: {why}; it is paid for and stays open"
    return kind(message, next_steps=("reelmake build",))


def by_hand(attempt: Attempt) -> tuple[str, ...]:
    """What a person can do about an attempt that no run can end."""
    return (
        "reelmake jobs ls",
        f"reelmake jobs adopt {attempt.token} ID",
        f"reelmake jobs rm {attempt.token}",
    )


def _called(step: Step) -> str:
    if not step.job:
        return step.id
    return f'shot "{step.job.shot}"' + (f" take {step.job.take}" if step.job.take > 1 else "")
