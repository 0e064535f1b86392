"""Goal: what a run is to make: targets, the graph they stand in, and which steps are urgent. Knows nothing of how."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import field

from reelmake.model.step import Step
from reelmake.records import dataclass


@dataclass(frozen=True, slots=True)
class Goal:
    """`steps` by id, each after those it depends on. `priority`: by id, seconds from the start of a step to the end of
    all that depends on it."""

    steps: Mapping[str, Step]
    targets: Collection[str]
    priority: Mapping[str, float] = field(default_factory=dict)

    def wanted(self) -> dict[str, Step]:
        """The targets and all that they depend on, in the order of `steps`. KeyError for a target that is not there."""
        found: set[str] = set()
        todo = list(self.targets)
        while todo:
            id = todo.pop()
            if id not in found:
                found.add(id)
                todo.extend(parents(self.steps[id]))
        return {id: step for id, step in self.steps.items() if id in found}


def parents(step: Step) -> list[str]:
    """Ids of the steps it depends on, each once: those it is made from and those its key is made from."""
    return list(dict.fromkeys(i.step for given in step.inputs for i in (given, given.keyed) if i.step))
