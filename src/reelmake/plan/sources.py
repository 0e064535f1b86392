"""Remixes and extensions need their source alive at the provider: which of a plan's do, and what each way out costs.

Pure: what a provider was asked comes in as data. Knows nothing of how anybody is asked.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from reelmake.diagnostics import Span
from reelmake.errors import Unwilling
from reelmake.model.order import IfGone, Order
from reelmake.model.provider import Capabilities
from reelmake.model.step import Step
from reelmake.model.take import Take
from reelmake.plan.decide import Plan, Verdict
from reelmake.records import dataclass


def absent(provider: str, take: Take | None, now: str, gone: Collection[tuple[str, str]]) -> str:
    """Why this take certainly is not at this provider, as far as can be told without asking; "" = it may be.

    `now`: UTC. `gone`: (provider, remote) of what a provider has said it no longer has.
    """
    if take is None or not take.provider:
        return f"it was not made at {provider}"
    if take.provider == provider and not take.remote:
        return "its id there is known only where it was made"  # a shared store has no ids
    if take.provider != provider:
        return f"it was made at {take.provider}"
    if take.expires and take.expires <= now:
        return f"it expired there on {take.expires[:10]}"
    if (provider, take.remote) in gone:
        return f"{provider} says so"
    return ""


@dataclass(frozen=True, slots=True)
class RemoteSource:
    """A clip that `step`, which would be ordered now, starts from. `why` it is certainly not there; "" = it may be."""

    step: Step
    order: Order  # its own
    take: Take
    parent: str  # id of the step that made it
    why: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """A way out when a source is gone, with what it costs in all (USD; None = not known) and in words."""

    policy: IfGone
    cost: Decimal | None
    says: str


def sources(plan: Plan, now: str, gone: Collection[tuple[str, str]]) -> list[RemoteSource]:
    """Of every remix and extension that would be ordered now and whose source is already made. What was made before and
    is not here would not be ordered."""
    found = []
    for d in plan.todo:
        job = d.step.order
        if job is None or job.local or not job.names_source or d.verdict is Verdict.UNDECIDED or d.ordered or d.away:
            continue
        given = next((i.step for i in d.step.inputs if i.label == "source" and i.step), "")
        parent = plan.decisions.get(plan.graph.alias.get(given, given))
        if parent and parent.take:
            why = absent(job.provider, parent.take, now, gone)
            found.append(RemoteSource(d.step, job, parent.take, parent.step.id, why))
    return found


def ways(source: RemoteSource, plan: Plan, kind: Capabilities) -> list[Way]:
    """What the shot could say instead of `stop`. `regenerate` makes everything again that depends on the source."""
    job = source.order
    cost, graph = source.step.cost, plan.graph
    found = []
    if kind.uploads:
        found.append(Way("upload", cost, "send the clip itself"))
    if kind.image and job.operation == "remix":
        found.append(Way("continue", cost, "start a new clip from its last frame"))
    parent = graph.steps[source.parent]
    if parent.order and parent.order.provider == job.provider:
        again = [parent, *(graph.steps[id] for id in graph.descendants(parent.id))]
        costs = [step.cost for step in again]
        whole = None if None in costs else sum((c for c in costs if c is not None), Decimal(0))
        found.append(Way("regenerate", whole, f"make another take of {parent.order.shot} first, and use it"))
    return found


def reason(source: RemoteSource, ways: Sequence[Way]) -> str:
    """What the plan says of it, with what its policy, or every other, would cost."""
    job = source.order
    said = f"its source is not available at {job.provider} ({source.why})"
    mine = next((way for way in ways if way.policy == job.if_gone), None)
    if mine is not None:
        return f"{said}; `if_gone: {mine.policy}`: {mine.says}"
    others = ", ".join(f"if_gone: {way.policy} {usd(way.cost)}" for way in ways)
    return f"{said}; {others or 'nothing can replace it'}"


def refusal(source: RemoteSource, ways: Sequence[Way], place: Span | None, others: int) -> Unwilling:
    """Why nothing is ordered: the shot says `stop`, or its way is barred. `others`: how many more are like it."""
    job = source.order
    verb = "remixes" if job.operation == "remix" else "extends"
    more = f"; the same goes for {others} more" if others else ""
    return Unwilling(
        f"the clip that {job.shot} {verb} is not available at {job.provider}: {source.why}{more}; nothing was spent",
        code="RM810",
        span=place or source.step.span,
        next_steps=tuple(f"`if_gone: {way.policy}` on {job.shot}: {way.says}, {usd(way.cost)}" for way in ways),
    )


def usd(cost: Decimal | None) -> str:
    """ "$1.20"; "at an unknown price"."""
    return "at an unknown price" if cost is None else f"${cost:.2f}"


def marked(plan: Plan, reasons: Mapping[str, str]) -> Plan:
    """The plan with more to say about some steps, by id."""
    both = {id: (plan.decisions[id], said) for id, said in reasons.items() if id in plan.decisions}
    told = {id: replace(d, reason="; ".join(filter(None, (d.reason, said)))) for id, (d, said) in both.items()}
    return replace(plan, decisions={**plan.decisions, **told})
