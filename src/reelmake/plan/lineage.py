"""Lineage: what an output was made from, as a record that stands beside it: its takes with all that was ordered and
what it cost, the author's files, the tools. Every digest in it can be computed again.

It says the same as long as the output and what it is made from stay what they are. No secret is part of an order, and
every path is one of the project. Knows nothing of where it is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from reelmake.records import dataclass

if TYPE_CHECKING:
    from reelmake.model.json_value import Json, JsonObject
    from reelmake.model.step import Input, Step
    from reelmake.model.take import Facts, Manifest, Take
    from reelmake.plan.step_graph import Graph

FORMAT = 1
SUFFIX = ".lineage.json"  # behind the whole name of the output


@dataclass(frozen=True, slots=True)
class Ancestry:
    """What was made: `takes` by step id; `manifest` of a step; `file_digest`: sha256 of a file of the project."""

    takes: Mapping[str, Take]
    manifest: Callable[[str], Manifest]
    file_digest: Callable[[str], str]


def lineage(graph: Graph, group: Sequence[str], known: Ancestry, version: str) -> JsonObject:
    """Of outputs that are published together, the last of which the others belong to. `version`: of reelmake, which put
    it together. Raises what `file_digest` raises, and KeyError if a take is not known."""
    steps = graph.below(group)
    *parts, main = group
    made = known.takes[main]
    orders = [(id, step) for id, step in steps.items() if step.order]
    costs = [known.takes[id].cost for id, _ in orders]
    files = {i.file for step in steps.values() for given in step.inputs for i in (given, given.keyed) if i.file}
    return {
        "lineage": FORMAT,
        "output": steps[main].output,
        "sha256": made.digest,
        "key": made.key,
        **_facts(made.facts),
        "parts": [{"output": steps[id].output, "sha256": known.takes[id].digest} for id in parts],
        "takes": [_take(graph, step, known.takes[id], known) for id, step in orders],
        "files": [{"path": path, "sha256": known.file_digest(path)} for path in sorted(files)],
        "cost_usd": None if None in costs else float(sum((cost for cost in costs if cost), Decimal(0))),
        "tools": sorted({tool for step in steps.values() for tool in step.tool.split(", ") if tool}),
        "reelmake": version,
    }


def _take(graph: Graph, step: Step, take: Take, known: Ancestry) -> JsonObject:
    order = dict(known.manifest(step.id))
    return {
        "shots": list(step.shots),
        "medium": step.order.medium if step.order else "clip",
        "take": step.take,
        "sha256": take.digest,
        "key": take.key,
        **_facts(take.facts),
        "provider": take.provider,
        "model": take.model,
        "cost_usd": None if take.cost is None else float(take.cost),
        "made": take.made,
        "order": order,
        "inputs": [*_inputs(graph, step, order)],
        "notes": list(take.facts.notes),
    }


def _inputs(graph: Graph, step: Step, order: Mapping[str, str]) -> Iterator[JsonObject]:
    """What each is: a file of the project, or a take by its shots."""
    for given in step.inputs:
        sha256 = order.get(f"input {given.label}", "")
        if given.keyed.file:
            yield {"label": given.label, "file": given.keyed.file, "sha256": sha256}
        else:
            yield {"label": given.label, "shots": list(_shots(graph, given.keyed)), "sha256": sha256}


def _shots(graph: Graph, given: Input) -> tuple[str, ...]:
    """Addresses of the takes that an input is, or is put together from."""
    step = graph.steps[given.step]
    if step.order:
        return step.shots
    return tuple(dict.fromkeys(shot for i in step.inputs if i.keyed.step for shot in _shots(graph, i.keyed)))


def _facts(facts: Facts) -> dict[str, Json]:
    measured: dict[str, Json] = {
        "bytes": facts.bytes,
        "seconds": None if facts.seconds is None else float(facts.seconds),
        "frames": facts.frames,
        "width": facts.width,
        "height": facts.height,
    }
    return {name: value for name, value in measured.items() if value is not None}
