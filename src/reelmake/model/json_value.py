"""A value as JSON has it: what is read from JSON, which others may have written, and what can be written as it.

What is wanted of it is there, or it is an error. Knows nothing of what it says.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
JsonObject: TypeAlias = "Mapping[str, Json]"


def json_object(data: bytes | str) -> JsonObject:
    """Raises ValueError for what is not JSON, no object, or brackets in brackets deeper than anybody writes them."""
    try:
        value = json.loads(data)
    except RecursionError:
        raise ValueError("too deep") from None
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def text(value: object) -> str:
    """Raises TypeError for anything else."""
    if isinstance(value, str):
        return value
    raise TypeError("text expected")


def whole(value: object) -> int:
    """Raises TypeError for anything but a whole number."""
    if isinstance(value, int):
        return value
    raise TypeError("a whole number expected")


def number(value: object) -> float:
    """Raises TypeError for anything but a number."""
    if isinstance(value, int | float):
        return value
    raise TypeError("a number expected")


def items(value: object) -> Sequence[object]:
    """Raises TypeError for anything but a list."""
    if isinstance(value, list | tuple):
        return value
    raise TypeError("a list expected")


def named(value: object) -> Mapping[str, object]:
    """Raises TypeError for anything but an object."""
    if isinstance(value, dict):
        return value
    raise TypeError("an object expected")
