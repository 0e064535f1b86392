"""Prices by their units: what an order costs, whatever its medium."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelmake.model.medium import FREE, UNITS, Price, Unit

AMOUNTS = st.decimals(min_value=0, max_value=100, places=4)
LENGTHS = st.fractions(min_value=Fraction(1, 100), max_value=600, max_denominator=1000)
TEXTS = st.text(max_size=3000)
A_HAIR = Decimal("0.0001")


@pytest.mark.parametrize(
    ("price", "seconds", "text", "cost"),
    [
        (Price(Decimal("0.12")), Fraction(8), "A kite.", "0.96"),
        (Price(Decimal("0.12")), Fraction(1, 3), "A kite.", "0.04"),
        (Price(Decimal("0.04"), "each"), None, "A kite.", "0.04"),
        (Price(Decimal("0.04"), "each"), Fraction(8), "A kite.", "0.04"),
        (Price(Decimal("0.08"), "1000 characters"), None, "We planted the first roof in spring.", "0.00288"),
        (Price(Decimal("0.08"), "1000 characters"), None, "", "0"),
        (Price(Decimal("0.08"), "1000 characters", least=Decimal("0.01")), None, "Yes.", "0.01"),
        (Price(Decimal("0.1"), "each", fee=Decimal("0.02")), None, "", "0.12"),
        (Price(Decimal("0.1"), fee=Decimal("0.02"), least=Decimal("0.5")), Fraction(2), "", "0.5"),
        (FREE, None, "A kite.", "0"),
        (Price(Decimal(1)), None, "A kite.", None),
        (FREE, Fraction(2), "A kite.", "0"),
    ],
)
def test_what_an_order_costs(price: Price, seconds: Fraction | None, text: str, cost: str | None) -> None:
    assert price.of(seconds, text) == (None if cost is None else Decimal(cost))


@given(AMOUNTS, st.sampled_from(UNITS), AMOUNTS, AMOUNTS, LENGTHS, TEXTS)
def test_no_order_costs_less_than_its_least_or_its_fee(
    rate: Decimal, per: Unit, fee: Decimal, least: Decimal, seconds: Fraction, text: str
) -> None:
    cost = Price(rate, per, fee, least).of(seconds, text)
    assert cost is not None
    assert cost >= max(fee, least)


@given(AMOUNTS, st.sampled_from(UNITS), LENGTHS, LENGTHS, TEXTS, TEXTS)
def test_more_costs_no_less_and_parts_cost_what_the_whole_does(
    rate: Decimal, per: Unit, one: Fraction, two: Fraction, first: str, second: str
) -> None:
    price = Price(rate, per)
    parts = [price.of(one, first), price.of(two, second)]
    whole = price.of(one + two, first + second)
    assert whole is not None
    assert all(part is not None and part <= whole for part in parts)
    if per != "each":
        assert abs(whole - sum(part for part in parts if part is not None)) <= 2 * A_HAIR


@given(AMOUNTS, LENGTHS, TEXTS)
def test_only_what_the_unit_counts_matters(rate: Decimal, seconds: Fraction, text: str) -> None:
    assert Price(rate, "each").of(seconds, text) == Price(rate, "each").of(None, "")
    assert Price(rate).of(seconds, text) == Price(rate).of(seconds, "")
    assert Price(rate, "1000 characters").of(seconds, text) == Price(rate, "1000 characters").of(None, text)
    assert Price(rate).of(None, text) == (None if rate else 0)
