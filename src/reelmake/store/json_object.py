"""JSON that others may have written: an object and what is wanted of it, or an error. Knows nothing of what it says."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reelmake.model.json_value import JsonObject


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
