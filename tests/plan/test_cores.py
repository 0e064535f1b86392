"""Who of the local steps begins, and who waits."""

from __future__ import annotations

from reelmake.plan.cores import Cores


def queue(places: int, **cores: int) -> Cores:
    """Steps that wait in this order; `cores` that each keeps busy."""
    made = Cores(places)
    for number, (id, count) in enumerate(cores.items()):
        made.join(id, (0.0, number), count)
    return made


def begun(made: Cores) -> list[str]:
    return list(iter(made.next, None))  # type: ignore[arg-type]


def test_as_many_small_ones_as_there_are_places() -> None:
    made = queue(2, a=1, b=1, c=1)
    assert begun(made) == ["a", "b"]
    made.leave("a")
    assert begun(made) == ["c"]


def test_one_of_two_cores_takes_two_places() -> None:
    made = queue(2, film=2, next=2, sound=1, mix=1)
    assert begun(made) == ["film"]
    made.leave("film")
    assert begun(made) == ["next"]
    made.leave("next")
    assert begun(made) == ["sound", "mix"]


def test_a_place_that_is_too_small_for_the_first_is_for_the_next() -> None:
    assert begun(queue(5, a=2, b=2, c=2, d=1)) == ["a", "b", "d"]


def test_one_that_needs_more_than_there_is_takes_all() -> None:
    made = queue(1, film=2, sound=1)
    assert begun(made) == ["film"]
    made.leave("film")
    assert begun(made) == ["sound"]


def test_the_most_urgent_comes_first_whatever_it_needs() -> None:
    made = Cores(3)
    for id, urgency, cores in (("late", 1.0, 2), ("small", 2.0, 1), ("soon", 3.0, 2)):
        made.join(id, (-urgency, 0), cores)
    assert begun(made) == ["soon", "small"]
