"""Who may begin on this machine: the most urgent first, no more than there are places, and no more than memory goes."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from reelmake.plan.local_work import LocalPool
from tests.support.playbook import Playbook
from tests.support.world import Mix, mix, steps


def begun(pool: LocalPool) -> list[str]:
    found = []
    while (id := pool.begin()) is not None:
        found.append(id)
    return found


def test_as_many_as_there_are_places_if_nobody_knows_the_memory() -> None:
    pool = LocalPool(2)
    for number in range(3):
        pool.join((0.0, number), f"{number}", 1 << 40)
    assert begun(pool) == ["0", "1"]
    pool.end("0")
    assert begun(pool) == ["2"]


def test_a_large_one_waits_until_there_is_memory_and_is_not_overtaken() -> None:
    pool = LocalPool(8, 100)
    for number, memory in enumerate((60, 50, 10)):
        pool.join((0.0, number), f"{number}", memory)
    assert begun(pool) == ["0"]
    pool.end("0")
    assert begun(pool) == ["1", "2"]


def test_what_is_too_large_is_done_alone() -> None:
    pool = LocalPool(8, 100)
    pool.join((0.0, 0), "huge", 1000)
    pool.join((0.0, 1), "small", 0)
    assert begun(pool) == ["huge"]
    pool.end("huge")
    assert begun(pool) == ["small"]


WORKS = st.lists(st.tuples(st.integers(0, 120), st.integers(-3, 3)), max_size=30)


@given(WORKS, st.integers(1, 5), st.randoms(use_true_random=False))
def test_never_too_much_and_everything_in_the_end(works: list[tuple[int, int]], places: int, chance: Random) -> None:
    pool, at_once, done = LocalPool(places, 100), set[int](), list[int]()
    to_come = list(range(len(works)))
    while to_come or at_once or len(done) < len(works):
        for number in to_come[:3]:
            pool.join((float(works[number][1]), number), str(number), works[number][0])
        to_come = to_come[3:]
        at_once |= {int(id) for id in begun(pool)}
        taken = sum(works[number][0] for number in at_once)
        assert len(at_once) <= places
        assert taken <= 100 or len([n for n in at_once if works[n][0]]) == 1
        ended = chance.choice(sorted(at_once))
        at_once.remove(ended)
        pool.end(str(ended))
        done.append(ended)
    assert sorted(done) == list(range(len(works)))


def test_a_run_keeps_to_it() -> None:
    big = [replace(mix(name, name), work=Mix(name, takes=60)) for name in "xyz"]
    book = Playbook(steps(*big), workers=3, memory=100)
    machine = book.play("""
        > began
        < look x
        < look y
        < look z
        > looked x: nothing
        < tell StepStarted x
        < run x
        > looked y: nothing
        > looked z: nothing
        > made x: 1
        < tell StepStarted y
        < run y
        > broke y: localtool
        < tell StepFailed y
        < tell StepStarted z
        < run z
        > made z: 3
    """)
    assert machine.finished
