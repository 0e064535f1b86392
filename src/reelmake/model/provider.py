"""What a kind of provider can do, as data. Knows no provider by name and no protocol."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

Operation = Literal["generate", "remix", "extend"]
OPERATIONS: tuple[Operation, ...] = ("generate", "remix", "extend")


@dataclass(frozen=True, slots=True)
class Capabilities:
    """One provider kind.

    `dialect` enters the key of every job: it changes when the same order would mean something else.
    `local` providers run on this machine's CPU pool, cost nothing and need no journal.
    `negative`: takes a negative prompt; without it, `avoid` becomes a sentence of the prompt.
    `image`, `last_image`, `references`: what pictures it takes.
    """

    kind: str
    dialect: str
    local: bool = False
    operations: frozenset[Operation] = frozenset({"generate"})
    negative: bool = False
    image: bool = True
    last_image: bool = False
    references: bool = False
    default_model: str = ""
    price: Decimal | None = None  # USD per second where the kind itself fixes it
    extras: frozenset[str] = field(default_factory=frozenset)  # known vendor-only fields; empty = any
