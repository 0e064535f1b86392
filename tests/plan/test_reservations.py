"""What of a provider's places and minutes is kept for more urgent orders that are about to be known."""

from __future__ import annotations

import pytest

from reelmake.model.provider import Limits
from reelmake.model.step import Input
from reelmake.plan.provider_queue import EMPTY, MINUTE, ProviderQueue, Reservations
from tests.support.playbook import Playbook
from tests.support.world import mix, shot, steps

CHAIN = steps(
    shot("a", "a kite"),
    mix("frame", "last frame", Input("clip", step="shot:a")),
    shot("b", "it lands", Input("image", step="frame")),
    shot("c", "a cat"),
)
URGENT = {"shot:a": 200.0, "shot:b": 100.0, "shot:c": 50.0}
UP_TO_THE_END_OF_A = """
    > began
    < look a
    < look c
    > looked a: nothing
    < tell StepStarted a
    < intend a #1
    > looked c: nothing
    > intended a
    < submit a
    > sent a: job-1
    @ 0.5
    > ticked
    < poll a
    > polled a: ready
    < fetch a
"""


def test_a_place_is_kept_for_what_starts_from_the_clip_that_just_came() -> None:
    book = Playbook(CHAIN, limits=Limits(in_flight=1), priority=URGENT)
    book.play(f"""{UP_TO_THE_END_OF_A}
        > fetched a
        < keep a
        > made a: kite
        < look frame
        > looked frame: nothing
        < tell StepStarted frame
        < run frame
        > made frame: last
        < look b
        > looked b: nothing
        < tell StepStarted b
        < intend b #1
    """)


def test_a_place_is_kept_for_a_moment_only() -> None:
    book = Playbook(CHAIN, limits=Limits(in_flight=1), priority=URGENT)
    machine = book.play(f"""{UP_TO_THE_END_OF_A}
        > fetched a
        < keep a
    """)
    assert machine.wake == 0.5 + EMPTY
    book.play("""
        @ 5.5
        > ticked
        < tell StepStarted c
        < intend c #1
    """)


@pytest.mark.parametrize("priority", [{}, {"shot:a": 200.0, "shot:b": 50.0, "shot:c": 100.0}])
def test_no_place_is_kept_from_who_is_as_urgent(priority: dict[str, float]) -> None:
    book = Playbook(CHAIN, limits=Limits(in_flight=1), priority=priority)
    book.play("""
        > began
        < look a
        < look c
        > looked a: nothing
        < tell StepStarted a
        < intend a #1
        > looked c: nothing
        > intended a
        < submit a
        > sent a: job-1
        @ 0.5
        > ticked
        < poll a
        > polled a: ready
        < fetch a
        < tell StepStarted c
        < intend c #1
    """)


def test_no_place_is_kept_for_what_waits_for_something_else_too() -> None:
    both = shot("b", "it lands", Input("image", step="frame"), Input("reference 1", step="shot:c"))
    book = Playbook(steps(*list(CHAIN.values())[:2], both, CHAIN["shot:c"]), limits=Limits(1), priority=URGENT)
    book.play(
        f"""{UP_TO_THE_END_OF_A}
        < tell StepStarted c
        < intend c #1
    """.replace("< fetch a\n\n", "< fetch a\n")
    )


def test_one_of_several_free_places_is_kept_and_the_others_are_given() -> None:
    queue = ProviderQueue(Limits(in_flight=3))
    queue.in_flight = 1
    queue.reservations.reserve([(-100.0, 7), (-90.0, 8)], 10.0)
    queue.join((-50.0, 1), "c")
    assert queue.opens(10.0) == 10.0
    queue.in_flight = 2
    assert queue.opens(10.0) == 10.0 + EMPTY
    queue.join((-100.0, 7), "heir")
    assert queue.opens(11.0) == 11.0
    assert queue.next(11.0) == "heir"
    assert queue.opens(11.0) == 11.0  # it has asked: nothing is kept for it any more


def test_what_is_kept_is_little_where_little_depends_on_it() -> None:
    kept = Reservations()
    kept.reserve([(-20.0, 1)], 0.0)
    kept.reserve([], 0.0)
    assert kept.places((-1.0, 2), 0.5) == [1.0]
    assert kept.places((-30.0, 2), 0.5) == []
    assert kept.places((-1.0, 2), 1.0) == []


def test_a_minute_is_left_open_while_something_more_urgent_is_to_come() -> None:
    """In a burst who comes just after it waits for the next minute; evenly he waits for a share of it."""
    queue = ProviderQueue(Limits(per_minute=4))
    for n in range(12):
        queue.join((-50.0, n), f"s{n}")
    queue.reservations.ahead = (-100.0, 99)
    now, went = 0.0, []
    for _ in range(6):
        opens = queue.opens(now)
        assert opens is not None
        now = opens
        queue.next(now)
        queue.go()
        queue.answered(now, accepted=True)
        went.append(now)
    assert went == [MINUTE / 4 * n for n in range(6)]
    queue.reservations.ahead = (-10.0, 99)  # nothing more urgent is to come: no even pace, only the minute
    queue._recent.clear()
    assert queue.opens(now) == now
