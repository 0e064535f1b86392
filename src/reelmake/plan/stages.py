"""The two stages of a plan: what can be made before any clip, and what is a clip or hangs on one. Knows no prices but
those of the plan."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from reelmake.model.medium import CLIP
from reelmake.plan.decide import Verdict
from reelmake.records import dataclass

if TYPE_CHECKING:
    from reelmake.plan.decide import Decision, Plan


@dataclass(frozen=True)
class Stage:
    """`jobs`: its takes, in the order of the plan."""

    jobs: Sequence[Decision]

    @property
    def todo(self) -> list[Decision]:
        return [d for d in self.jobs if d.verdict is not Verdict.FRESH]

    @property
    def cost(self) -> Decimal:
        """USD at most of what will be asked for, as far as prices are known."""
        return sum((d.cost or Decimal(0) for d in self.todo if not d.ordered), Decimal(0))

    @property
    def unpriced(self) -> int:
        return sum(d.cost is None and not d.ordered for d in self.todo)

    @property
    def bounded(self) -> bool:
        """Is the cost that of the dearest that it may come to?"""
        return any(d.dearest is not None for d in self.todo)


def stages(plan: Plan) -> tuple[Stage, Stage]:
    """Stills, lines and music that need no clip; then all other takes."""
    later: set[str] = set()
    for id, d in plan.decisions.items():
        order = d.step.order
        if (order is not None and order.medium == CLIP.name) or any(i.step in later for i in d.step.inputs):
            later.add(id)
    needed = [d for d in plan.decisions.values() if d.step.take]
    return (
        Stage([d for d in needed if d.step.id not in later]),
        Stage([d for d in needed if d.step.id in later]),
    )
