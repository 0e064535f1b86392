"""How each variant of a matrix stands after a build: is it made, what failed, what its takes have cost.

A variant stands for itself: what fails in one stops the others only where they share it. Knows nothing of files.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from reelmake.plan.result import Failure, VariantResult
from reelmake.plan.waitlist import State

if TYPE_CHECKING:
    from reelmake.model.take import Take
    from reelmake.plan.decide import Plan
    from reelmake.plan.layout import Layout
    from reelmake.plan.waitlist import StepResult


def variant_results(
    layout: Layout,
    plan: Plan,
    takes: Mapping[str, Take],
    standing: Collection[str],
    results: Mapping[str, StepResult],
    failures: Sequence[Failure],
) -> tuple[VariantResult, ...]:
    """Of those whose outputs are in the plan, in the author's order; none without a matrix.

    `takes` and `results` by step; `standing`: steps whose outputs are in their places. A take counts for the first
    variant that uses it, so the costs add up to what was paid.
    """
    if "" in layout.cuts:
        return ()
    outputs: dict[str, list[str]] = {name: [] for name in layout.cuts}
    costs: dict[str, Decimal | None] = dict.fromkeys(layout.cuts, Decimal(0))
    for id, step in plan.steps.items():
        name = step.shots[0].rpartition("/")[0] if step.shots else ""
        if step.output and name in outputs:
            outputs[name].append(id)
        elif step.paid and id in takes and name in costs:
            costs[name] = _sum(costs[name], takes[id].cost)
    failed = {f.step: f for f in failures}

    def result(name: str, steps: Sequence[str]) -> VariantResult:
        made = [takes[id] for id in steps if id in standing]
        causes = [failed[cause] for id in steps if (cause := _cause(id, results)) in failed]
        lengths = (take.facts.seconds for take in made if take.facts.seconds is not None)
        return VariantResult(
            name,
            "made" if len(made) == len(steps) else "failed" if causes else "not made",
            tuple(plan.graph.steps[id].output for id in steps),
            float(seconds) if (seconds := next(lengths, None)) is not None else None,
            costs[name],
            max((take.made for take in made), default=""),
            f"{causes[0].code} {causes[0].name}: {causes[0].message}" if causes and len(made) < len(steps) else "",
            any(id in results and results[id].made for id in steps),
        )

    return tuple(result(name, steps) for name, steps in outputs.items() if steps)


def _sum(known: Decimal | None, cost: Decimal | None) -> Decimal | None:
    return None if known is None or cost is None else known + cost


def _cause(id: str, results: Mapping[str, StepResult]) -> str:
    """The step that failed, for an output that is not made for it."""
    found = results.get(id)
    return found.because if found is not None and found.state is State.SKIPPED else id
