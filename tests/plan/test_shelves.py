"""Takes that stand on further shelves, by playbook: brought, not ordered; what no shelf has after all is not either."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from reelmake.errors import LocalTool, Unwilling
from reelmake.model.events import Warned
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
