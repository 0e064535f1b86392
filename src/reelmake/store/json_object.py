"""JSON that others may have written: an object, or ValueError, whatever it is. Knows nothing of what it says."""

from __future__ import annotations

import json
from typing import Any


def json_object(data: bytes | str) -> dict[str, Any]:
    """Raises ValueError for what is not JSON, no object, or brackets in brackets deeper than anybody writes them."""
    try:
        value = json.loads(data)
    except RecursionError:
        raise ValueError("too deep") from None
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value
