"""The options of an output: what they mean, what they may be, and which value holds. Knows no kind of output."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from reelmake.diagnostics import Diagnostic
from reelmake.errors import Mistake
from reelmake.model.storyboard import Output
from reelmake.model.time import exact
from reelmake.records import dataclass


@dataclass(frozen=True, slots=True)
class Number:
    """Whole numbers from `low` to `high`."""

    low: int
    high: int

    def __str__(self) -> str:
        return f"a whole number from {self.low} to {self.high}"

    def read(self, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int | Fraction | str):
            raise ValueError
        number = exact(str(value))
        if number.denominator != 1 or not self.low <= number <= self.high:
            raise ValueError
        return int(number)


@dataclass(frozen=True, slots=True)
class Seconds:
    """A time in the cut; "" = none."""

    def __str__(self) -> str:
        return "a number of seconds"

    def read(self, value: object) -> Fraction | None:
        if value == "":
            return None
        if isinstance(value, bool) or not isinstance(value, int | float | Fraction | str):
            raise ValueError
        time = exact(str(value))  # of a float, what its author wrote: 0.1 is a tenth
        if time < 0:
            raise ValueError
        return time


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of a few values."""

    values: tuple[object, ...]

    def __str__(self) -> str:
        return "one of " + ", ".join(str(v).lower() for v in self.values)

    def read(self, value: object) -> object:
        if value not in self.values or (isinstance(value, int) and not isinstance(value, bool)):
            raise ValueError
        return value


@dataclass(frozen=True, slots=True)
class TextMap:
    """A mapping of texts whose names are among `names`."""

    names: tuple[str, ...]

    def __str__(self) -> str:
        return "a mapping of texts, named " + ", ".join(self.names)

    def read(self, value: object) -> object:
        if not isinstance(value, Mapping) or not all(
            name in self.names and isinstance(text, str) and "\0" not in text for name, text in value.items()
        ):
            raise ValueError
        return value


@dataclass(frozen=True, slots=True)
class Ladder:
    """Sizes of one picture, each by its shorter side: a list, or a mapping to the most kilobits a second."""

    def __str__(self) -> str:
        return "a list of even numbers from 64 to 4320, or a mapping of them to numbers of kilobits a second"

    def read(self, value: object) -> dict[int, int]:
        """Kilobits a second at most by shorter side, 0 = as many as it takes."""
        if not isinstance(value, Mapping | list | tuple):
            raise ValueError
        given = value if isinstance(value, Mapping) else dict.fromkeys(value, 0)
        rungs = {int(str(side)): int(str(most)) for side, most in given.items() if f"{side}{most}".isdecimal()}
        if len(rungs) < len(value) or any(side % 2 or not 64 <= side <= 4320 for side in rungs):
            raise ValueError
        return rungs


@dataclass(frozen=True, slots=True)
class Option:
    """`default` and `meaning` as the reference shows them; `rule` None = not read from `Output.options`."""

    default: object
    meaning: str
    rule: Number | Seconds | OneOf | TextMap | Ladder | None = None


def chosen(options: Mapping[str, Option], output: Output, name: str) -> Any:
    """The value of an option for this output: an int for a Number, a Fraction or None for Seconds, a member for a
    OneOf, rungs for a Ladder. Raises Mistake (RM460)."""
    option = options[name]
    value = output.options.get(name, option.default)
    if option.rule is None:
        return value
    try:
        return option.rule.read(value)
    except ValueError:
        message = f"`{name}` of the output {output.path} must be {option.rule}, not {value}"
        raise Mistake([Diagnostic("RM460", message, output.span)]) from None
