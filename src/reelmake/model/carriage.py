"""How requests are carried: the options of every provider that is reached over HTTP, whatever it speaks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reelmake.records import dataclass


@dataclass(frozen=True, slots=True)
class Carriage:
    """Times are in seconds; OPTIONS says the same to authors.

    connect_timeout: until there is a connection. read_timeout: for an answer, and for each next piece of a clip.
    create_timeout: for the answer to a paid request. downloads: at once, at most. allow_private: a link in a reply may
    lead to any address of this machine or its network, not only within the provider's own. list_lag: after which a job
    that was taken is in the provider's list; None = as the kind knows it.
    """

    connect_timeout: float = 10.0
    read_timeout: float = 60.0
    create_timeout: float = 120.0
    downloads: int = 4
    allow_private: bool = False
    list_lag: float | None = None

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Carriage:
        """Of a provider's options, which may hold others; raises TypeError or ValueError for what is no number."""
        said = {name: options[name] for name in OPTIONS if name in options}
        for name in said.keys() & {"connect_timeout", "read_timeout", "create_timeout", "list_lag"}:
            said[name] = float(said[name])
        return cls(**said)


def _seconds(title: str, description: str, default: float) -> dict[str, Any]:
    number = {"type": "number", "exclusiveMinimum": 0, "maximum": 86400}
    return {"title": title, "description": description, "default": default, "examples": [2 * default], **number}


OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "connect_timeout": _seconds("Time to connect", "Seconds to wait for a connection.", 10),
    "read_timeout": _seconds("Time to answer", "Seconds to wait for an answer, and for each next piece of a clip.", 60),
    "create_timeout": _seconds(
        "Time to answer an order", "Seconds to wait; after that it is unknown whether the order was accepted.", 120
    ),
    "downloads": {
        "title": "Downloads", "description": "How many clips are downloaded at the same time.", "type": "integer",
        "minimum": 1, "maximum": 1000, "default": 4, "examples": [8],
    },
    "allow_private": {
        "title": "Private addresses", "default": False, "examples": [True], "type": "boolean",
        "description": "May a link in a reply lead into a private network that the provider itself is not in?",
    },
    "list_lag": {
        "title": "Lag of the list", "type": "number", "minimum": 0, "maximum": 86400, "examples": [60],
        "description": "Seconds after which a job that was taken is in the provider's list. An order whose answer "
        "was lost is sent again when the list has not shown it for that long; where it is not known, a person decides.",
    },
}  # fmt: skip
"""Every option of Carriage as JSON Schema has a property."""
