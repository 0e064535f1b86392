"""A key task: all that is done for one key in a run, whoever wants it. Knows nothing of what that is."""

from __future__ import annotations

from dataclasses import field

from reelmake.model.order import Order
from reelmake.model.step import Step
from reelmake.model.take import Manifest
from reelmake.plan.reservations import Rank
from reelmake.records import dataclass


@dataclass
class KeyTask:
    """`waiting`: the steps that get its take. `step`, `manifest` and `rank` are the first one's; an order of an earlier
    run that nobody wants any more has none of them, and `title` is what events call it."""

    id: str
    key: str
    title: str = ""
    step: Step | None = None
    manifest: Manifest = ()
    rank: Rank = (0.0, 0)
    waiting: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What events call it."""
        return self.waiting[0] if self.waiting else self.title or self.id

    @property
    def needed(self) -> Step:
        """Its step, where somebody wants it."""
        if self.step is None:
            raise RuntimeError(f"bug: nobody wants {self.id}")
        return self.step

    @property
    def ordered(self) -> Order:
        """What is ordered of a provider, where somebody wants it."""
        if self.needed.order is None:
            raise RuntimeError(f"bug: {self.id} is no order")
        return self.needed.order
