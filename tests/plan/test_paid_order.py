"""The table of a paid order: whatever road is taken through it, places, money and the journal come out even."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import PurePosixPath

import pytest

from reelmake import errors
from reelmake.model.remote import Content, Dead, Pending, Ready
from reelmake.model.take import Facts, Take
from reelmake.plan import paid_step, reports
from reelmake.plan.budget import Budget
from reelmake.plan.failures import Context
from reelmake.plan.mandate import Goal
from reelmake.plan.outbox import Outbox
from reelmake.plan.paid_order import TABLE, News, OrderState, PaidOrder, Turn
from reelmake.plan.places import Places
from reelmake.plan.provider_queue import ProviderQueue, job_class
from reelmake.plan.tasks import KeyTask
from reelmake.plan.waitlist import Waitlist
from tests.support.playbook import attempt
from tests.support.world import shot

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


ATTEMPT = attempt("k", "a", remote="job-1")
HEARD: dict[OrderState, list[reports.Report]] = {
    OrderState.INTENDED: [reports.Intended("k", ATTEMPT), reports.Broke("k", errors.LocalTool("full"))],
    OrderState.SENDING: [
        reports.Sent("k", "job-1"),
        reports.Sent("k", "", content=Content(b"result")),
        *(
            reports.Broke("k", kind("no"))
            for kind in (errors.Transient, errors.Ambiguous, errors.Refused, errors.NoCredit)
        ),
        reports.Broke("k", errors.Gone("no source")),
        reports.Broke("k", errors.LocalTool("no file")),
    ],
    OrderState.FINDING: [
        reports.Found("k", "job-1"),
        reports.Found("k", None, 0.0),
        reports.Found("k", None),
        reports.Broke("k", errors.Transient("503")),
    ],
    OrderState.SUBMITTED: [
        reports.Polled("k", Pending(note="odd", odd=True)),
        reports.Polled("k", Ready(Decimal(3))),
        *(reports.Polled("k", Dead(code, "no")) for code in ("RM900", "RM920", "RM921", "RM930")),
        *(reports.Broke("k", kind("no")) for kind in (errors.Transient, errors.Gone, errors.Refused)),
    ],
    OrderState.FETCHING: [
        reports.Fetched("k", PurePosixPath("file"), Facts(4)),
        *(reports.Broke("k", kind("no")) for kind in (errors.Transient, errors.Gone, errors.LocalTool)),
    ],
    OrderState.FETCHED: [
        reports.Made("k", Take("k", "bytes", "shot", ".mp4", Facts(4))),
        reports.Broke("k", errors.LocalTool("full")),
    ],
}


@pytest.mark.parametrize("state", HEARD, ids=lambda state: state.name.lower())
def test_a_step_has_a_row_in_the_table_and_changes_nothing(state: OrderState) -> None:
    """Said twice, it comes to the same twice, and whatever it may read is as it was."""
    wanted = shot("a", "a kite", retry_moderation=1)
    task, queue = KeyTask("k", "k", step=wanted, waiting=["shot:a"]), ProviderQueue()
    queue.go()
    queue.wait(job_class(ATTEMPT.manifest), 1.0)  # what it reckons with is made when it is first asked
    context = Context(900.0, 900.0, task, queue, affordable=lambda charged: True, results={})
    order = PaidOrder("k", "k", "studio", state, ATTEMPT, 1, 1, cost=Decimal(4), sent=1.0)
    before = repr((order, task, queue))
    for report in HEARD[state]:
        reaction = paid_step.step(order, report, context)
        assert reaction.turn is TABLE[state, reaction.news]
        assert repr(paid_step.step(order, report, context)) == repr(reaction)
        assert reaction.order.state is state  # only the table says what is next
        assert bool(reaction.error) == (reaction.turn.to is OrderState.FAILED)
        assert (reaction.take is not None) == (reaction.turn.to is OrderState.DONE)
        assert repr((order, task, queue)) == before


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
