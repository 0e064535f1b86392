"""The table of a paid order: whatever road is taken through it, places, money and the journal come out even."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

import pytest

from reelmake.plan.budget import Budget
from reelmake.plan.goal import Goal
from reelmake.plan.outbox import Outbox
from reelmake.plan.paid_order import TABLE, News, OrderState, PaidOrder, Turn
from reelmake.plan.places import Places
from reelmake.plan.provider_queue import ProviderQueue
from reelmake.plan.waitlist import Waitlist

ENDS = (OrderState.DONE, OrderState.FAILED, OrderState.DROPPED, OrderState.QUEUED)
Road = tuple[Turn, ...]


def roads(state: OrderState = OrderState.INTENDED, gone: Road = ()) -> Iterator[Road]:
    """Every way from an intent to an end or back into the queue; what is asked again and again is asked once."""
    if state in ENDS:
        yield gone
        return
    for (at, _), turn in TABLE.items():
        if at is state and turn.to is not state and turn not in gone:
            yield from roads(turn.to, (*gone, turn))


ROADS = [pytest.param(road, id=" ".join(turn.to.name.lower() for turn in road)) for road in roads()]


@pytest.mark.parametrize("road", ROADS)
def test_whatever_road_is_taken_its_place_is_given_back(road: Road) -> None:
    queue = ProviderQueue()
    places = Places({"studio": queue}, Waitlist(Goal({}, ()), {}), Outbox(0.0))
    order = PaidOrder("a", "a", "studio", OrderState.INTENDED)
    queue.go()
    for turn in road:
        order = places.move(order, turn.place)
    assert (queue.in_flight, queue.unanswered) == (0, 0)


@pytest.mark.parametrize("road", ROADS)
def test_whatever_road_is_taken_the_money_is_where_the_journal_says(road: Road) -> None:
    budget = Budget(Decimal(100))
    budget.move("a", "reserved", Decimal(4))
    for turn in road:
        budget.move("a", turn.money, Decimal(4))
    out = budget._out.get("a", Decimal(0))
    closes = [turn.close for turn in road if turn.close]
    asked = any(turn.to is OrderState.SENDING for turn in road)
    assert budget.spent + budget.risked + out == (0 if road[-1].money == "released" else 4)
    assert (budget.spent == 4) == (road[-1].to is OrderState.DONE)
    assert (budget.risked == 4) == (bool(closes) and road[-1].money == "risked")
    assert (out == 4) == (not closes and asked and road[-1].to is not OrderState.DONE)  # it stays open for the next run
    assert len(closes) <= 1


def test_only_what_was_certainly_not_taken_is_released_or_sent_again_for_nothing() -> None:
    free = {key for key, turn in TABLE.items() if turn.money == "released"}
    assert {news for _, news in free} == {
        News.UNWRITTEN,
        News.RECALLED,
        News.NOT_NOW,
        News.NEVER_SENT,
        News.SOURCE_GONE,
        News.REFUSED,
        News.BARRED,
        News.ABSENT,
        News.UNWANTED,
        News.UNARRIVING,
    }
    again = {key for key, turn in TABLE.items() if turn.to is OrderState.QUEUED}
    assert again - free == {(OrderState.SUBMITTED, News.REPEATED)}  # retry_moderation, which the author asked for


def test_every_state_on_the_road_has_a_way_to_the_store_and_a_way_out() -> None:
    """But an order that has ended has none."""

    def reached(ends: Sequence[OrderState]) -> set[OrderState]:
        found = set(ends)
        while more := {at for (at, _), turn in TABLE.items() if turn.to in found} - found:
            found |= more
        return found - set(ends)

    between = set(OrderState) - set(ENDS) - {OrderState.LOOKING, OrderState.ENTERING}
    assert reached([OrderState.DONE]) == reached([OrderState.FAILED]) == between
    assert {at for at, _ in TABLE} == between
