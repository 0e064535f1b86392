"""Record: what reelmake.lock says of one shot. Which orders had which take picked, which takes exist.

Knows nothing of the file's format.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from reelmake.records import dataclass


@dataclass(frozen=True, slots=True)
class Record:
    """`shot` is an address. `picks` and `wishes` are by order (plan/key.order): a choice holds for its order.

    `takes`: take number -> (key, digest of the clip) of the order that was last built.
    `provider`: dialect and model that made them, for the reader of a diff.
    """

    shot: str
    order: str = ""
    picks: Mapping[str, int] = field(default_factory=dict)  # order -> take number
    wishes: Mapping[str, int] = field(default_factory=dict)  # order -> how many takes were asked for by `retake`
    takes: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    provider: str = ""
