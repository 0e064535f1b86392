"""Layout: the graph of every variant of a storyboard, with the cuts and shots it was made from. Knows no records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from reelmake.model.cut import Cut
from reelmake.model.job import Slate
from reelmake.model.script import Script
from reelmake.plan.graph import Graph
from reelmake.plan.shots import ShotSteps


@dataclass(frozen=True)
class Layout:
    """`cuts` and `shots` by variant ("" without a matrix)."""

    script: Script
    graph: Graph
    cuts: Mapping[str, Cut]
    shots: Mapping[str, ShotSteps]

    @cached_property
    def slates(self) -> dict[str, Slate]:
        """Every shot of every variant, by address, in the author's order."""
        return {address: slate for v in self.script.variants for address, slate in v.slates.items()}

    def variant_of(self, address: str) -> str:
        return address.rpartition("/")[0]

    def shots_called(self, word: str) -> list[str]:
        """Addresses that an id, an address or a tag stands for."""
        return [a for a, s in self.slates.items() if word in (a, a.rpartition("/")[2]) or word in s.tags]
