"""The road on one workspace: a storyboard is read, everything around it is looked at, and a plan is made of both.

    Workspace ─read─▶ Project ─look─▶ Snapshot ─plan─▶ Plan

Each is a value: who wants to know how things are by now takes the step again. Knows nothing of what a stage does, of
the command line, or of how anything is shown.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import cache, cached_property
from typing import TYPE_CHECKING

from reelmake import catalog
from reelmake.diagnostics import Report
from reelmake.errors import Mistake
from reelmake.model.compiled import Compiled
from reelmake.model.storyboard import CARDS
from reelmake.records import dataclass

if TYPE_CHECKING:
    from reelmake.model.step import Step
    from reelmake.model.storyboard import ProviderSpec
    from reelmake.model.take import Attempt, Record, Take
    from reelmake.plan.decide import Evidence, Plan
    from reelmake.plan.layout import Layout
    from reelmake.prep.memory import Durations
    from reelmake.prep.source_files import SourceFiles
    from reelmake.session.workspace import Workspace
    from reelmake.store.journal import LocalJournal
    from reelmake.store.premises import ProjectFiles


@dataclass(frozen=True)
class Project:
    """A storyboard as it was read: where it is, the texts it was read from, and what was compiled of them (`script`,
    with its diagnostics). What became of files, lock file and journal since is looked at whenever it is asked for."""

    workspace: Workspace
    source_files: SourceFiles
    script: Compiled

    @cached_property
    def providers(self) -> dict[str, ProviderSpec]:
        """Every provider of the storyboard, by name. Where it names no limit, those of its models in use hold."""
        return self.script.providers

    @property
    def layout(self) -> Layout:
        """The graph of all steps, with the cuts. Raises Mistake with every diagnostic if it cannot be built."""
        return look(self).layout

    def wishing(self, wishes: Mapping[str, Record]) -> Project:
        """The same, with takes wished for beyond those that the lock file names; nothing is written."""
        return replace(self, workspace=replace(self.workspace, wishes={**self.workspace.wishes, **wishes}))


@dataclass(frozen=True)
class Snapshot:
    """A project as it stood at one moment.

    `records`: the lock file by address, of this profile only, with what is wished for beyond it; `made`: all takes that
    the file names, digests by key. `journal`: as it read, to be written by a run that holds the project.
    """

    project: Project
    records: Mapping[str, Record]
    made: Mapping[str, Collection[str]]
    journal: LocalJournal
    inputs: ProjectFiles
    durations: Durations
    layout: Layout

    @property
    def workspace(self) -> Workspace:
        return self.project.workspace

    def paid_for(self) -> dict[str, Attempt]:
        """By key: orders whose clip was kept once, at providers that this storyboard still has."""
        return {key: a for key, a in self.journal.delivered().items() if a.provider in self.project.providers}


def read(workspace: Workspace) -> Project:
    """Compiles the storyboard. What is wrong with it is in `script.diagnostics`; raises Mistake if there is no text."""
    from reelmake.compile.stages import Shelves, compile_script, decode
    from reelmake.prep.memory import ModelCatalog

    files, report = workspace.source_files(), Report()
    name = workspace.storyboard.name
    root = decode(workspace.shown(name), files.bytes(name), report)
    if root is None:
        return Project(workspace, files, Compiled((), (), tuple(report.sorted())))
    models = ModelCatalog(workspace.notes).models
    shelves = Shelves(catalog.kinds(), catalog.transitions(), catalog.outputs(), models)
    today = workspace.clock.utc()[:10]
    script = compile_script(root, files, shelves, workspace.overrides, today=today, most=_most())
    if script.trusted:
        from reelmake.store import signing

        if not signing.checks():
            said = "nobody's signature can be checked here: a package is not installed"
            report.warn(signing.ABSENT, said, script.cache.spans.get("trust"), hint=signing.INSTALL)
    found = tuple(Report([*report.sorted(), *script.diagnostics]).sorted())
    if script.cache != workspace.cache:
        workspace = replace(workspace, cache=script.cache)
    return Project(workspace, files, replace(script, diagnostics=found))


def look(project: Project) -> Snapshot:
    """Files, lock file and journal as they are now. Raises Mistake with every diagnostic if it cannot be built."""
    from reelmake.media.machine import crowd
    from reelmake.prep.layout_builder import LayoutBuilder
    from reelmake.prep.memory import Durations
    from reelmake.prep.spoken_lines import Reachable

    if not project.script.ok:
        raise Mistake(project.script.diagnostics)
    workspace, inputs = project.workspace, project.workspace.inputs()
    records, durations = workspace.picks.records(), Durations(workspace.notes, crowd())
    by_order, made = workspace.picks.by_order(), workspace.picks.made()
    workspace.store.believe(made, project.script.trusted)
    made = {} if workspace.overrides.loose else made  # what a loose shot asks for again is ordered
    takes = Reachable(workspace.store, made)
    if workspace.overrides.stills:  # what was made of clips is no earlier take of what stands in for them
        slates = {address: slate for v in project.script.variants for address, slate in v.slates.items()}
        records = {a: r for a, r in records.items() if a not in slates or slates[a].tier != CARDS}

    def laid_out(script: Compiled) -> Layout:
        return LayoutBuilder(script, inputs, workspace.notes).layout(records, by_order, durations.expected, takes)

    layout = laid_out(project.script)
    seen = Snapshot(project, records, made, workspace.journal(), inputs, durations, layout)
    if not any(slate.rungs for slate in layout.slates.values()):
        return seen
    from reelmake.session.rungs import Rungs

    return replace(
        seen, layout=Rungs(project.script, layout, laid_out, evidence(seen), workspace.clock.utc()[:10]).layout()
    )


def plan(seen: Snapshot, wanted: Collection[str] | None = None) -> Plan:
    """What a build of these shots and outputs would do. `wanted`: names, as plan/selection has them; None = all that a
    film needs."""
    from reelmake.plan import origins
    from reelmake.plan.decide import without_left

    layout, store = seen.layout, seen.workspace.store
    targets = layout.graph.targets
    if wanted is not None:
        from reelmake.plan.selection import targets as selected

        targets = selected(layout, wanted)
    guessed, lines = layout.guessed(targets)
    found = _decided(seen, (*targets, *lines), guessed)
    if guessed:
        from reelmake.plan.rounds import bounded

        found = bounded(found, layout.slates)
    seen.inputs.save()
    store.save()
    if layout.fallen or any(slate.rungs for slate in layout.slates.values()):
        from reelmake.plan.fallback import with_rungs

        found = with_rungs(found, layout.slates, layout.fallen)
    found = origins.told(found, lambda step, take: moved(seen, step, take))
    found = _without_models_that_ended(without_left(found, lambda shot: layout.choice(shot).take), seen)
    return replace(found, unasked=tuple(f"{name} is left out: {why}" for name, why in store.troubles.items()))


def _decided(seen: Snapshot, targets: Collection[str], guessed: Mapping[str, str]) -> Plan:
    """The plan, with what people who are trusted have made and this lock file does not name. One question for all that
    would be ordered; where something is found, one more for what can only be named by what that is."""
    from reelmake.plan.decide import decide

    pinned, asked = evidence(seen), set(seen.made)
    brought: dict[str, Take] = {}
    known = replace(pinned, elsewhere=lambda key: brought.get(key) or pinned.elsewhere(key))
    found = decide(seen.layout.graph, targets, known, guessed)
    while seen.project.script.trusted or seen.workspace.overrides.loose:
        wanted = {d.key for d in found.todo if d.step.paid and d.key and not d.ordered} - asked
        more = seen.workspace.store.elsewhere(wanted) if wanted else {}
        if not more:
            break
        asked |= wanted
        brought.update(more)
        found = decide(seen.layout.graph, targets, known, guessed)
    return found


def evidence(seen: Snapshot) -> Evidence:
    """What is known of takes and orders."""
    from reelmake.plan.decide import Evidence

    store = seen.workspace.store
    endings, paid_for = cache(seen.journal.endings), cache(seen.paid_for)  # only asked where something is not made
    further = cache(lambda: store.elsewhere(seen.made))
    under_way = cache(lambda: {a.key: a for a in sorted(seen.journal.open(), key=lambda a: bool(a.remote))})
    return Evidence(
        store.find,
        store.record,
        seen.inputs.digest,
        locked=seen.records,
        made=seen.made,
        endings=lambda key: endings().get(key, ()),
        ordered=lambda key: under_way().get(key),
        delivered=lambda key: paid_for().get(key),
        elsewhere=lambda key: further().get(key),
        whence=store.whence,
        doubted=store.doubted,
    )


def moved(seen: Snapshot, step: Step, take: Take) -> str:
    """Where a take was made, if its provider is somewhere else now and the lock file does not name it; else ""."""
    from reelmake.plan import origins
    from reelmake.world.connection import whereabouts

    specs = seen.project.providers
    return origins.moved(step, take, seen.made, lambda name: whereabouts(specs[name]))


def _without_models_that_ended(found: Plan, seen: Snapshot) -> Plan:
    """The plan, with what a model that is no longer there would have to make."""
    if not any(d.step.order and d.step.order.known and d.step.order.known.sunset for d in found.todo):
        return found
    from reelmake.plan.sunset import marked

    def kept(shot: str, take: int) -> bool:
        known = seen.records[shot].takes.get(take) if shot in seen.records else None
        return known is not None and seen.workspace.store.find(known[0]) is not None

    ordered = {attempt.key for attempt in seen.journal.open()} | seen.paid_for().keys()
    return marked(found, seen.workspace.clock.utc()[:10], ordered=ordered, kept=kept)


def forecast(seen: Snapshot, found: Plan) -> float:
    """Seconds the plan will take."""
    from reelmake.media.machine import spare
    from reelmake.plan.forecast import forecast
    from reelmake.plan.local_work import LocalPool

    limits = {name: spec.limits.in_flight for name, spec in seen.project.providers.items()}
    return forecast(found, limits, LocalPool(os.cpu_count() or 1, spare()), seen.durations.pace)


def _most() -> int:
    """Steps that a storyboard may come to; only who runs it says so."""
    from reelmake.compile.bulk import MOST

    said = os.environ.get("REELMAKE_MOST_STEPS", "")
    return int(said) if said.isdecimal() and len(said) < 20 else MOST
