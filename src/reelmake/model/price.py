"""Price: what an order costs, by the unit that its provider counts in. Knows nothing of who sets it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Literal, get_args

from reelmake.records import dataclass

Unit = Literal["second", "each", "1000 characters"]
UNITS: tuple[Unit, ...] = get_args(Unit)
_STEP: Mapping[Unit, Decimal] = {
    "second": Decimal("0.0001"),
    "each": Decimal("0.000001"),
    "1000 characters": Decimal("0.000001"),  # a short line of speech costs less than a hundredth of a cent
}


@dataclass(frozen=True, slots=True)
class Price:
    """USD: `rate` for each unit, `fee` on top whatever the amount; an order costs `least` at least."""

    rate: Decimal
    per: Unit = "second"
    fee: Decimal = Decimal(0)
    least: Decimal = Decimal(0)

    def of(self, seconds: Fraction | None, text: str) -> Decimal | None:
        """USD of one order for so many seconds, or with this text; None = its length counts and is not known."""
        amounts = {"second": seconds, "each": Fraction(1), "1000 characters": Fraction(len(text), 1000)}
        amount = amounts[self.per] if self.rate else Fraction(0)
        if amount is None:
            return None
        cost = self.rate * amount.numerator / amount.denominator + self.fee
        return max(cost, self.least).quantize(_STEP[self.per]).normalize()


FREE = Price(Decimal(0))
