"""Takes as a table: what exists of each shot, what is picked, where its clip is. Knows nothing of stores."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reelmake.model.take import Take
from reelmake.plan.decide import Decision, Plan
from reelmake.plan.layout import Layout
from reelmake.report.plan import money


@dataclass(frozen=True, slots=True)
class Row:
    """One take of one shot. `clip` is its path, "" if it is not there."""

    shot: str
    take: int
    picked: bool
    by: str
    decision: Decision
    clip: str

    def as_json(self) -> dict[str, Any]:
        made = self.decision.take
        return {
            "shot": self.shot,
            "take": self.take,
            "picked": self.picked,
            "picked_by": self.by if self.picked else None,
            "verdict": self.decision.verdict.value,
            "clip": self.clip or None,
            "sha256": made.digest if made else None,
            "made": made.made if made else None,
            "cost_usd": None if made is None or made.cost is None else float(made.cost),
            "seconds": float(made.facts.seconds) if made and made.facts.seconds is not None else None,
        }


def rows(plan: Plan, layout: Layout, path: Callable[[Take], Path]) -> list[Row]:
    """In the storyboard's order; shared takes stand under each of their shots."""
    by_shot: dict[str, list[Decision]] = {}
    for d in plan.jobs:
        for shot in d.step.shots:
            by_shot.setdefault(shot, []).append(d)
    found = []
    for shot in layout.slates:
        choice = layout.choice(shot)
        for d in by_shot.get(shot, []):
            assert d.step.job is not None
            number = d.step.job.take
            clip = os.path.relpath(path(d.take)) if d.take else ""
            found.append(Row(shot, number, number == choice.take, choice.by, d, clip))
    return found


def table(found: Sequence[Row], paint: Callable[[str, str], str]) -> str:
    """`●` marks the picked take."""
    if not found:
        return "no generated shots"
    wide = max(len(r.shot) for r in found)
    lines = []
    last = ""
    for r in found:
        mark = paint("●", "good") if r.picked else "○"
        made = r.decision.take
        state = f"{money(made.cost)}  {r.clip}" if made else paint(r.decision.verdict.value, "warn")
        why = f"  (picked in the {r.by})" if r.picked and r.by != "default" else ""
        lines.append(
            f"{(r.shot if r.shot != last else '').ljust(wide)}  {mark} take {r.take}  {state}{paint(why, 'dim')}"
        )
        last = r.shot
    return "\n".join(lines)
