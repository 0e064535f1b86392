"""The shelf of transitions, one file each; pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

DIRECTIONS = ("left", "right", "up", "down")


def one_of(of: str, **choices: tuple[object, ...]) -> Callable[[Mapping[str, object]], str]:
    """The `complaint` of a transition whose parameters have few values each, the default first.

    It is a sentence about the first that is there and none of them; "" if all is well.
    """

    def complaint(params: Mapping[str, object]) -> str:
        for name, values in choices.items():
            given = params.get(name, values[0])
            if any(given == value and isinstance(given, bool) == isinstance(value, bool) for value in values):
                continue
            if values == (False, True):
                return f"`{name}` of {of} is true or false, not {given}"
            return f"the {name} of {of} is one of {', '.join(map(str, values))}, not {given}"
        return ""

    return complaint
