"""Who may begin on the cores there are: the most urgent first, and no core idle that nobody urgent can use."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from reelmake.plan.cores import Cores


def begun(cores: Cores[tuple[float, int]]) -> list[str]:
    found = []
    while (id := cores.begin()) is not None:
        found.append(id)
    return found


def test_the_most_urgent_first_one_a_core() -> None:
    cores = Cores[tuple[float, int]](2)
    for urgency, id in ((3.0, "c"), (1.0, "a"), (2.0, "b")):
        cores.join((urgency, 0), id)
    assert begun(cores) == ["a", "b"]
    cores.end("a")
    assert begun(cores) == ["c"]


def test_a_large_one_waits_until_there_is_room_and_is_not_overtaken() -> None:
    cores = Cores[tuple[float, int]](2)
    cores.join((1.0, 0), "small")
    cores.join((2.0, 0), "large", 2)
    cores.join((3.0, 0), "late")
    assert begun(cores) == ["small"]
    cores.end("small")
    assert begun(cores) == ["large"]
    cores.end("large")
    assert begun(cores) == ["late"]


def test_a_core_too_many_for_the_large_is_for_the_small() -> None:
    cores = Cores[tuple[float, int]](3)
    for number in range(2):
        cores.join((1.0, number), f"large {number}", 2)
        cores.join((2.0, number), f"small {number}")
    assert begun(cores) == ["large 0", "small 0"]
    cores.end("small 0")
    assert begun(cores) == ["small 1"]
    cores.end("large 0")
    assert begun(cores) == ["large 1"]


def test_on_one_core_the_large_goes_alone() -> None:
    cores = Cores[tuple[float, int]](1)
    cores.join((1.0, 0), "large", 2)
    cores.join((2.0, 0), "small")
    assert begun(cores) == ["large"]
    cores.end("large")
    assert begun(cores) == ["small"]


@given(st.integers(1, 9), st.lists(st.tuples(st.integers(0, 5), st.integers(1, 4)), max_size=30), st.randoms())
def test_everybody_comes_to_it_and_no_core_is_given_twice(
    count: int, work: list[tuple[int, int]], chance: Random
) -> None:
    cores = Cores[tuple[float, int]](count)
    needs = {str(number): min(need, count) for number, (_, need) in enumerate(work)}
    for number, (urgency, need) in enumerate(work):
        cores.join((float(urgency), number), str(number), need)
    running: list[str] = []
    done: list[str] = []
    while True:
        running += begun(cores)
        assert sum(needs[id] for id in running) <= count
        if not running:
            break
        ended = running.pop(chance.randrange(len(running)))
        cores.end(ended)
        done.append(ended)
    assert sorted(done) == sorted(needs)
