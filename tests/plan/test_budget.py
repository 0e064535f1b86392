"""The budget: everything that may be billed counts, and nothing twice."""

from __future__ import annotations

from decimal import Decimal

from reelmake.plan.budget import Budget
from tests.support.world import shot

FOUR = shot("a", "a kite")  # costs 4 USD


def room(budget: Budget) -> bool:
    return budget.refusal(FOUR) is None


def test_without_a_budget_there_is_always_room() -> None:
    assert room(Budget(None))
    assert Budget(None).refusal(shot("a", "a kite", price=None)) is None


def test_what_is_out_counts_until_it_is_released() -> None:
    budget = Budget(Decimal(7))
    budget.move("a", "reserved", Decimal(4))
    assert not room(budget)
    budget.move("a", "released", None)
    assert room(budget)


def test_what_is_paid_counts_once_and_at_its_real_price() -> None:
    budget = Budget(Decimal(10))
    budget.move("a", "reserved", Decimal(4))
    budget.move("a", "paid", Decimal(6))
    assert budget.spent == 6
    assert room(budget)
    budget.move("b", "reserved", Decimal("0.01"))
    assert not room(budget)


def test_what_ended_without_a_clip_may_be_billed_and_counts() -> None:
    budget = Budget(Decimal(7))
    budget.move("a", "reserved", Decimal(4))
    budget.move("a", "risked", Decimal(4))
    assert budget.spent == 0
    assert not room(budget)


def test_the_refusal_names_the_sum_and_what_would_be_enough() -> None:
    budget = Budget(Decimal(7))
    budget.move("a", "reserved", Decimal("3.5"))
    refusal = budget.refusal(FOUR)
    assert refusal is not None
    assert refusal.code == "RM801"
    assert "$4.00" in str(refusal)
    assert refusal.next_steps == ("reelmake build --budget 7.50",)
