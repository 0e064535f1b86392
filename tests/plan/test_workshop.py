"""Who may begin on this machine: the most urgent first, no more than there are places, and no more than memory goes."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from reelmake.plan.local_pool import LocalPool
from tests.support.playbook import Playbook
from tests.support.world import Mix, mix, steps


def begun(shop: LocalPool) -> list[str]:
    found = []
    while (id := shop.begin()) is not None:
        found.append(id)
    return found


def test_as_many_as_there_are_places_if_nobody_knows_the_memory() -> None:
    shop = LocalPool(2)
    for number in range(3):
        shop.join((0.0, number), f"{number}", 1 << 40)
    assert begun(shop) == ["0", "1"]
    shop.end("0")
    assert begun(shop) == ["2"]


def test_a_large_one_waits_until_there_is_memory_and_is_not_overtaken() -> None:
    shop = LocalPool(8, 100)
    for number, memory in enumerate((60, 50, 10)):
        shop.join((0.0, number), f"{number}", memory)
    assert begun(shop) == ["0"]
    shop.end("0")
    assert begun(shop) == ["1", "2"]


def test_what_is_too_large_is_done_alone() -> None:
    shop = LocalPool(8, 100)
    shop.join((0.0, 0), "huge", 1000)
    shop.join((0.0, 1), "small", 0)
    assert begun(shop) == ["huge"]
    shop.end("huge")
    assert begun(shop) == ["small"]


WORKS = st.lists(st.tuples(st.integers(0, 120), st.integers(-3, 3)), max_size=30)


@given(WORKS, st.integers(1, 5), st.randoms(use_true_random=False))
def test_never_too_much_and_everything_in_the_end(works: list[tuple[int, int]], places: int, chance: Random) -> None:
    shop, at_once, done = LocalPool(places, 100), set[int](), list[int]()
    to_come = list(range(len(works)))
    while to_come or at_once or len(done) < len(works):
        for number in to_come[:3]:
            shop.join((float(works[number][1]), number), str(number), works[number][0])
        to_come = to_come[3:]
        at_once |= {int(id) for id in begun(shop)}
        taken = sum(works[number][0] for number in at_once)
        assert len(at_once) <= places
        assert taken <= 100 or len([n for n in at_once if works[n][0]]) == 1
        ended = chance.choice(sorted(at_once))
        at_once.remove(ended)
        shop.end(str(ended))
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
