"""Publishing: after a run, outputs in their places, the lock file as it shall be, and what is remembered of the run.

Knows nothing of how anything was made, nor of terminals: it tells through events.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from time import monotonic, time
from typing import TYPE_CHECKING, Any

from reelmake.errors import LocalTool, Unwilling
from reelmake.model.delivery import CaptionListWork, MasterWork, PlaylistWork
from reelmake.model.events import Listener, Noted, Published, RunFinished
from reelmake.model.lock import Record
from reelmake.model.step import CPU
from reelmake.model.take import Take
from reelmake.model.wish import Wish
from reelmake.plan.decide import Plan
from reelmake.plan.noted import notes
from reelmake.plan.result import Astray, Failure, OutputFile, Result
from reelmake.session.project import Project

if TYPE_CHECKING:
    from reelmake.execute.outcome import Outcome


def room(project: Project, plan: Plan) -> None:
    """Raises LocalTool if something is in the way of an output, Unwilling if it would be written through a link, or if
    a commit brought links to where outputs stand."""
    from reelmake.store import notes
    from reelmake.store.premises import Premises

    Premises(project.root).unlinked("build")
    for path in filter(None, (plan.graph.steps[id].output for id in plan.decisions)):
        notes.room(project.root, path)


def publish(
    project: Project,
    plan: Plan,
    wish: Wish,
    outcome: Outcome | None,
    listen: Listener,
    began: float,
    heard: Sequence[Noted] = (),
) -> Result:
    """Puts outputs in their places, writes the lock file and the run log. `heard`: what the run noted."""
    from reelmake.store.notes import tidy

    takes = {id: d.take for id, d in plan.decisions.items() if d.take}
    if outcome:
        takes |= {id: r.take for id, r in outcome.results.items() if r.take}
    made = {id: take for id, take in takes.items() if plan.graph.steps[id].output}
    places = {(project.root / plan.graph.steps[id].output).parent for id in made}
    for folder in {*places, project.root, project.state, project.state / "fresh"}:
        tidy(folder, time())
    unplaced, new = [], list[str]()
    for group in _together(plan):
        if not made.keys() >= set(group):  # the run was stopped, or failed, with only some of it made
            for id in group:
                made.pop(id, None)
            continue
        try:
            placed = _placed(project, plan, {id: made[id] for id in group})
        except LocalTool as error:
            span = plan.graph.steps[group[-1]].span
            unplaced.append(Failure(group[-1], "", error.code, str(error), error.next_steps, span))
            for id in group:
                del made[id]
            continue
        new += placed
        for path, take in placed.items():
            seconds = float(take.facts.seconds) if take.facts.seconds is not None else None
            listen(Published(monotonic() - began, path, take.digest, take.facts.frames, seconds))
    outputs = [_output(project, plan.graph.steps[id].output, take) for id, take in made.items()]
    project.choices.update(lambda records: _records(project, takes, records))
    result = _result(project, plan, wish, outcome, takes, tuple(outputs), monotonic() - began)
    noted = notes(plan.steps, takes, heard)
    result = replace(result, failures=(*result.failures, *unplaced), placed=tuple(new), notes=noted)
    result = replace(result, draft=project.form.draft)
    if outcome:
        drawn = [(r.step.order, r.take) for r in outcome.made if r.take]
        made_here = [(order, take.took) for order, take in drawn if order and order.local]
        project.turnaround.learn([(job, took) for job, took in made_here if took], outcome.pace)
        here = [r for r in outcome.made if r.take and r.take.took and r.step.pool == CPU and not r.step.order]
        project.turnaround.learn_local((r.step.seconds, r.take.took) for r in here if r.take)
        project.log(_logged(project, result, wish.command))
        end = (result.generated, result.reused, len(result.failures), result.skipped, result.cost, result.interrupted)
        listen(RunFinished(result.took, *end))
    return result


def astray(project: Project, plan: Plan) -> dict[str, Astray]:
    """Outputs that are made and do not stand in their places as they were made, by path."""
    made = {d.step.output: d.take for d in plan.decisions.values() if d.take and d.step.output}
    states = {path: _astray(project, take, path) for path, take in made.items()}
    project.inputs.save()
    return {path: state for path, state in states.items() if state}


def _astray(project: Project, take: Take, path: str) -> Astray | None:
    from reelmake.store import notes

    try:
        notes.room(project.root, path)
        if _stands(project, take, path):
            return None
    except (LocalTool, Unwilling):
        return "blocked"
    return "different" if (project.root / path).exists() else "gone"


def _stands(project: Project, take: Take, path: str) -> bool:
    """Does the artifact stand in its place below the project, and no link to it? Raises LocalTool if that cannot be
    read."""
    file = project.root / path
    return file.is_file() and not file.is_symlink() and project.inputs.digest(path) == take.digest


def _together(plan: Plan) -> list[list[str]]:
    """The plan's outputs in groups that are published whole or not at all, all in the order of their publishing."""

    def rank(id: str) -> int:
        work = plan.graph.steps[id].work
        return 2 if isinstance(work, MasterWork) else isinstance(work, PlaylistWork | CaptionListWork)

    groups = dict.fromkeys(plan.graph.together.values())
    ordered = [sorted((id for id in group if id in plan.decisions), key=rank) for group in groups]
    return sorted(filter(None, ordered), key=lambda group: rank(group[-1]))


def _placed(project: Project, plan: Plan, group: Mapping[str, Take]) -> dict[str, Take]:
    """Puts artifacts in their places, all or none; those that did not stand there, by path. Raises LocalTool."""
    from reelmake.store.notes import place

    paths = {plan.graph.steps[id].output: take for id, take in group.items()}
    missing = {path: take for path, take in paths.items() if not _stands(project, take, path)}
    place([(project.store.path(take), project.root / path) for path, take in missing.items()])
    return missing


def _logged(project: Project, result: Result, command: Sequence[str]) -> dict[str, Any]:
    from reelmake.model.ledger import add_up

    ledger = add_up(project.journal.moved())
    return {
        "command": list(command),
        "generated": result.generated,
        "reused": result.reused,
        "failed": len(result.failures),
        "cost_usd": float(result.cost),
        "ledger_usd": {name: float(amount) for name, amount in ledger.columns.items() if amount},
        "interrupted": result.interrupted,
        "notes": [asdict(note) for note in result.notes],
        "took": round(result.took, 2),
    }


def _output(project: Project, name: str, take: Take) -> OutputFile:
    seconds = float(take.facts.seconds) if take.facts.seconds is not None else None
    return OutputFile(name, project.root / name, take.digest, take.facts.frames, seconds)


def _result(
    project: Project,
    plan: Plan,
    wish: Wish,
    outcome: Outcome | None,
    takes: Mapping[str, Take],
    outputs: tuple[OutputFile, ...],
    took: float,
) -> Result:
    shots = [id for id in plan.decisions if plan.graph.steps[id].kind == "shot"]
    clips = {}
    for variant in project.layout.shots.values():
        for shot, clip in variant.clips.items():
            id = plan.graph.alias.get(clip.step, clip.step)
            if id in takes and id in plan.decisions:
                clips[shot] = project.store.path(takes[id])
    narrowed = bool(wish.shots)
    if outcome is None:
        return Result(plan, outputs, 0, sum(id in takes for id in shots), clips=clips, narrowed=narrowed, took=took)
    made = {id for id in shots if id in outcome.results and outcome.results[id].made}
    return Result(
        plan,
        outputs,
        generated=len(made),
        reused=sum(id in takes and id not in made for id in shots),
        cost=outcome.cost,
        failures=failures(outcome),
        skipped=len(outcome.skipped),
        interrupted=outcome.interrupted,
        clips=clips,
        narrowed=narrowed,
        took=took,
    )


def failures(outcome: Outcome) -> tuple[Failure, ...]:
    """What could not be made in a run."""
    return tuple(
        Failure(
            r.step.id,
            r.step.shots[0] if r.step.shots else "",
            r.error.code if r.error else "RM900",
            str(r.error),
            r.error.next_steps if r.error else (),
            r.step.span,
        )
        for r in outcome.failed
    )


def _records(project: Project, takes: Mapping[str, Take], before: Mapping[str, Record]) -> dict[str, Record]:
    """What the lock file shall say: old choices, and the takes that exist now of every shot this build looked at.

    A shot that is gone keeps its choices: it may have been renamed, or come back.
    """
    layout = project.layout
    records = {k: r for k, r in before.items() if k in layout.slates or r.picks or r.wishes}
    by_shot: dict[str, dict[int, Take]] = {}
    for id, take in takes.items():
        step = layout.graph.steps[id]
        if step.order:
            for shot in step.shots:
                by_shot.setdefault(shot, {})[step.order.take] = take
    for shot, made in by_shot.items():
        order = layout.order(shot)
        old = records.get(shot, Record(shot))
        kept = dict(old.takes) if old.order == order else {}
        kept |= {number: (take.key, take.digest) for number, take in made.items()}
        first = next(iter(made.values()))
        records[shot] = replace(
            old, order=order, takes=dict(sorted(kept.items())), provider=f"{first.provider} {first.model}".strip()
        )
    return records
