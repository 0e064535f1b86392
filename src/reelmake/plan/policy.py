"""Policy: what a run may do, as whoever started it decided. Knows nothing of what there is to do."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from reelmake.records import dataclass


@dataclass(frozen=True, slots=True)
class Policy:
    """`budget`: USD that the run may spend, None = no bound. `locked`: no take is made, only what is cut from them.
    `alone`: open orders of earlier runs that are not wanted here are left as soon as the targets are made; `apart`: no
    open order is followed at all. `workers`, `memory`: how many pieces of local work at once, and the bytes that they
    may take together, None = not known."""

    budget: Decimal | None = None
    locked: bool = False
    alone: bool = False
    apart: bool = False
    workers: int = 1
    memory: int | None = None
    agreed: Collection[str] | None = None

    def unsaid(self, wanted: Collection[str]) -> bool:
        """Are these steps, which want the same take, none that the plan said it would be ordered for?"""
        return self.agreed is not None and not any(id in self.agreed for id in wanted)
