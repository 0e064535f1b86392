"""The outcome of a run: what became of every step, what it cost, what was learned on the way.

Knows nothing of how it was carried out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal

from reelmake.model.take import Take
from reelmake.plan.waitlist import State, StepResult
from reelmake.records import dataclass


@dataclass(frozen=True)
class Outcome:
    """`results` by step id, for everything the targets depend on.

    `generated`: paid clips kept in this run, also those an earlier run had ordered. `cost`: their USD, as far as known.
    `gone`: (provider, remote) of sources that are not there any more.
    `pace`: by provider and model, how many seconds a second of clip takes, where this run has seen it.
    """

    results: Mapping[str, StepResult]
    cost: Decimal
    generated: int
    interrupted: bool
    gone: frozenset[tuple[str, str]] = frozenset()
    pace: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def take(self, id: str) -> Take | None:
        return self.results[id].take if id in self.results else None

    @property
    def failed(self) -> list[StepResult]:
        return [r for r in self.results.values() if r.state is State.FAILED]

    @property
    def skipped(self) -> list[StepResult]:
        return [r for r in self.results.values() if r.state is State.SKIPPED]

    @property
    def made(self) -> list[StepResult]:
        return [r for r in self.results.values() if r.made]

    @property
    def reused(self) -> list[StepResult]:
        return [r for r in self.results.values() if r.state is State.DONE and not r.made]
