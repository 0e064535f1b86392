"""Takes that stand on further shelves, by playbook: brought, not ordered; what no shelf has after all is not either."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from reelmake.errors import LocalTool, Unwilling
from reelmake.model.events import Warned
from reelmake.model.step import Input
from reelmake.model.take import Facts, Take
from reelmake.plan.key import key
from reelmake.plan.waitlist import State
from tests.support.playbook import Playbook, attempt
from tests.support.world import job, shot, steps

A = shot("a", "a kite")
SKETCH = replace(A, work=replace(job("a kite", shot="a"), maker="sketch:draw"), pool="cpu")


def elsewhere(step: Any = A, **options: Any) -> Playbook:
    found = Take(key(step, {}), "bytes", "shot", ".mp4", Facts(4))
    return Playbook(steps(step), elsewhere={found.key: found}, away=[found.key], **options)


def test_it_is_brought_and_costs_nothing() -> None:
    machine = elsewhere().play("""
        > began
        < look a
        > looked a: nothing
        < bring a
        > made a: bytes
    """)
    result = machine.results["shot:a"]
    assert (machine.finished, result.state, result.made, machine.paid.budget.spent) == (
        True,
        State.DONE,
        False,
        Decimal(0),
    )


def test_it_is_brought_by_a_locked_run_too() -> None:
    elsewhere(locked=True).play("""
        > began
        < look a
        > looked a: nothing
        < bring a
        > made a: bytes
    """)


def test_what_is_here_is_not_brought() -> None:
    elsewhere().play("""
        > began
        < look a
        > looked a: bytes
    """)


def test_what_no_shelf_has_after_all_is_not_ordered() -> None:
    """Not even by a run that orders again what is away: of this one the plan said that it costs nothing."""
    for away in ({}, {"away": ()}):
        found = Take(key(A, {}), "bytes", "shot", ".mp4", Facts(4))
        book = Playbook(steps(A), elsewhere={found.key: found}, **away)
        machine = book.play("""
            > began
            < look a
            > looked a: nothing
            < bring a
            > broke a: gone it is poisoned
            < tell StepFailed a
        """)
        error = machine.results["shot:a"].error
        assert isinstance(error, Unwilling)
        assert (error.code, error.next_steps) == ("RM823", ("reelmake build --remake",))
        assert "it is poisoned" in str(error)


def test_a_full_disk_says_nothing_of_a_shelf() -> None:
    for step in (A, SKETCH):
        machine = elsewhere(step).play("""
            > began
            < look a
            > looked a: nothing
            < bring a
            > broke a: localtool the disk is full
            < tell StepFailed a
        """)
        assert type(machine.results["shot:a"].error) is LocalTool


def test_what_its_provider_has_delivered_is_asked_for_there() -> None:
    elsewhere(delivered={key(A, {}): attempt(key(A, {}), "a", remote="job-1")}).play("""
        > began
        < look a
        > looked a: nothing
        < bring a
        > broke a: gone it is poisoned
        < tell Adopted a
        < poll a
    """)


def test_what_is_free_is_made_again() -> None:
    book = elsewhere(SKETCH)
    book.play("""
        > began
        < look a
        > looked a: nothing
        < bring a
        > broke a: gone it is poisoned
        < tell Warned a
        < tell StepStarted a
        < run a
        > made a: bytes
    """)
    assert [event.message for event in book.told if isinstance(event, Warned)] == ["it is poisoned"]


def test_who_is_told_to_stop_does_not_wait_for_a_shelf_for_ever() -> None:
    machine = elsewhere().play("""
        > began
        < look a
        > looked a: nothing
        < bring a
        > interrupted
        < tell Stopping
        @ 6
        > ticked
        < abandon a
    """)
    assert machine.finished


NEXT = replace(shot("b", "it lands"), inputs=(Input("first", step="drawn"),))
DRAWN = replace(SKETCH, id="drawn")


def after_a_sketch(**options: Any) -> Playbook:
    return Playbook({DRAWN.id: DRAWN, NEXT.id: NEXT}, asked=[key(DRAWN, {})], **options)


def test_what_no_plan_could_ask_for_is_asked_for_before_it_is_ordered() -> None:
    machine = after_a_sketch(locked=False).play("""
        > began
        < look drawn
        > looked drawn: bytes
        < look b
        > looked b: nothing
        < inquire b
        > offered b: bytes
        < bring b
        > made b: bytes
    """)
    assert (machine.finished, machine.results[NEXT.id].made, machine.paid.budget.spent) == (True, False, Decimal(0))


def test_what_nobody_has_is_ordered_then() -> None:
    after_a_sketch().play("""
        > began
        < look drawn
        > looked drawn: bytes
        < look b
        > looked b: nothing
        < inquire b
        > offered b: nothing
        < tell StepStarted b
        < intend b #1
    """)


def test_a_run_that_is_stopped_does_not_wait_for_the_answer() -> None:
    after_a_sketch().play("""
        > began
        < look drawn
        > looked drawn: bytes
        < look b
        > looked b: nothing
        < inquire b
        > interrupted
        < tell Stopping
        @10
        > ticked
        < abandon b
    """)


def test_what_the_plan_has_asked_for_is_not_asked_for_again() -> None:
    Playbook(steps(A), asked=[key(A, {})]).play("""
        > began
        < look a
        > looked a: nothing
        < tell StepStarted a
        < intend a #1
    """)
