"""Entry: one attempt and where it stands. Ledger: the money that entries come to. Knows nothing of files."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

from reelmake.model.take import Attempt
from reelmake.records import dataclass

Standing = Literal[
    "intended", "submitted", "kept", "not-sent", "refused", "moderated", "failed", "cancelled", "dismissed"
]


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One attempt and where it stands.

    `answered`: UTC of the line after the intent, `ended`: of the last one that ended it; "" if there is none.
    `quoted`, `cost`: USD, what the provider said when it took the order, and what the order came to in the end.
    """

    attempt: Attempt
    standing: Standing = "intended"
    answered: str = ""
    ended: str = ""
    digest: str = ""
    quoted: Decimal | None = None
    cost: Decimal | None = None
    message: str = ""

    @property
    def price(self) -> Decimal | None:
        """USD it was ordered for: the provider's own figure, else ours; None = not known."""
        return self.attempt.cost if self.quoted is None else self.quoted

    @property
    def open(self) -> bool:
        return self.standing in ("intended", "submitted")


@dataclass(frozen=True, slots=True)
class Ledger:
    """USD. `reserved`: open at a provider. `spent`: kept, and what a provider says it charged without a result.
    `maybe`: sent and ended without a result, or never answered. `refunded`: ended without one, and the provider says
    that it costs nothing.

    `unpriced`: how many attempts in these sums have no known cost. `estimate`: what `spent` comes to by our prices.
    """

    reserved: Decimal = Decimal(0)
    spent: Decimal = Decimal(0)
    maybe: Decimal = Decimal(0)
    unpriced: int = 0
    refunded: Decimal = Decimal(0)
    estimate: Decimal = Decimal(0)

    @property
    def columns(self) -> dict[str, Decimal]:
        """The four sums, by the names that people read."""
        return {
            "reserved": self.reserved,
            "spent": self.spent,
            "maybe spent": self.maybe,
            "refunded": self.refunded,
        }


def add_up(entries: Iterable[LedgerEntry]) -> Ledger:
    """The money, by where it stands. What was certainly refused or never sent costs nothing."""
    sums = dict.fromkeys(("reserved", "spent", "maybe", "refunded"), Decimal(0))
    estimate, unpriced = Decimal(0), 0
    for entry in entries:
        column = column_of(entry)
        amount = entry.cost if column == "spent" else entry.price
        if column is None:
            continue
        if amount is None:
            unpriced += 1
        else:
            sums[column] += amount
            if column == "spent":
                estimate += amount if entry.attempt.cost is None else entry.attempt.cost
    return Ledger(**sums, unpriced=unpriced, estimate=estimate)


def column_of(entry: LedgerEntry) -> str | None:
    match entry.standing:
        case "kept":
            return "spent"
        case "submitted":
            return "reserved"
        case "intended":
            return "maybe"
        case _ if entry.cost is not None:  # ended without a result, and the provider said what that costs
            return "spent" if entry.cost > 0 else "refunded"
        case "dismissed":
            return "maybe"
        case "failed" | "refused" | "moderated" | "cancelled" if entry.attempt.remote:
            return "maybe"
        case _:
            return None
