"""A dataclass of ours is one of the standard library's to everybody who asks."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable
from dataclasses import field, replace

import pytest

from reelmake.records import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    x: int
    y: float = 0.5
    spans: dict[str, int] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True)
class Placed(Point):
    """A point with a name."""

    name: str = ""


@dataclass
class Loose:
    values: list[int] = field(default_factory=list)

    def __repr__(self) -> str:
        return "loose"


@dataclass(frozen=True, slots=True)
class Nothing:
    """No fields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    first: int = 1
    second: str


def test_fields_decide_what_is_equal() -> None:
    assert Point(1) == Point(1, 0.5, {"a": 1}) != Point(2)
    assert hash(Point(1)) == hash(Point(1, spans={"a": 1}))
    assert Point(1) != Placed(1)
    assert Placed(1, name="a") == Placed(1, name="a") != Placed(1)
    assert Nothing() == Nothing()
    assert len({Nothing(), Nothing(), Point(1), Point(1)}) == 2


def test_what_may_change_has_no_hash() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(Loose())


def test_it_shows_as_the_standard_one_does() -> None:
    assert repr(Placed(1, name="a")) == "Placed(x=1, y=0.5, name='a')"
    assert repr(Loose()) == "loose"
    assert Point(1).__match_args__ == ("x", "y", "spans")


def test_a_slot_is_all_there_is() -> None:
    with pytest.raises(AttributeError):
        setattr(Point(1), "z", 3)  # noqa: B010 (the type checker forbids the other spelling)


@pytest.mark.parametrize("through", [copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_it_is_copied_and_sent_to_a_worker(through: Callable[[Point], Point]) -> None:
    assert through(Point(3, 2.0)) == Point(3, 2.0)


def test_the_standard_functions_know_it() -> None:
    assert dataclasses.is_dataclass(Point)
    assert [f.name for f in dataclasses.fields(Placed)] == ["x", "y", "spans", "name"]
    assert replace(Point(1), y=2.0) == Point(1, 2.0)
    assert dataclasses.asdict(Placed(1, spans={"a": 1})) == {"x": 1, "y": 0.5, "spans": {"a": 1}, "name": ""}


def test_arguments_are_asked_for_by_name() -> None:
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'x'"):
        Point()  # type: ignore[call-arg]


def test_fields_by_name_only_come_in_any_order() -> None:
    assert repr(Named(second="b")) == "Named(first=1, second='b')"
    assert Named.__match_args__ == ()
    with pytest.raises(TypeError, match="takes 1 positional argument"):
        Named(1, "b")  # type: ignore[misc]


def test_a_default_is_its_own() -> None:
    assert Point(1).spans is not Point(1).spans
    with pytest.raises(ValueError, match="values: a value that can change is no default"):

        @dataclass
        class Shared:
            values: list[int] = []  # noqa: RUF012 (that is it)


def test_the_standard_decorator_takes_it_as_a_base() -> None:
    @dataclasses.dataclass(frozen=True)
    class Theirs(Placed):
        size: int = 0

    assert Theirs(1, name="a", size=2).name == "a"
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(Theirs(1), "size", 3)  # noqa: B010


def test_what_comes_after_a_value_is_made_is_called() -> None:
    @dataclass
    class Counted:
        items: list[int]

        def __post_init__(self) -> None:
            self.count = len(self.items)

    assert [Counted([1, 2]).count, Counted([]).count] == [2, 0]
