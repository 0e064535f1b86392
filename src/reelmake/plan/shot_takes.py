"""The takes of generated shots, as a plan finds them: which exist, which is used, what follows if another one is.

Knows nothing of stores or tables.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from reelmake.records import dataclass

if TYPE_CHECKING:
    from reelmake.model.take import Take
    from reelmake.plan.decide import Plan
    from reelmake.plan.layout import Layout


@dataclass(frozen=True, slots=True)
class ShotTake:
    """One take of one shot. `path`: its clip in the store, read-only; None if it is not there.

    `picked`: is it the one that is used; `picked_by`: where that was chosen, "storyboard", "lock" (reelmake.lock) or
    "default". `verdict`: fresh, missing, stale or undecided. `sha256` of the clip; `cost` in USD, None = not known;
    `made`: UTC, ISO 8601; `seconds`: length of the clip.
    """

    shot: str
    take: int
    picked: bool
    picked_by: str
    verdict: str
    path: Path | None = None
    sha256: str = ""
    made: str = ""
    cost: Decimal | None = None
    seconds: float | None = None


def shot_takes(plan: Plan, layout: Layout, path: Callable[[Take], Path]) -> list[ShotTake]:
    """Of the shots in a plan, in the storyboard's order; shared takes stand under each of their shots."""
    found: dict[str, list[ShotTake]] = {}
    for d in plan.jobs:
        if (job := d.step.order) is None:
            continue
        for shot in d.step.shots:
            choice = layout.choice(shot)
            take = ShotTake(shot, job.take, job.take == choice.take, choice.by, d.verdict.value)
            if d.take:
                take = _made(take, d.take, None if d.elsewhere else path(d.take))
            found.setdefault(shot, []).append(take)
    return [take for shot in layout.slates for take in found.get(shot, [])]


def _made(entry: ShotTake, take: Take, path: Path | None) -> ShotTake:
    seconds = None if take.facts.seconds is None else float(take.facts.seconds)
    return replace(entry, path=path, sha256=take.digest, made=take.made, cost=take.cost, seconds=seconds)


@dataclass(frozen=True, slots=True)
class Consequence:
    """What the build after a choice makes that it would not have made without it: takes by name, and their cost in
    USD at most; None = the price of one is not known."""

    takes: tuple[str, ...] = ()
    cost: Decimal | None = Decimal(0)


def consequence(before: Plan, after: Plan, chosen: Collection[str] = ()) -> Consequence:
    """Of a choice that turns one plan into the other. `chosen`: shots whose own takes do not count."""
    known = {d.step.id for d in before.jobs if d.take is None}
    made = [d.step for d in after.jobs if d.take is None and d.step.id not in known]
    steps = [step for step in made if not set(step.shots) & set(chosen)]
    costs = [step.cost for step in steps]
    total = None if None in costs else sum((cost for cost in costs if cost), Decimal(0))
    return Consequence(tuple(step.name for step in steps), total)
