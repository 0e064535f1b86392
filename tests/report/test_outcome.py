"""How the end of a build is told."""

from __future__ import annotations

from decimal import Decimal

import pytest

from reelmake.model.take import Attempt
from reelmake.report.build_summary import left_open


def order(shot: str, cost: Decimal | None) -> Attempt:
    return Attempt(key=shot, token=shot, provider="studio", shot=shot, cost=cost, at="2026-11-21T09:00:00+00:00")


@pytest.mark.parametrize(
    ("costs", "said"),
    [
        (["0.20"], "1 order keeps running at studio ($0.20): the next build fetches its clip"),
        (["0.20", "0.40"], "2 orders keep running at their providers ($0.60): the next build fetches their clips"),
        (["0.20", None], "2 orders keep running at their providers: the next build fetches their clips"),
    ],
)
def test_what_goes_on_without_us_is_told(costs: list[str | None], said: str) -> None:
    assert left_open([order(str(n), Decimal(c) if c else None) for n, c in enumerate(costs)]) == said
