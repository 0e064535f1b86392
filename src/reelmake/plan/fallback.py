"""Which rung of `fallback:` an order is on, and what it may come to on those that are left.

Only what was refused for good is passed, and a model that is no longer there: never an order that may have been taken.
What has no credit, no access or no source is not refused for what it says, and other words would not help it. Knows
nothing of where endings are kept; today's date comes in as an argument.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from reelmake.errors import Moderated, Refused
from reelmake.model.order import Order, Slate
from reelmake.plan.decide import Decision, Plan, Verdict
from reelmake.plan.rounds import LONGER

if TYPE_CHECKING:
    from reelmake.model.take import Ending

_NO = (Refused.code, Moderated.code)
_NTH = ("first", "2nd", "3rd")


def passed(d: Decision, endings: Sequence[Ending], today: str) -> str:
    """Why the next rung is tried instead of this order; "" while there is no reason."""
    job = d.step.order
    if job is None or d.verdict is Verdict.FRESH or d.ordered or d.away:
        return ""
    if job.known is not None and job.known.gone(today):
        return f"needs {job.model}, which ended on {job.known.sunset}"
    no = [e for e in endings if e.outcome == "refused" and e.code in _NO]
    offended = [e for e in endings if e.outcome == "moderated"]
    ended = no or (offended if len(offended) > job.retry_moderation else [])
    return f"was refused: {ended[-1].message.strip().partition(chr(10))[0]}" if ended else ""


def with_rungs(plan: Plan, slates: Mapping[str, Slate], fallen: Mapping[str, Sequence[str]]) -> Plan:
    """The plan, with which rung an order is on and why, and what it costs on the dearest that is left.

    `slates`, on their rungs, and `fallen`: why each rung before was passed, as far as that is known, by address.
    """
    told: dict[str, Decision] = {}
    stays = {d.step.order.shot for d in plan.decisions.values() if d.step.order and d.take and d.step.take == 1}
    for id, d in plan.decisions.items():
        slate = slates.get(d.step.order.shot) if d.step.order else None
        if slate is None or not slate.rungs:
            continue
        if slate.rung > 1:
            d = replace(d, reason="; ".join(filter(None, (_where(slate, fallen.get(slate.shot, ())), d.reason))))
        if d.verdict is not Verdict.FRESH:
            orders = [d.dearest or d.step.order, *_left(slate, estimated=bool(d.estimated))]
            d = replace(d, dearest=(dearest := _dearest(orders)))
            if d.step.take > 1 and slate.shot not in stays:  # the first take decides, and this one may be made by then
                costs = [order.cost or Decimal(0) for order in orders if order is not None and order is not dearest]
                d = replace(d, besides=sum(costs, Decimal(0)))
        told[id] = d
    return replace(plan, decisions={**plan.decisions, **told}) if told else plan


def _where(slate: Slate, why: Sequence[str]) -> str:
    """ "the 2nd of 3: the first was refused: it answers 400"."""
    before = ", ".join(f"the {_nth(n)} {said}" for n, said in enumerate(why, 1))
    return f"the {_nth(slate.rung)} of {1 + len(slate.rungs)}" + (f": {before}" if before else "")


def _nth(n: int) -> str:
    return _NTH[n - 1] if n <= len(_NTH) else f"{n}th"


def _left(slate: Slate, *, estimated: bool) -> list[Order]:
    """The orders of the rungs that are left, as long as they may be where what is said decides that."""
    further = slate.rungs[slate.rung - 1 :]
    if slate.spoken is None or not slate.spoken.auto:
        return [rung.orders[0] for rung in further]
    wanted = (slate.shown or slate.length or Fraction(0)) * (LONGER if estimated else 1)
    return [replace(rung.orders[0], seconds=rung.lengths.enough(wanted)) for rung in further]


def _dearest(orders: Sequence[Order | None]) -> Order | None:
    """One of unknown price is the dearest."""
    given = [order for order in orders if order is not None]
    return max(given, key=lambda order: (order.cost is None, order.cost or Decimal(0)), default=None)
