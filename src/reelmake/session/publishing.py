"""Publishing: after a run, outputs in their places, the lock file as it shall be, and what is remembered of the run.

Knows nothing of how anything was made, nor of terminals: it tells through events.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from time import time
from typing import TYPE_CHECKING

from reelmake.errors import LocalTool, Refused, Unwilling
from reelmake.model.events import Noted, Published, RunFinished
from reelmake.model.medium import MEDIA
from reelmake.model.step import CPU
from reelmake.model.storyboard import CARDS
from reelmake.model.take import Record
from reelmake.plan.flagged import flagged
from reelmake.plan.result import Astray, BuildNote, Failure, OutputFile, Result, notes
from reelmake.plan.selection import alongside
from reelmake.session.project import moved
from reelmake.session.summing import summed

if TYPE_CHECKING:
    from reelmake.execute.runner import Outcome
    from reelmake.model.take import Take
    from reelmake.plan.decide import Plan
    from reelmake.plan.layout import Layout
    from reelmake.plan.waitlist import StepResult
    from reelmake.ports import Inputs
    from reelmake.session.project import Snapshot
    from reelmake.session.run import BuildRun
    from reelmake.session.workspace import Workspace
    from reelmake.store.journal import LocalJournal
Pin = tuple[str, str]
"""The key of a take and the digest of its clip."""


def room(workspace: Workspace, plan: Plan) -> None:
    """Raises LocalTool if something is in the way of an output, Unwilling if it would be written through a link, or if
    a commit brought links to where outputs stand."""
    from reelmake.store import placing
    from reelmake.store.premises import Premises

    Premises(workspace.root).unlinked("build")
    for path in filter(None, (plan.graph.steps[id].output for id in plan.decisions)):
        placing.room(workspace.root, path)


def publish(run: BuildRun, seen: Snapshot, plan: Plan, outcome: Outcome | None, heard: Sequence[Noted] = ()) -> Result:
    """Puts outputs in their places, writes the lock file and the run log. `heard`: what the run noted."""
    from reelmake.session import past_runs
    from reelmake.session.lineages import written

    takes = {id: d.take for id, d in plan.decisions.items() if d.take and not (outcome and d.elsewhere)}
    if outcome:  # which knows of those elsewhere whether they were brought
        takes |= {id: r.take for id, r in outcome.results.items() if r.take}
    standing, new, unplaced = _put_in_place(run, seen, plan, takes)
    whole = [group for group in _together(plan) if standing.keys() >= set(group)]
    records = written(run, seen, plan, takes, whole)
    real = takes if not run.workspace.overrides.stills else _without_stand_ins(seen.layout, takes)
    run.workspace.uses.note(take.key for take in takes.values())
    run.workspace.picks.update(lambda records: _records(seen.layout, real, records))
    heard = (*heard, *_twice(run, seen, plan, takes), *_moved(run, seen, plan, takes))
    root = run.workspace.root
    shots = [id for id in plan.decisions if plan.graph.steps[id].take]
    made = {id for id in shots if outcome and id in outcome.results and outcome.results[id].made}
    result = Result(
        plan,
        outputs=tuple(
            OutputFile(name, root / name, take.digest, take.facts.frames, _seconds(take), records.get(id))
            for id, take in standing.items()
            if (name := plan.graph.steps[id].output)
        ),
        generated=len(made),
        reused=sum(id in takes and id not in made for id in shots),
        unpicked=seen.layout.unpicked([id for id in shots if id in takes]),
        failures=tuple(unplaced),
        notes=notes(plan.steps, takes, heard),
        clips=_clips(seen, plan, takes, run.wish.shots),
        narrowed=run.wish.shots is not None,
        took=run.elapsed,
        placed=new,
        draft=run.workspace.overrides.draft,
    )
    if outcome:
        result = replace(result, cost=outcome.cost, skipped=len(outcome.skipped), interrupted=outcome.interrupted)
        result = replace(result, brought=outcome.brought, failures=(*failures(outcome, seen.layout), *result.failures))
    result = replace(result, variants=summed(run, seen, result, takes, standing, outcome))
    if outcome is None:
        return result
    _learn(seen, outcome)
    counts = (result.generated, result.reused, len(result.failures), result.skipped, result.cost, result.interrupted)
    end = RunFinished(result.took, *counts)
    full = past_runs.record(seen, plan, takes, outcome, result)
    log_run(run.workspace, seen.journal, end, result.notes, run.wish.command, full)
    run.listen(end)
    return result


def log_run(
    workspace: Workspace,
    journal: LocalJournal,
    end: RunFinished,
    said: Sequence[BuildNote] = (),
    command: Sequence[str] = (),
    full: Mapping[str, object] = {},
) -> None:
    """Adds a run to the log. `journal`: the one that it wrote; `said`: what came to light; `full`: what there is to
    remember beyond its line."""
    from reelmake.model.take import add_up
    from reelmake.session import past_runs

    ledger = add_up(journal.moved())
    line: dict[str, object] = {
        "at": workspace.clock.utc(),
        "command": list(command),
        "generated": end.generated,
        "reused": end.reused,
        "failed": end.failed,
        "cost_usd": float(end.cost),
        "ledger_usd": {name: float(amount) for name, amount in ledger.columns.items() if amount},
        "interrupted": end.interrupted,
        "notes": [asdict(note) for note in said],
        "took": round(end.at, 2),
    }
    past_runs.note(workspace, line, full)


def _put_in_place(
    run: BuildRun, seen: Snapshot, plan: Plan, takes: Mapping[str, Take]
) -> tuple[dict[str, Take], tuple[str, ...], list[Failure]]:
    """The outputs that stand in their places now, by step; paths of those that did not before; what could not be put
    there."""
    from reelmake.store.placing import tidy

    workspace = run.workspace
    made = {id: take for id, take in takes.items() if plan.graph.steps[id].output}
    places = {(workspace.root / plan.graph.steps[id].output).parent for id in made}
    for folder in {*places, workspace.root, workspace.state, workspace.state / "fresh"}:
        tidy(folder, time())
    unplaced, new = [], list[str]()
    for group in _together(plan):
        if made.keys() >= set(group):  # else the run was stopped, or failed, with only some of it made
            try:
                placed = _placed(seen, plan, {id: made[id] for id in group})
            except LocalTool as error:
                last = plan.graph.steps[group[-1]]
                unplaced.append(Failure(last.id, "", error.code, str(error), error.next_steps, last.span, last.name))
            else:
                new += placed
                for path, take in placed.items():
                    run.listen(Published(run.elapsed, path, take.digest, take.facts.frames, _seconds(take)))
                continue
        for id in group:
            made.pop(id, None)
    return made, tuple(new), unplaced


def _learn(seen: Snapshot, outcome: Outcome) -> None:
    """How long work has taken is remembered."""
    made = [(r.step, r.take.took) for r in outcome.made if r.take and r.take.took]
    seen.durations.learn([(s.order, took) for s, took in made if s.order and s.order.local], outcome.pace)
    seen.durations.learn_local((s.seconds, took) for s, took in made if s.pool == CPU and not s.order)


def astray(seen: Snapshot, plan: Plan) -> dict[str, Astray]:
    """Outputs that are made and do not stand in their places as they were made, by path."""
    made = {d.step.output: d.take for d in plan.decisions.values() if d.take and d.step.output}
    states = {path: _astray(seen, take, path) for path, take in made.items()}
    seen.inputs.save()
    return {path: state for path, state in states.items() if state}


def unmade(seen: Snapshot, plan: Plan) -> set[str]:
    """Paths of outputs that would be made and in whose places there is nothing."""
    paths = {d.step.output for d in plan.todo if d.step.output}
    return {path for path in paths if not os.path.lexists(seen.workspace.root / path)}


def _astray(seen: Snapshot, take: Take, path: str) -> Astray | None:
    from reelmake.store import placing

    root = seen.workspace.root
    try:
        placing.room(root, path)
        if _stands(root, seen.inputs, take, path):
            return None
    except (LocalTool, Unwilling):
        return "blocked"
    return "different" if (root / path).exists() else "gone"


def _stands(root: Path, inputs: Inputs, take: Take, path: str) -> bool:
    """Does the artifact stand in its place below the project, and no link to it? Raises LocalTool if that cannot be
    read."""
    file = root / path
    return file.is_file() and not file.is_symlink() and inputs.digest(path) == take.digest


def _together(plan: Plan) -> list[list[str]]:
    """The plan's outputs in groups that are published whole or not at all, all in the order of their publishing."""

    def rank(id: str) -> int:
        return plan.graph.steps[id].work.LISTS

    groups = dict.fromkeys(plan.graph.together.values())
    ordered = [sorted((id for id in group if id in plan.decisions), key=rank) for group in groups]
    return sorted(filter(None, ordered), key=lambda group: rank(group[-1]))


def _placed(seen: Snapshot, plan: Plan, group: Mapping[str, Take]) -> dict[str, Take]:
    """Puts artifacts in their places, all or none; those that did not stand there, by path. Raises LocalTool."""
    from reelmake.store.placing import place

    root = seen.workspace.root
    paths = {plan.graph.steps[id].output: take for id, take in group.items()}
    missing = {path: take for path, take in paths.items() if not _stands(root, seen.inputs, take, path)}
    place([(seen.workspace.store.path(take), root / path) for path, take in missing.items()])
    return missing


def _seconds(take: Take) -> float | None:
    return float(take.facts.seconds) if take.facts.seconds is not None else None


def _clips(seen: Snapshot, plan: Plan, takes: Mapping[str, Take], names: Collection[str] | None) -> dict[str, Path]:
    """The picked clips of the shots that were built, by address. `names`: what was selected."""
    shown = alongside(seen.layout, names)
    clips = [pair for variant in seen.layout.shots.values() for pair in variant.clips.items() if pair[0] in shown]
    steps = [(shot, plan.graph.alias.get(clip.step, clip.step)) for shot, clip in clips]
    return {shot: seen.workspace.store.path(takes[id]) for shot, id in steps if id in takes and id in plan.decisions}


def failures(outcome: Outcome, layout: Layout) -> tuple[Failure, ...]:
    """What could not be made in a run."""
    return tuple(_failure(r, layout) for r in outcome.failed)


def _failure(r: StepResult, layout: Layout) -> Failure:
    """`span`: of the input that its provider complains of, if it says so, else where the step is told."""
    step, error = r.step, r.error
    message, span = str(error), step.span
    if step.order and isinstance(error, Refused) and error.field:
        what, place = flagged(step, layout.slates[step.order.shot], error.field)
        message, span = f"{message}; it complains of {what}" if what else message, place or span
    return Failure(
        step.id,
        step.shots[0] if step.shots else "",
        error.code if error else "RM900",
        message,
        error.next_steps if error else (),
        span,
        f'{MEDIA[step.order.medium].kind} "{step.shot}"' if step.order else step.name,
    )


def _without_stand_ins(layout: Layout, takes: Mapping[str, Take]) -> dict[str, Take]:
    """Without what was drawn in the place of clips."""
    orders = {id: layout.graph.steps[id].order for id in takes}
    return {id: take for id, take in takes.items() if (order := orders[id]) is None or order.tier != CARDS}


def _records(layout: Layout, takes: Mapping[str, Take], before: Mapping[str, Record]) -> dict[str, Record]:
    """What the lock file shall say: old choices, and the takes that exist now of every shot this build looked at.

    A shot that is gone keeps its choices: it may have been renamed, or come back.
    """
    records = {k: r for k, r in before.items() if k in layout.slates or r.picks or r.rivals or r.wishes}
    by_shot: dict[str, dict[int, Take]] = {}
    for id, take in takes.items():
        step = layout.graph.steps[id]
        if step.order:
            for shot in step.shots:
                by_shot.setdefault(shot, {})[step.order.take] = take
    for shot, made in by_shot.items():
        order = layout.order(shot)
        old = records.get(shot, Record(shot))
        kept, others = _numbered(old, order, made)
        first = next(iter(made.values()))
        made_by, rung = f"{first.provider} {first.model}".strip(), layout.slates[shot].rung
        record = replace(old, order=order, takes=kept, others=others)
        records[shot] = replace(record, provider=made_by, rung=rung)
    return records


def _twice(run: BuildRun, seen: Snapshot, plan: Plan, takes: Mapping[str, Take]) -> list[Noted]:
    """Of takes that were paid for twice, here and elsewhere, where the lock file numbers the other one."""
    found = []
    for id, take in takes.items():
        step = plan.graph.steps[id]
        if step.order and step.shots and step.shots[0] in seen.records:
            record = seen.records[step.shots[0]]
            if (take.key, take.digest) in record.others and record.takes.get(step.take, ("", ""))[0] == take.key:
                said = f"take {step.take} was paid for twice, on branches that were merged: here its own clip is used"
                found.append(Noted(run.elapsed, id, step.shots[0], said, step.name))
    return found


def _moved(run: BuildRun, seen: Snapshot, plan: Plan, takes: Mapping[str, Take]) -> list[Noted]:
    """Of takes that were made at another address than their providers have now, and that nobody has reviewed."""
    found = []
    for id, take in takes.items():
        step = plan.graph.steps[id]
        if step.shots and take.origin and (why := moved(seen, step, take)):
            another = f"; if you do not know why, `reelmake retake {step.shots[0]}` orders another"
            said = f"take {step.take} was {why}{'' if run.workspace.overrides.loose else another}"
            found.append(Noted(run.elapsed, id, step.shots[0], said, step.name))
    return found


def _numbered(old: Record, order: str, made: Mapping[int, Take]) -> tuple[dict[int, Pin], tuple[Pin, ...]]:
    """The takes of a shot by their number, and the others that stay pinned. Of two that were paid for by the same
    number, each on a machine of its own, the one that stands there stays: else each build would write its own."""
    kept, others = dict(old.takes) if old.order == order else {}, {*old.others}
    for number, take in made.items():
        now, before = (take.key, take.digest), kept.get(number)
        if before and before != now and before[0] == take.key and take.paid:
            if now in others:
                continue
            others.add(before)
        kept[number] = now
    return dict(sorted(kept.items())), tuple(sorted(others - {*kept.values()}))
