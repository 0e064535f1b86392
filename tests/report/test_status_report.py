"""What `status` says of money."""

from __future__ import annotations

from decimal import Decimal

from reelmake.model.take import Ledger
from reelmake.report.status_table import money_line


def test_every_column_is_named_once_and_our_own_prices_where_they_differ() -> None:
    ledger = Ledger(Decimal("0.3"), Decimal("1.2"), Decimal("0.1"), 2, Decimal("0.25"), Decimal("1.25"))
    assert money_line(ledger) == (
        "reserved $0.30, spent $1.20 (by our prices $1.25), maybe spent $0.10, refunded $0.25;"
        " 2 orders of unknown price"
    )
    assert money_line(Ledger(spent=Decimal(1), estimate=Decimal(1))) == "spent $1.00"
    assert money_line(Ledger(unpriced=1)) == "1 order of unknown price"
    assert money_line(Ledger()) == ""
