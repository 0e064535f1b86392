"""A project: the folder of a storyboard with its store, journal and lock, and the stages of the road on it.

The only place where real adapters are built. Knows nothing of what a stage does, of the command line, or of how
anything is shown.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field, replace
from fractions import Fraction
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reelmake import catalog
from reelmake.diagnostics import Report
from reelmake.errors import Mistake, Unwilling
from reelmake.model.compiled import Compiled
from reelmake.model.lock import Record
from reelmake.model.step import Input
from reelmake.model.storyboard import ProviderSpec
from reelmake.prep.source_files import SourceFiles, shown
from reelmake.records import dataclass

if TYPE_CHECKING:
    from reelmake.model.take import Attempt
    from reelmake.plan.decide import Plan
    from reelmake.plan.layout import Layout
    from reelmake.prep.copy_report import CopyReport
    from reelmake.prep.durations import Durations
    from reelmake.prep.gone_clips import GoneClips
    from reelmake.prep.model_catalog import ModelCatalog
    from reelmake.prep.picks import Picks
    from reelmake.store.hold import Hold
    from reelmake.store.journal import LocalJournal
    from reelmake.store.limits import SharedLimits
    from reelmake.store.local import LocalStore
    from reelmake.store.notes import Notes
    from reelmake.store.stat import ProjectFiles
    from reelmake.world.bindings import Bindings
    from reelmake.world.clock import SystemClock

LOCK = "reelmake.lock"


@dataclass(frozen=True, slots=True)
class Overrides:
    """What shapes a storyboard from outside: the profile, the settings of `--set`, shots in the place of its own, and
    whether all of them are drafted; `placeholders`: seconds of those that are drawn because they could not be made."""

    profile: str = ""
    settings: tuple[tuple[str, str], ...] = ()
    loose: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    draft: bool = False
    placeholders: Mapping[str, Fraction] = field(default_factory=dict)


def _most() -> int:
    """Steps that a storyboard may come to; only who runs it says so."""
    from reelmake.compile.bulk import MOST

    said = os.environ.get("REELMAKE_MOST_STEPS", "")
    return int(said) if said.isdecimal() and len(said) < 20 else MOST


class Project:
    """One storyboard and the form it is read in. Every stage is computed once."""

    def __init__(self, storyboard: Path, form: Overrides = Overrides()) -> None:  # noqa: B008 (it is frozen)
        self.storyboard = storyboard
        self.root = storyboard.parent
        self.form = form
        self.opened = time.time_ns()

    # -- the road: text -> Script -> Layout -> Plan

    @cached_property
    def script(self) -> Compiled:
        """Compiled, with its diagnostics; never raises for what an author wrote."""
        from reelmake.compile.stages import compile_script, decode

        report = Report()
        data = self.manuscript.bytes(self.storyboard.name)
        root = decode(self.shown(self.storyboard.name), data, report)
        if root is None:
            return Compiled((), (), tuple(report.sorted()))
        script = compile_script(
            root,
            open_text=self.manuscript.open,
            exists=self.manuscript.exists,
            barred=self.manuscript.barred,
            profile=self.form.profile,
            settings=dict(self.form.settings),
            kinds=catalog.kinds(),
            transitions=catalog.transitions(),
            outputs=catalog.outputs(),
            loose=self.form.loose,
            draft=self.form.draft,
            placeholders=self.form.placeholders,
            models=self.menu.models,
            today=self.clock.utc()[:10],
            most=_most(),
        )
        return replace(script, diagnostics=tuple(Report([*report.sorted(), *script.diagnostics]).sorted()))

    @cached_property
    def layout(self) -> Layout:
        """Raises Mistake with every diagnostic if the storyboard cannot be built."""
        from reelmake.prep.layout_builder import LayoutBuilder

        if not self.script.ok:
            raise Mistake(self.script.diagnostics)
        breakdown = LayoutBuilder(self.script, self.inputs, self.notes)
        return breakdown.layout(self.records, self.choices.by_order(), self.turnaround.expected)

    def plan(self, wanted: Sequence[str] = ()) -> Plan:
        """What a build of the wanted shots or tags (default: all outputs and takes) would do."""
        from reelmake.plan.decide import decide, without_left

        layout = self.layout
        targets = layout.named(wanted) if wanted else layout.graph.targets
        endings = cache(self.journal.endings)  # only asked where something is not made
        under_way = cache(lambda: {a.key: a for a in sorted(self.journal.open(), key=lambda a: bool(a.remote))})
        paid_for = cache(self._delivered)
        made = self.choices.made()
        further = cache(lambda: self.store.elsewhere(made))
        plan = decide(
            layout.graph,
            targets,
            find=self.store.find,
            record=self.store.record,
            file_digest=self.inputs.digest,
            locked=self.records,
            endings=lambda key: endings().get(key, ()),
            ordered=lambda key: under_way().get(key),
            delivered=lambda key: paid_for().get(key),
            elsewhere=lambda key: further().get(key),
            made=made,
        )
        self.inputs.save()
        self.store.save()
        return self._sunset(without_left(plan, lambda shot: layout.choice(shot).take))

    def _delivered(self) -> dict[str, Attempt]:
        """By key: orders whose clip was kept once, at providers that this storyboard still has."""
        return {key: a for key, a in self.journal.delivered().items() if a.provider in self.providers}

    def _sunset(self, plan: Plan) -> Plan:
        """The plan, with what a model that is no longer there would have to make."""
        if not any(d.step.order and d.step.order.known and d.step.order.known.sunset for d in plan.todo):
            return plan
        from reelmake.plan.sunset import marked

        def kept(shot: str, take: int) -> bool:
            known = self.records[shot].takes.get(take) if shot in self.records else None
            return known is not None and self.store.find(known[0]) is not None

        ordered = {attempt.key for attempt in self.journal.open()} | self._delivered().keys()
        return marked(plan, self.clock.utc()[:10], ordered=ordered, kept=kept)

    # -- what can be said of a plan

    def forecast(self, plan: Plan) -> float:
        """Seconds the plan will take."""
        from reelmake.media.free_memory import spare
        from reelmake.plan.forecast import forecast
        from reelmake.plan.local_pool import LocalPool

        limits = {name: spec.limits.in_flight for name, spec in self.providers.items()}
        return forecast(plan, limits, LocalPool(os.cpu_count() or 1, spare()), self.turnaround.pace)

    def ended(self, plan: Plan) -> Unwilling | None:
        """Why this plan cannot be carried out, if it needs a model that is no longer there."""
        from reelmake.plan.sunset import refusal

        tiers = {name: tier for v in self.script.variants for name, tier in v.board.tiers.items()}
        return refusal(plan, lambda tier: tiers[tier].spans.get("model", tiers[tier].span) if tier in tiers else None)

    def treatments(self, plan: Plan) -> list[CopyReport]:
        """What becomes of every entry of the plan's cuts whose clip is there."""
        from reelmake.prep.copy_report import treatments, with_sound

        def find(clip: Input) -> tuple[str, Path] | None:
            if clip.file:
                return self.inputs.digest(clip.file), self.inputs.path(clip.file)
            made = plan.decisions.get(clip.step)
            return (made.take.digest, self.store.path(made.take)) if made and made.take and not made.elsewhere else None

        return with_sound(treatments(plan, find, self.notes), plan, find, self.notes)

    def tints(self, plan: Plan) -> dict[str, str]:
        """What becomes of the colours of pictures that the plan uses, by file."""
        from reelmake.prep.color_report import ColorReport

        return ColorReport(self.inputs, self.notes).said(d.step for d in plan.decisions.values())

    # -- what the stages read and write

    @cached_property
    def state(self) -> Path:
        """The folder with store, journal, notes and hold. Raises Unwilling if it is not our own."""
        from reelmake.store.premises import state

        return state(self.root)

    @cached_property
    def manuscript(self) -> SourceFiles:
        return SourceFiles(self.root)

    def shown(self, path: str) -> str:
        """A project path as the user would type it from here."""
        return shown(self.root, path)

    @cached_property
    def store(self) -> LocalStore:
        from reelmake.store.folder_shelf import VARIABLE, further
        from reelmake.store.local import LocalStore

        return LocalStore(self.state, further=further(os.environ.get(VARIABLE, "")))

    @cached_property
    def journal(self) -> LocalJournal:
        from reelmake.store.journal import LocalJournal

        return LocalJournal(self.state / "journal")

    @cached_property
    def inputs(self) -> ProjectFiles:
        from reelmake.store.stat import ProjectFiles

        return ProjectFiles(self.root, self.state / "digests.json")

    @cached_property
    def notes(self) -> Notes:
        from reelmake.store.notes import Notes

        return Notes(self.state)

    @cached_property
    def bindings(self) -> Bindings:
        """Where secrets may be sent."""
        from reelmake.world.bindings import Bindings

        return Bindings(self.root)

    @cached_property
    def clock(self) -> SystemClock:
        from reelmake.world.clock import SystemClock

        return SystemClock()

    @cached_property
    def choices(self) -> Picks:
        from reelmake.prep.picks import NoChoices, Picks, SetChoices

        choices = NoChoices if self.form.draft else SetChoices if self.form.placeholders else Picks
        return choices(self.root / LOCK, self.shown(LOCK), self.state / "choosing", self.form.profile)

    @cached_property
    def menu(self) -> ModelCatalog:
        from reelmake.prep.model_catalog import ModelCatalog

        return ModelCatalog(self.notes)

    @cached_property
    def turnaround(self) -> Durations:
        from reelmake.media.load import crowd
        from reelmake.prep.durations import Durations

        return Durations(self.notes, crowd())

    @property
    def usual(self) -> dict[str, dict[str, float]]:
        """Seconds of waiting for a second of clip, as learned from past runs: by provider, then by model."""
        return self.turnaround.usual

    @cached_property
    def losses(self) -> GoneClips:
        from reelmake.prep.gone_clips import GoneClips

        return GoneClips(self.notes)

    @property
    def gone(self) -> set[tuple[str, str]]:
        """(provider, remote) of clips that a provider has said it no longer has."""
        return self.losses.known

    @cached_property
    def records(self) -> dict[str, Record]:
        """reelmake.lock, by address, of this profile only, with what this run wishes beyond it. Raises Mistake."""
        return self.choices.records()

    @cached_property
    def providers(self) -> dict[str, ProviderSpec]:
        """Every provider of the storyboard, by name. Where it names no limit, those of its models in use hold."""
        return self.script.providers

    def gate(self, provider: str) -> SharedLimits | None:
        """The limits of a provider, if other projects share them."""
        from reelmake.store.limits import SharedLimits, place

        limits = self.providers[provider].limits
        return SharedLimits(place(self.root, limits.file), limits, str(self.root)) if limits.file else None

    # -- what a person decides, and what a run leaves behind

    def addresses(self, word: str) -> list[str]:
        """The shots an id, an address or a tag stands for. Raises Mistake if there is none."""
        return self.layout.addresses(word)

    def takes_there(self, shot: str) -> set[int]:
        """Numbers of the takes of a shot's present order whose clips are in the store."""
        plan = self.plan([shot])
        return {d.step.order.take for d in plan.jobs if shot in d.step.shots and d.step.order and d.take}

    def pick(self, shots: Sequence[str], take: int) -> None:
        """Notes the choice in the lock file, for the order that each shot has now."""
        self.choices.pick({shot: self.layout.order(shot) for shot in shots}, take)
        self.__dict__.pop("records", None)

    def another_take(self, shots: Sequence[str], *, pick: bool) -> Project:
        """This project as it is once one more take of each shot is wished for; nothing is written yet."""
        wishing = Project(self.storyboard, self.form)
        for shot in shots:
            wishing.choices.wish(shot, self.layout.order(shot), self._another(shot), pick=pick)
        return wishing

    def with_placeholders(self, shots: Iterable[str]) -> Project:
        """This project with sketches in the place of shots, each as long as its clip would have been; what is chosen
        holds in it, and nothing is noted of them."""
        lengths = {shot: self.layout.slates[shot].orders[0].seconds for shot in shots}
        return Project(self.storyboard, replace(self.form, placeholders=lengths))

    def _another(self, shot: str) -> int:
        """The number of one more take; of the one that was wished for last, if nothing came of that."""
        wanted = self.layout.choice(shot).takes
        asked = wanted > len(self.layout.slates[shot].orders)
        return wanted if asked and wanted not in self.takes_there(shot) else wanted + 1

    def wish_again(self, shots: Iterable[str]) -> None:
        """One more take of each shot is wished for in this very project, and used; nothing is written yet."""
        for shot in shots:
            self.choices.wish(shot, self.layout.order(shot), self._another(shot), pick=True)
        self.forget()

    def log(self, result: Mapping[str, Any]) -> None:
        """A line of the run log."""
        self.notes.append("runs.jsonl", {"at": self.clock.utc(), **result})

    def runs(self) -> list[dict[str, Any]]:
        """Past runs, oldest first."""
        return self.notes.lines("runs.jsonl")

    def hold(self, *, wait: bool, waiting: Callable[[str], None], stopped: Callable[[], bool]) -> Hold:
        """The hold on this project, for one run at a time."""
        from reelmake.store.hold import Hold

        return Hold(self.state / "hold", wait=wait, tell=waiting, stopped=stopped, since=self.clock.utc())

    def forget(self) -> None:
        """What was read of journal, lock and files may have changed: read it again when it is asked for."""
        for name in ("journal", "inputs", "records", "layout"):
            self.__dict__.pop(name, None)
