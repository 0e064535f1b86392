"""What a run is given: its Goal (what to make), its Policy (what it may do, as whoever started it decided), its History
(what is known of earlier runs). Values only; knows nothing of how a run goes or where anything is written."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import field
from decimal import Decimal

from reelmake.model.step import Step
from reelmake.model.take import Attempt, Take
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


@dataclass(frozen=True, slots=True)
class Policy:
    """`budget`: USD that the run may spend, None = no bound. `locked`: no take is made, only what is cut from them.
    `alone`: open orders of earlier runs that are not wanted here are left as soon as the targets are made; `follows`:
    keys of the open orders that are followed at all, None = of all. `sends`: what is at its provider is left there.
    `workers`, `memory`: how many pieces of local work at once, and the bytes that they may take together, None = not
    known."""

    budget: Decimal | None = None
    locked: bool = False
    alone: bool = False
    follows: Collection[str] | None = None
    sends: bool = False
    workers: int = 1
    memory: int | None = None
    agreed: Collection[str] | None = None

    def unsaid(self, wanted: Collection[str]) -> bool:
        """Are these steps, which want the same take, none that the plan said it would be ordered for?"""
        return self.agreed is not None and not any(id in self.agreed for id in wanted)


@dataclass(frozen=True, slots=True)
class History:
    """`attempts`: the open orders of the journal, oldest first, each with the monotonic time of its intent.
    `delivered`: by key, orders whose result was kept: should it be lost, it is fetched again. `recent`: (provider,
    monotonic time) of requests that may still count in a minute. `moderated`: by key, how many results were refused
    after they were made.

    `usual`: by provider and sort of job, how many seconds a second of clip took. `away`: keys of takes that were made
    elsewhere, and are not ordered. `elsewhere`: by key, takes that stand on further shelves; `asked`: the keys that
    these were asked for by the plan, None = there is nobody to ask. `gone`: (provider, remote) of jobs whose clip is no
    longer there.
    """

    attempts: Sequence[tuple[Attempt, float]] = ()
    delivered: Mapping[str, Attempt] = field(default_factory=dict)
    recent: Sequence[tuple[str, float]] = ()
    moderated: Mapping[str, int] = field(default_factory=dict)
    usual: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    away: Collection[str] = ()
    elsewhere: Mapping[str, Take] = field(default_factory=dict)
    asked: Collection[str] | None = None
    gone: Collection[tuple[str, str]] = ()
