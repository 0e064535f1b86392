"""Budget: what a run may spend, what it has spent, and what is out. Knows no provider and no clock.

Everything that may still be billed counts: an order whose answer was lost, a job that died after it was sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from reelmake.errors import Unwilling
from reelmake.model.step import Step
from reelmake.plan import refusals
from reelmake.plan.paid_order import Money


class Budget:
    """USD. `budget` None = no bound; `id`s name orders. `spent`: on what was kept in this run; `risked`: on what
    ended without a result."""

    def __init__(self, budget: Decimal | None) -> None:
        self.budget = budget
        self.spent = Decimal(0)
        self.risked = Decimal(0)
        self._out: dict[str, Decimal] = {}

    def refusal(self, step: Step, ended: Mapping[str, Decimal | None] | None = None) -> Unwilling | None:
        """Why this step must not be ordered now, or None if it may be. `ended`: what orders that are out will have come
        to by then."""
        if self.budget is None:
            return None
        if step.cost is None:
            return refusals.unpriced(step)
        owed = (cost or Decimal(0) for cost in {**self._out, **(ended or {})}.values())
        out = self.spent + self.risked + sum(owed, Decimal(0))
        return refusals.too_dear(step, step.cost, out, self.budget) if out + step.cost > self.budget else None

    def move(self, id: str, money: Money, cost: Decimal | None) -> None:
        """What becomes of an order's cost, as its turn says. USD; None = not known."""
        if money == "reserved":
            self._out[id] = cost or Decimal(0)
        elif money != "stays":
            self._out.pop(id, None)
        if money == "risked":
            self.risked += cost or Decimal(0)
        if money == "paid":
            self.spent += cost or Decimal(0)
