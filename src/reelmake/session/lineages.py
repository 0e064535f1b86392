"""Lineages: the record beside each output that says what it was made from, written after a build.

It is only written where it says something else than the one that stands there. Knows nothing of what is in it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from reelmake.errors import LocalTool, Unwilling
from reelmake.plan.decide import decide
from reelmake.plan.lineage import SUFFIX, Ancestry, lineage
from reelmake.session.project import evidence
from reelmake.store.placing import room, write_text
from reelmake.visible import visible_json

if TYPE_CHECKING:
    from reelmake.model.json_value import JsonObject
    from reelmake.model.take import Manifest, Take
    from reelmake.plan.decide import Plan
    from reelmake.session.project import Snapshot
    from reelmake.session.run import BuildRun


def written(
    run: BuildRun, seen: Snapshot, plan: Plan, takes: Mapping[str, Take], groups: Collection[Sequence[str]]
) -> dict[str, Path]:
    """Where its record is, by step id, of each output that has one now. `groups`: outputs that stand in their places,
    as they are published together; the last of each has the record of all. `takes` by step."""
    found: dict[str, Path] = {}
    try:
        whole = _with_takes_above(seen, plan, takes, groups)
    except LocalTool as error:  # a file that is gone again
        run.warn(f"what the outputs were made from is not written: {error}")
        return found
    for group in groups:
        path = plan.graph.steps[group[-1]].output + SUFFIX
        try:
            room(run.workspace.root, path)
            _write(seen, plan, path, group, whole)
        except KeyError:
            continue  # not all that it was made from is here any more: what stands there, if anything, still holds
        except (LocalTool, Unwilling) as error:
            run.warn(f"{path} is not written: {error}")
            continue
        found[group[-1]] = run.workspace.root / path
    return found


def _with_takes_above(
    seen: Snapshot, plan: Plan, takes: Mapping[str, Take], groups: Collection[Sequence[str]]
) -> Ancestry:
    """With those that this run had no need of, for what is made of them was there already."""
    steps = plan.graph.below([id for group in groups for id in group])
    missing = [id for id, step in steps.items() if step.order and id not in takes]
    decisions = dict(plan.decisions)
    if missing:
        decisions |= decide(plan.graph, missing, evidence(seen)).decisions
    known = {**{id: d.take for id, d in decisions.items() if d.take}, **takes}

    def manifest(id: str) -> Manifest:
        decision, take = decisions.get(id), known[id]
        if decision and decision.key == take.key and decision.manifest:
            return decision.manifest
        record = None if take.manifest else seen.workspace.store.record(take.key)
        return record.manifest if record else take.manifest

    return Ancestry(known, manifest, seen.inputs.digest)


def _write(seen: Snapshot, plan: Plan, path: str, group: Sequence[str], known: Ancestry) -> None:
    """Raises KeyError, LocalTool."""
    from reelmake import __version__

    file, there = seen.workspace.root / path, ""
    try:
        there = file.read_text(encoding="utf-8") if file.is_file() and not file.is_symlink() else ""
        before = json.loads(there)
        same = before["sha256"] == known.takes[group[-1]].digest
        version = str(before["reelmake"]) if same else __version__  # a newer one has not put it together again
    except (OSError, ValueError, KeyError, TypeError):
        version = __version__
    said = _text(lineage(plan.graph, group, known, version))
    if said != there:
        write_text(file, said)


def _text(record: JsonObject) -> str:
    """A line for each take: so it is read by people as well, and written at once."""
    write = json.JSONEncoder(ensure_ascii=False).encode
    parts = []
    for name, value in record.items():
        if isinstance(value, list) and value:
            parts.append(f'"{name}": [\n' + ",\n".join(map(write, value)) + "\n]")
        else:
            parts.append(f'"{name}": {write(value)}')
    return visible_json("{\n" + ",\n".join(parts) + "\n}\n").encode(errors="backslashreplace").decode()
