"""Approval: may this plan be carried out as it was asked for?

Providers that can be spoken to, their secrets, the budget, and a person's yes; refused before anything is spent. Knows
nothing of how a run goes, nor of terminals: it asks through `confirm`.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from reelmake import catalog
from reelmake.errors import Unwilling
from reelmake.model.storyboard import CARDS
from reelmake.plan import sunset
from reelmake.plan.decide import Verdict, only
from reelmake.plan.pinned import pinned

if TYPE_CHECKING:
    from reelmake.model.compiled import Compiled
    from reelmake.model.wish import Wish
    from reelmake.plan.decide import Decision, Plan
    from reelmake.session.project import Snapshot
    from reelmake.session.run import Confirm
    from reelmake.store.journal import LocalJournal


def approved(seen: Snapshot, plan: Plan, wish: Wish, confirm: Confirm) -> Plan:
    """What of this plan may be carried out as it was asked for: all of it; or what needs no order, if the lock file
    names takes for all the others, whose keys nobody has before that is made. Raises Unwilling."""
    if wish.locked and (refused := locked(seen, plan)):
        raise refused
    if wish.locked or not plan.asks:
        return plan
    if not _unnamed(seen, plan, [d for d in plan.todo if d.step.paid]):
        return only(plan, lambda d: not d.step.paid or d.verdict is Verdict.FRESH)
    if plan.away and not wish.remake:
        raise _away(plan)
    if refused := ended(seen.project.script, plan):
        raise refused
    _can_be_asked(seen, plan)
    if plan.pays:
        on_record(seen.journal)
        _agreed(seen, plan, wish, confirm)
    return plan


def ended(script: Compiled, plan: Plan) -> Unwilling | None:
    """Why this plan cannot be carried out, if it needs a model that is no longer there."""
    tiers = {name: tier for v in script.variants for name, tier in v.board.tiers.items()}
    return sunset.refusal(
        plan, lambda tier: tiers[tier].spans.get("model", tiers[tier].span) if tier in tiers else None
    )


def _away(plan: Plan) -> Unwilling:
    count = len(plan.away)
    names = ", ".join(d.step.name for d in plan.away[:5]) + f" and {count - 5} more" * (count > 5)
    them = "1 take that is needed was" if count == 1 else f"{count} takes that are needed were"
    be = "is" if count == 1 else "are"
    return Unwilling(
        f"{them} made before and {be} not here ({names}); what was paid for once is not ordered again unless you ask",
        code="RM823",
        span=plan.away[0].step.span,
        next_steps=(
            "reelmake cache pull",
            "reelmake build --remake",
        ),
    )


def _can_be_asked(seen: Snapshot, plan: Plan) -> None:
    """Every provider that is needed, with its secrets."""
    from reelmake.world import secrets
    from reelmake.world.connection import unbound

    needed = [seen.project.providers[called] for called in sorted({d.step.pool for d in plan.todo if d.step.paid})]
    for spec in needed:
        if not any(hasattr(catalog.module(spec), way) for way in ("converse", "connect")):
            raise Unwilling(
                f'this reelmake can plan but not run providers of kind "{spec.kind}"', code="RM805", span=spec.span
            )
        secrets.demand(spec)
    if barred := unbound(needed, seen.workspace.bindings):
        raise barred


def on_record(journal: LocalJournal) -> None:
    """Raises Unwilling if anything in the journal may be an order which nobody can read."""
    if doubts := journal.doubts():
        number, what = min(doubts.items())
        others = f" (and {len(doubts) - 1} more)" if len(doubts) > 1 else ""
        raise Unwilling(
            f"line {number} of .reelmake/journal {what}{others}: it may be a paid order, so nothing is ordered",
            code="RM911",
            next_steps=("reelmake jobs ls --remote", "reelmake jobs settle"),
        )


def _agreed(seen: Snapshot, plan: Plan, wish: Wish, confirm: Confirm) -> None:
    """What it costs."""
    budget = budget_of(seen.project.script, wish)
    if budget is not None and plan.unpriced:
        names = ", ".join(d.step.name for d in plan.unpriced[:5])
        raise Unwilling(
            f"there is a budget, but the price of {names} is not known: set `price:` on its tier", code="RM807"
        )
    if budget is not None and plan.cost + plan.reserved > budget:
        already = f", and ${plan.reserved:.2f} is already ordered" if plan.reserved else ""
        raise Unwilling(
            f"this run would cost up to ${plan.cost:.2f}{already}; the budget is ${budget:.2f}",
            code="RM801",
            next_steps=("reelmake plan", f"reelmake build --budget {plan.cost + plan.reserved:.2f}"),
        )
    if wish.yes:
        return
    answer = confirm(seen, plan)
    if answer is False:
        raise Unwilling("not confirmed; nothing was spent", code="RM803", next_steps=("reelmake plan",))
    if answer is None and budget is None:
        raise Unwilling(
            f"this run would pay up to ${plan.cost:.2f}; confirmation required (not a terminal)",
            code="RM803",
            next_steps=("reelmake plan", "reelmake build --yes", f"reelmake build --budget {plan.cost:.2f}"),
        )


def locked(seen: Snapshot, plan: Plan) -> Unwilling | None:
    """Why this plan cannot be carried out by a build that may not generate; None if it can, or if only such a build can
    tell. What stands in for clips (`--stills`) is in no lock file, and is drawn."""
    made = [d for d in plan.todo if d.step.take and not (d.step.order and d.step.order.tier == CARDS)]
    if not (todo := _unnamed(seen, plan, made)):
        return None
    takes = f"{len(todo)} takes need" if len(todo) > 1 else "1 take needs"
    refused = f"--locked: {takes} generating: {', '.join(d.step.name for d in todo)}"
    if not (away := [d.step.name for d in todo if d.away]):
        return Unwilling(refused, code="RM802", next_steps=("reelmake plan", "reelmake build"))
    refused += f"; made before, and not here: {', '.join(away)}"
    return Unwilling(refused, code="RM802", next_steps=("reelmake cache pull", "reelmake plan"))


def _unnamed(seen: Snapshot, plan: Plan, todo: Sequence[Decision]) -> Sequence[Decision]:
    """Those of which the lock file names no take, here or on a further shelf, that they may turn out to be."""
    named = pinned(plan, seen.records) if todo else {}
    if not named:
        return todo
    store = seen.workspace.store
    there = {key for key in named.values() if store.find(key)} | store.elsewhere(named.values()).keys()
    return [d for d in todo if named.get(d.step.id) not in there]


def budget_of(script: Compiled, wish: Wish) -> Decimal | None:
    """The smaller of --budget and the storyboard's own."""
    caps = [v.board.budget for v in script.variants if v.board.budget is not None]
    caps += [wish.budget] if wish.budget is not None else []
    return min(caps, default=None)


def exceeds(plan: Plan, agreed: Plan) -> bool:
    """Would this plan pay more than the one that was agreed to, or for something else?"""
    return plan.cost > agreed.cost or bool(unagreed(plan, agreed))


def unagreed(plan: Plan, agreed: Plan) -> set[str]:
    """Steps that this plan would order, and that are none of those which were agreed to."""
    return _orders(plan) - _orders(agreed)


def _orders(plan: Plan) -> set[str]:
    """Steps that the plan would order, whether their price is known or not; what is ordered already is not agreed to by
    that: should it fail meanwhile, it would be paid for once more."""
    return {d.step.id for d in plan.todo if d.step.paid and not d.ordered}
