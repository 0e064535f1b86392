"""Of a plan that hangs on lengths which nobody has measured yet: what is certain, and what the rest costs at most.

Knows nothing of how a round is carried out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from reelmake.model.medium import MUSIC, SPEECH
from reelmake.model.order import CHANGES
from reelmake.plan.decide import Decision, Plan, Verdict, only
from reelmake.plan.mandate import parents

if TYPE_CHECKING:
    from reelmake.model.order import Slate

LONGER = Fraction(3, 2)  # than its estimate, a length is taken to be at most


def certain(plan: Plan, hopeless: Collection[str] = (), left: Collection[str] = ()) -> Plan:
    """What a round may carry out: nothing that is only estimated, no `hopeless` key, no step that is `left` for the
    next one, but what that is made from, and nothing that hangs on them. Nor is anything ordered by the second while a
    line is brought: how long that is, only another shelf has said."""
    heard = hearsay(plan, hopeless)
    if not (heard or hopeless or left or estimated(plan)):
        return plan
    barred = {id for id, d in plan.decisions.items() if d.estimated or d.key in hopeless or (heard and _lasts(d))}
    barred.update(left)
    found = only(plan, lambda d: d.step.id not in barred)
    bases = {id for each in left for id in parents(plan.decisions[each].step) if id in found.decisions}
    return replace(found, targets=(*found.targets, *sorted(bases.difference(found.targets))))


def hearsay(plan: Plan, hopeless: Collection[str] = ()) -> bool:
    """Is a line still on another shelf, whose word decides about the length of what would be ordered?"""
    ordered = any(map(_lasts, plan.decisions.values()))
    orders = ((d, d.step.order) for d in plan.decisions.values() if d.elsewhere and d.key not in hopeless)
    return ordered and any(order is not None and order.medium == SPEECH.name for _, order in orders)


def _lasts(d: Decision) -> bool:
    """Would it be ordered, and paid for by the second?"""
    order = d.step.order
    return d.step.paid and d.verdict is not Verdict.FRESH and order is not None and order.seconds is not None


def estimated(plan: Plan) -> bool:
    return any(d.estimated for d in plan.decisions.values())


def stepwise(plan: Plan) -> Plan:
    """With what its next round pays for what is certain, whatever comes of a refusal: the round after it is another."""
    found = {id: d if d.estimated else replace(d, dearest=None, besides=Decimal(0)) for id, d in plan.decisions.items()}
    return replace(plan, decisions=found)


def bounded(plan: Plan, slates: Mapping[str, Slate]) -> Plan:
    """With the longest order that each may come to whose own length is only estimated."""
    found = {}
    for id, d in plan.decisions.items():
        order = d.step.order
        if order is None or not d.estimated or order.seconds is None:
            continue
        slate = _speaking(slates[order.shot], slates)
        if (slate.spoken and slate.spoken.auto) or order.medium == MUSIC.name:  # else it waits for what is long as said
            wanted = (slate.shown or order.seconds) * LONGER
            found[id] = replace(d, dearest=replace(order, seconds=max(order.seconds, slate.lengths.enough(wanted))))
    return replace(plan, decisions={**plan.decisions, **found})


def _speaking(slate: Slate, slates: Mapping[str, Slate]) -> Slate:
    """The shot whose words decide how long this one is: itself, or what it shows again."""
    while slate.relation in CHANGES and not (slate.spoken and slate.spoken.auto) and slate.parent in slates:
        slate = slates[slate.parent]
    return slate
