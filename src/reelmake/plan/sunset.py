"""What would have to be made with a model that is no longer there.

A take that exists outlives its model, and so does an order that is already at the provider; nothing new is ordered, and
no other model is put in its place. Today's date comes in as an argument.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from reelmake.diagnostics import Span
from reelmake.errors import Unwilling
from reelmake.model.provider import Model
from reelmake.plan.decide import Decision, Plan, Verdict


def marked(plan: Plan, today: str, *, ordered: Collection[str], kept: Callable[[str, int], bool]) -> Plan:
    """The plan, with `ended` set on every job that a model past its sunset would have to make.

    `ordered`: keys of which an order is at a provider. `kept`: is there a take of this shot and number, of any key?
    """
    ended = {}
    for id, d in plan.decisions.items():
        job = d.step.order
        if job is None or not d.step.paid or d.verdict is Verdict.FRESH or d.key in ordered:
            continue
        if job.known is not None and job.known.gone(today) and not _may_be_fresh(plan, d, kept):
            reason = f"{d.reason}; {job.model} ended on {job.known.sunset}"
            ended[id] = replace(d, ended=job.known.sunset, reason=reason)
    return replace(plan, decisions={**plan.decisions, **ended}) if ended else plan


def _may_be_fresh(plan: Plan, d: Decision, kept: Callable[[str, int], bool]) -> bool:
    """It waits only for work that gives the same bytes again, and was made before: then nothing need be ordered."""
    if d.verdict is not Verdict.UNDECIDED or d.step.order is None:
        return False
    before = (plan.decisions.get(id) for id in plan.graph.needed([d.step.id]) if id != d.step.id)
    if any(b is not None and b.step.paid and b.verdict is not Verdict.FRESH for b in before):
        return False
    return any(kept(shot, d.step.order.take) for shot in d.step.shots)


def refusal(plan: Plan, place: Callable[[str], Span | None]) -> Unwilling | None:
    """Why this plan cannot be carried out; None if no model of it has ended. `place`: where a tier names its model."""
    by_model: dict[str, list[Decision]] = {}
    models: dict[str, Model] = {}
    for d in plan.ended:
        if d.step.order and d.step.order.known:
            by_model.setdefault(d.step.order.model, []).append(d)
            models[d.step.order.model] = d.step.order.known
    if not by_model:
        return None
    first = plan.ended[0]
    sentences = [_sentence(model, models[model], decisions) for model, decisions in by_model.items()]
    return Unwilling(
        "; ".join(sentences),
        code="RM808",
        span=place(first.step.order.tier if first.step.order else "") or first.step.span,
        next_steps=("reelmake providers", "reelmake plan"),
    )


def _sentence(model: str, known: Model, decisions: list[Decision]) -> str:
    shots = [d.step.name for d in decisions]
    listed = ", ".join(shots[:5]) + (f" and {len(shots) - 5} more" if len(shots) > 5 else "")
    source = " (" + ", as of ".join(filter(None, (known.source, known.as_of))) + ")" if known.source else ""
    instead = f"; use {' or '.join(known.instead)} instead" if known.instead else ""
    return f'the model "{model}" ended on {known.sunset}{source}, and {listed} would have to be made with it{instead}'
