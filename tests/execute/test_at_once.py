"""Providers that answer with the result itself: nothing is paid for twice, and what is lost is said to be lost."""

from __future__ import annotations

import contextlib
import itertools
import random
from pathlib import Path

import pytest

from reelmake import errors
from reelmake.execute.caller import Stop
from reelmake.execute.runner import Outcome
from reelmake.model.step import Input
from reelmake.plan.waitlist import State
from tests.execute.test_crashes import graph
from tests.support.in_memory import MemoryJournal
from tests.support.world import Crash, Vendor, World, mix, shot, steps

BOARD = steps(shot("a", "a voice"), mix("cut", "cut", Input("clip", step="shot:a")))


def at_once(folder: Path) -> World:
    return World(folder, vendor=Vendor(at_once=True))


def lives(world: World, die_at: int) -> bool:
    """Does a run that is killed at this moment end before it?"""
    world.die_at = die_at
    try:
        world.run(BOARD)
        return True
    except Crash:
        return False
    finally:
        world.die_at = None


def test_three_lines_and_no_question(tmp_path: Path) -> None:
    world = at_once(tmp_path)
    outcome = world.run(BOARD)
    take = outcome.take("shot:a")
    assert take is not None
    assert (take.remote, take.provider, outcome.cost) == ("", "studio", 4)
    assert [verb for verb, _, _ in world.journal.lines] == ["intend", "submitted", "kept"]
    assert not world.vendor.requests
    again = world.run(BOARD)
    assert (again.made, world.submitted) == ([], [])


def test_killed_at_every_moment_it_is_kept_or_said_to_be_lost_and_never_ordered_again(tmp_path: Path) -> None:
    stood: list[str] = []
    for moment in itertools.count(1):
        world = at_once(tmp_path / str(moment))
        if lives(world, moment):
            break
        sent = sum(world.vendor.bill.values())
        began = bool(world.journal.attempts)
        outcome = world.run(BOARD)
        assert sum(world.vendor.bill.values()) == (sent if began else 1)
        if outcome.results["cut"].state is State.DONE:
            assert world.journal.open() == []
            stood.append("kept")
            continue
        stood.append("lost")
        (left,) = world.journal.open()
        error = outcome.results["shot:a"].error
        assert isinstance(error, errors.Ambiguous)
        assert f"reelmake jobs rm {left.token}" in error.next_steps
        assert world.run(BOARD).results["shot:a"].state is State.FAILED
        MemoryJournal.closed(world.journal, left.token, "dismissed", "a person said so")
        assert not world.run(BOARD).failed
        assert sum(world.vendor.bill.values()) == sent + 1
    first, last = stood.index("lost"), len(stood) - stood[::-1].index("lost")
    assert set(stood[first:last]) == {"lost"}  # from the intent to the moment at which it stands in the store
    assert set(stood[:first]) == set(stood[last:]) == {"kept"}


@pytest.mark.parametrize("presses", [1, 2])
def test_an_interruption_loses_no_answer_that_is_here(tmp_path: Path, presses: int) -> None:
    """Once: it is kept, however long that takes. Twice: what is lost by that is a question."""

    def run(world: World) -> Outcome:
        stop = Stop()
        original = world.journal.submitted

        def submitted(*given: object) -> None:
            original(*given)  # type: ignore[arg-type]
            for _ in range(presses):
                stop.request()

        world.journal.submitted = submitted  # type: ignore[method-assign, assignment]
        return world.run(BOARD, stop=stop)

    world = at_once(tmp_path)
    outcome = run(world)
    assert outcome.interrupted
    assert sum(world.vendor.bill.values()) == 1
    if presses == 1:
        assert outcome.take("shot:a")
        assert world.journal.open() == []
    after = World(tmp_path / "after", vendor=world.vendor)
    after.store, after.journal = world.store, world.journal
    assert after.run(BOARD).results["shot:a"].state in (State.DONE, State.FAILED)
    assert sum(world.vendor.bill.values()) == 1


@pytest.mark.parametrize("seed", range(60))
def test_random_lives_pay_for_nothing_twice_and_every_paid_result_is_kept_or_open(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    world = World(tmp_path, vendor=Vendor(at_once=True), files={"f0.png": b"zero", "f1.png": b"one"}, chance=chance)
    world.flakiness = chance.choice((0.0, 0.1))
    board = graph(random.Random(seed), 0)
    for _ in range(3):
        world.die_at = chance.randint(1, 60)
        with contextlib.suppress(Crash):
            world.run(board)
    world.die_at, world.flakiness = None, 0.0
    last = world.run(board)
    assert {type(result.error) for result in last.failed} <= {errors.Ambiguous}
    bill, left = world.vendor.bill, world.journal.open()
    world.vendor.arrivals(world.now + 60)
    assert set(bill.values()) <= {1}
    assert bool(left) == bool(last.failed)
    takes = [take for take in world.store.taken.values() if take.kind == "shot"]
    assert {world.store.path(take).read_bytes() for take in takes} <= set(bill)
    assert len(takes) <= len(bill) <= len(takes) + len(left)
