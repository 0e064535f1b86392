"""Which jobs a model that has ended would have to make, and which it need not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from reelmake.model.provider import Model
from reelmake.model.step import Input, Step
from reelmake.plan.decide import Plan
from reelmake.plan.step_graph import graph
from reelmake.plan.sunset import marked, refusal
from tests.plan.test_decide import Shelf
from tests.plan.test_graph import shot

TODAY = "2026-11-21"
SOURCE = Input("source", step="shot:a#1")


def of(step: Step, sunset: str = "2026-09-24", **changes: Any) -> Step:
    """The shot, ordered from a model with that sunset."""
    job = step.order
    assert job is not None
    known = Model("m1", "k", sunset=sunset, instead=("m2",), source="a page", as_of="2026-10-01")
    return replace(step, work=replace(job, **{"model": "m1", "known": known, "maker": "", **changes}))


def ended(plan: Plan, *, today: str = TODAY, ordered: Collection[str] = (), kept: bool = False) -> list[str]:
    return [d.step.id for d in marked(plan, today, ordered=ordered, kept=lambda shot, take: kept).ended]


def test_on_the_day_of_its_sunset_a_model_is_gone() -> None:
    plan = Shelf().plan(graph([of(shot("a", "kite"), "2026-11-21"), of(shot("b", "tram"), "2026-11-22")]))

    assert ended(plan) == ["shot:a#1"]
    assert ended(plan, today="2026-11-20") == []


def test_a_take_that_is_there_needs_no_model() -> None:
    shelf, made = Shelf(), graph([of(shot("a", "kite"))])
    shelf.make(made.steps["shot:a#1"], {}, "d" * 64)

    assert ended(shelf.plan(made)) == []


def test_what_is_already_ordered_is_fetched() -> None:
    plan = Shelf().plan(graph([of(shot("a", "kite"))]))

    assert ended(plan, ordered=[plan.decisions["shot:a#1"].key]) == []
    assert ended(plan, ordered=["another"]) == ["shot:a#1"]


def test_local_work_costs_and_needs_nothing() -> None:
    assert ended(Shelf().plan(graph([of(shot("a", "kite"), maker="sketch:draw")]))) == []


def test_a_child_of_paid_work_that_must_be_made_is_refused_with_it() -> None:
    plan = Shelf().plan(graph([of(shot("a", "kite"), ""), of(shot("b", "dusk", SOURCE))]))

    assert ended(plan, kept=True) == ["shot:b#1"]


def test_a_child_of_local_work_may_turn_out_fresh_if_there_is_a_take_of_it() -> None:
    drawn = of(shot("a", "kite"), maker="sketch:draw")
    plan = Shelf().plan(graph([drawn, of(shot("b", "dusk", SOURCE))]))

    assert ended(plan, kept=True) == []
    assert ended(plan, kept=False) == ["shot:b#1"]


def test_the_refusal_names_date_source_shots_and_what_to_use() -> None:
    made = graph([of(shot("a", "kite")), of(shot("b", "tram"))])
    plan = marked(Shelf().plan(made), TODAY, ordered=(), kept=lambda shot, take: False)
    refused = refusal(plan, lambda tier: None)

    assert refused is not None
    assert (refused.code, refused.exit_status) == ("RM808", 3)
    assert str(refused) == (
        'the model "m1" ended on 2026-09-24 (a page, as of 2026-10-01), and a, b would have to be made with it; '
        "use m2 instead"
    )
    assert refusal(Shelf().plan(made), lambda tier: None) is None
