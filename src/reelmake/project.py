"""A project: the folder of a storyboard with its store, journal and lock, and the stages of the road on it.

text -> Script -> Layout -> Plan. The only place where real adapters are built. Knows nothing of the command line or of
how anything is shown.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reelmake import catalog
from reelmake.diagnostics import Diagnostic, Report, Source, Span, did_you_mean
from reelmake.errors import LocalTool, Mistake, Unwilling
from reelmake.model.job import Job
from reelmake.model.lock import Record
from reelmake.model.provider import Model
from reelmake.model.script import Script, Variant
from reelmake.model.step import Input, Step
from reelmake.model.storyboard import Limits, ProviderSpec
from reelmake.model.take import Take

if TYPE_CHECKING:
    from reelmake.choices import Choices
    from reelmake.clock import SystemClock
    from reelmake.footage import Footage
    from reelmake.model.cut import Cut
    from reelmake.plan.decide import Plan
    from reelmake.plan.layout import Layout
    from reelmake.plan.result import Result
    from reelmake.plan.suits import Fitting, Fittings
    from reelmake.store.hold import Hold
    from reelmake.store.journal import LocalJournal
    from reelmake.store.limits import SharedLimits
    from reelmake.store.local import LocalStore
    from reelmake.store.notes import Notes
    from reelmake.store.stat import ProjectFiles
    from reelmake.treatment import Treatment

GRAIN = 2_000_000_000  # ns; a file written later than this before we looked may change again within its clock's grain
LOCAL_PACE = 0.4  # seconds that a second of sketch takes, until we have learned better
STORYBOARD = "storyboard.yaml"
LOCK = "reelmake.lock"
STATE = ".reelmake"
MENU = "models.json"  # a note: what vendors say of their own models, by kind


@dataclass(frozen=True, slots=True)
class Form:
    """What shapes a storyboard from outside: the profile, the settings of `--set`, shots in the place of its own."""

    profile: str = ""
    settings: tuple[tuple[str, str], ...] = ()
    loose: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def find(named: str | None, start: Path | None = None) -> Path:
    """The storyboard: the one named, or storyboard.yaml in this folder or the nearest parent. Raises Mistake."""
    found = _find(named, start)
    try:
        str(found).encode()
    except UnicodeEncodeError as error:
        raise Mistake([Diagnostic("RM608", "the path of this project is not UTF-8", None)]) from error
    return found


def _find(named: str | None, start: Path | None) -> Path:
    if named is not None:
        path = Path(named)
        path = path / STORYBOARD if path.is_dir() else path
        if not path.is_file():
            raise Mistake([Diagnostic("RM601", f'there is no storyboard "{named}"', None)])
        return path.parent.resolve() / path.name  # a link is read where it stands: it may point elsewhere tomorrow
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / STORYBOARD).is_file():
            return folder / STORYBOARD
    hint = "`reelmake init` writes one that builds at once; `-f FILE` names another"
    raise Mistake([Diagnostic("RM601", f"no {STORYBOARD} in {here} or a folder above it", None, hint=hint)])


class Project:
    """One storyboard and the form it is read in. Every stage is computed once."""

    def __init__(self, storyboard: Path, form: Form = Form()) -> None:
        self.storyboard = storyboard
        self.root = storyboard.parent
        self.state = self.root / STATE  # store, journal, notes, hold
        self.form = form
        self.opened = time.time_ns()
        self.texts: dict[str, str] = {}  # absolute path -> sha256 of the bytes that were read
        self.absent: list[str] = []  # absolute paths that were looked for and were not there

    # -- text -> Script

    @cached_property
    def script(self) -> Script:
        """Compiled, with its diagnostics; never raises for what an author wrote."""
        from reelmake.compile.script import compile_script, decode

        report = Report()
        data = self._bytes(self.storyboard)
        root = decode(self.shown(self.storyboard.name), data, report)
        if root is None:
            return Script((), (), tuple(report.sorted()))
        script = compile_script(
            root,
            open_text=self._open_text,
            exists=self._exists,
            profile=self.form.profile,
            settings=dict(self.form.settings),
            kinds=catalog.kinds(),
            transitions=catalog.transitions(),
            outputs=catalog.outputs(),
            loose=self.form.loose,
            models=self.models,
            today=self.clock.utc()[:10],
        )
        return replace(script, diagnostics=tuple(Report([*report.items, *script.diagnostics]).sorted()))

    def models(self, kind: str) -> Mapping[str, Model]:
        """What is known of a kind's models: the catalog, and what the vendor said when it was asked (MENU)."""
        from reelmake.compile.models import read_models
        from reelmake.compile.read import read

        known, told = catalog.models(kind), self.notes.read(MENU).get(kind)
        if not told:
            return known
        return read_models(read(Source(MENU, json.dumps(told)), Report()), kind, known)

    def shown(self, path: str) -> str:
        """A project path as the user would type it from here."""
        return os.path.relpath(self.root / path)

    def _bytes(self, path: Path) -> bytes:
        try:
            data = path.read_bytes()
        except OSError as error:
            reason = error.strerror or str(error)
            raise Mistake([Diagnostic("RM602", f"{self.shown(str(path))} cannot be read: {reason}", None)]) from error
        self.texts[str(path)] = sha256(data).hexdigest()
        return data

    def _open_text(self, path: str) -> Source:
        from reelmake.compile.script import decode

        report = Report()
        source = decode(self.shown(path), self._bytes(self.root / path), report)
        if source is None:
            raise Mistake(report.sorted())
        return source

    def _exists(self, path: str) -> bool:
        there = (self.root / path).is_file()
        if not there:
            self.absent.append(str(self.root / path))
        return there

    # -- records

    @cached_property
    def store(self) -> LocalStore:
        from reelmake.store.local import LocalStore

        return LocalStore(self.state)

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
    def clock(self) -> SystemClock:
        from reelmake.clock import SystemClock

        return SystemClock()

    @cached_property
    def choices(self) -> Choices:
        from reelmake.choices import Choices

        return Choices(self.root / LOCK, self.shown(LOCK), self.form.profile)

    @cached_property
    def records(self) -> dict[str, Record]:
        """reelmake.lock, by address, of this profile only, with what this run wishes beyond it. Raises Mistake."""
        return self.choices.records()

    @cached_property
    def footage(self) -> Footage:
        from reelmake.footage import Footage

        return Footage(self.inputs, self.notes)

    # -- Script -> Graph -> Plan

    @cached_property
    def layout(self) -> Layout:
        """Raises Mistake with every diagnostic if the storyboard cannot be built."""
        from reelmake.assemble.timeline import timeline
        from reelmake.lacks import report_lacks
        from reelmake.plan.graph import graph
        from reelmake.plan.layout import BUILD, Layout
        from reelmake.plan.shots import shot_steps

        script = self.script
        if not script.ok:
            raise Mistake(script.diagnostics)
        report = Report()
        lengths = self._lengths(script, report)
        self._materials(script, report)
        clash = _outputs_clash(script.variants)
        elsewhere = self.choices.by_order()
        fittings = self._fittings(script, report)
        steps: list[Step] = []
        cuts: dict[str, Cut] = {}
        shots = {}
        for variant in script.variants:
            board = variant.board
            made = shots[board.variant] = shot_steps(variant.slates, self.records, self.expected, elsewhere, fittings)
            steps += made.steps
            cut = cuts[board.variant] = timeline(board, variant.slates, lengths, report, catalog.complaint)
            root = f"{BUILD}/{board.variant}" if clash and board.variant else BUILD
            footage = {s.file: s.spans.get("file", s.span) for s in variant.slates.values() if s.file}
            if not report.failed:
                for output in board.outputs:
                    wanted = catalog.output(output.path).steps(cut, board, output, made.clips, root)
                    report_lacks(output, wanted, self.inputs, footage, report)
                    steps += wanted
        if report.failed:
            raise Mistake(Report([*script.diagnostics, *report.items]).sorted())
        tool = self.tool
        places = {a: s.spans.get("file", s.span) for v in script.variants for a, s in v.slates.items()}
        tooled = [
            s if s.kind in ("shot", "frame", "picture") else replace(s, tool=tool, span=s.span or _place(s, places))
            for s in steps
        ]
        return Layout(script, graph(tooled), cuts, shots)

    @cached_property
    def tool(self) -> str:
        """The ffmpeg that encodes, with its version: another build gives other bytes."""
        from reelmake.media.ffmpeg import version

        return version()

    def expected(self, job: Job) -> float:
        """Seconds a job will take: what takes of its provider and model took so far, or a guess."""
        from reelmake.plan.shots import EXPECTED

        learned = self._pace.get(f"{job.provider} {job.model}")
        if learned is not None:
            return float(learned) * float(job.seconds)
        return float(job.seconds) * LOCAL_PACE if job.local else EXPECTED

    def forecast(self, plan: Plan) -> float:
        """Seconds the plan will take."""
        from reelmake.plan.forecast import forecast

        limits = {name: spec.limits.in_flight for name, spec in self.providers.items()}
        return forecast(plan, limits, os.cpu_count() or 1)

    @cached_property
    def providers(self) -> dict[str, ProviderSpec]:
        """Every provider of the storyboard, by name. Where it names no limit, those of its models in use hold."""
        variants = self.script.variants
        specs = {spec.name: spec for v in variants for spec in v.board.providers.values()}
        return {name: replace(spec, limits=_limits(spec.limits, _used(variants, name))) for name, spec in specs.items()}

    @cached_property
    def _pace(self) -> dict[str, float]:
        """Seconds of waiting for a second of clip, by provider and model, as learned from past runs."""
        noted = self.notes.read("pace.json").items()
        return {name: float(seen) for name, seen in noted if isinstance(seen, int | float) and seen > 0}

    def gate(self, provider: str) -> SharedLimits | None:
        """The limits of a provider, if other projects share them."""
        from reelmake.store.limits import SharedLimits

        limits = self.providers[provider].limits
        return SharedLimits(self.root / Path(limits.file).expanduser(), limits, str(self.root)) if limits.file else None

    @property
    def usual(self) -> dict[str, dict[str, float]]:
        """The same by provider, then by model."""
        usual: dict[str, dict[str, float]] = {}
        for name, seconds in self._pace.items():
            provider, _, model = name.partition(" ")
            usual.setdefault(provider, {})[model] = seconds
        return usual

    def learn(self, takes: Iterable[tuple[Job, float]], pace: Mapping[str, Mapping[str, float]]) -> None:
        """Remembers how long takes made here took (seconds), and the pace of providers; newer ones count for more."""
        seen = [(f"{job.provider} {job.model}", took / max(0.1, float(job.seconds))) for job, took in takes]
        seen += [(f"{name} {model}", seconds) for name, models in pace.items() for model, seconds in models.items()]
        learned = dict(self._pace)
        for name, seconds in seen:
            learned[name] = round(seconds if name not in learned else 0.7 * learned[name] + 0.3 * seconds, 3)
        if learned != self._pace:
            self.notes.write("pace.json", learned)

    def plan(self, wanted: Sequence[str] = ()) -> Plan:
        """What a build of the wanted shots or tags (default: all outputs and takes) would do."""
        from reelmake.plan.decide import decide

        layout = self.layout
        targets = layout.named(wanted) if wanted else layout.graph.targets
        endings = cache(self.journal.endings)  # only asked where something is not made
        under_way = cache(lambda: {a.key: a for a in sorted(self.journal.open(), key=lambda a: bool(a.remote))})
        plan = decide(
            layout.graph,
            targets,
            find=self.store.find,
            record=self.store.record,
            file_digest=self.inputs.digest,
            locked=self.records,
            endings=lambda key: endings().get(key, ()),
            ordered=lambda key: under_way().get(key),
        )
        self.inputs.save()
        return self._sunset(plan)

    def treatments(self, plan: Plan) -> list[Treatment]:
        """What becomes of every entry of the plan's cuts whose clip is there."""
        from reelmake.treatment import treatments, with_sound

        def find(clip: Input) -> tuple[str, Path] | None:
            if clip.file:
                return self.inputs.digest(clip.file), self.inputs.path(clip.file)
            made = plan.decisions[clip.step].take if clip.step in plan.decisions else None
            return (made.digest, self.store.path(made)) if made else None

        return with_sound(treatments(plan, find, self.notes), plan, find, self.notes)

    def _sunset(self, plan: Plan) -> Plan:
        """The plan, with what a model that is no longer there would have to make."""
        if not any(d.step.job and d.step.job.known and d.step.job.known.sunset for d in plan.todo):
            return plan
        from reelmake.plan.sunset import marked

        def kept(shot: str, take: int) -> bool:
            known = self.records[shot].takes.get(take) if shot in self.records else None
            return known is not None and self.store.find(known[0]) is not None

        ordered = {attempt.key for attempt in self.journal.open()}
        return marked(plan, self.clock.utc()[:10], ordered=ordered, kept=kept)

    def ended(self, plan: Plan) -> Unwilling | None:
        """Why this plan cannot be carried out, if it needs a model that is no longer there."""
        from reelmake.plan.sunset import refusal

        tiers = {name: tier for v in self.script.variants for name, tier in v.board.tiers.items()}
        return refusal(plan, lambda tier: tiers[tier].spans.get("model", tiers[tier].span) if tier in tiers else None)

    def _fittings(self, script: Script, report: Report) -> Fittings:
        """Pictures that are fitted before they are sent."""
        from reelmake.pictures import Pictures
        from reelmake.plan.suits import suits

        pictures = Pictures(self.inputs, self.notes)
        found: dict[tuple[str, str], Fitting] = {}
        for variant in script.variants:
            found |= suits(variant.slates, pictures.look, pictures.frame, report)
        return found

    def _materials(self, script: Script, report: Report) -> None:
        """Tells of sounds, pictures, fonts and looks that cannot be used."""
        from reelmake.materials import Materials, check_trims

        materials = Materials(self.inputs, self.notes)
        for variant in script.variants:
            check_trims(variant.board.sound, materials.check(variant.mentions, report), report)

    def _lengths(self, script: Script, report: Report) -> dict[str, Fraction]:
        """Seconds of every shot's clip; footage is probed (its facts are kept by digest)."""
        lengths: dict[str, Fraction] = {}
        for variant in script.variants:
            for address, slate in variant.slates.items():
                if slate.length is not None:
                    lengths[address] = slate.length
                    continue
                try:
                    lengths[address] = self.footage.seconds(slate.file)
                    if lengths[address] * variant.board.fps < Fraction(1, 2):
                        raise LocalTool("it is shorter than a frame of the cut")
                except LocalTool as error:
                    place = slate.spans.get("file") or slate.span
                    report.error("RM610", f"{slate.file} is not footage that can be used: {error}", place)
                    lengths[address] = Fraction(1)
        return lengths

    # -- what a person decides, and what a run leaves behind

    def addresses(self, word: str) -> list[str]:
        """The shots an id, an address or a tag stands for. Raises Mistake if there is none."""
        found = self.layout.shots_called(word)
        if not found:
            known = {a.rpartition("/")[2] for a in self.layout.slates}
            raise Mistake([Diagnostic("RM701", f'no shot is called "{word}"', None, hint=did_you_mean(word, known))])
        return found

    def takes_there(self, shot: str) -> set[int]:
        """Numbers of the takes of a shot's present order whose clips are in the store."""
        plan = self.plan([shot])
        return {d.step.job.take for d in plan.jobs if shot in d.step.shots and d.step.job and d.take}

    def pick(self, shots: Sequence[str], take: int) -> None:
        """Notes the choice in the lock file, for the order that each shot has now."""
        self.choices.pick({shot: self._order(shot) for shot in shots}, take)
        self.__dict__.pop("records", None)

    def another_take(self, shots: Sequence[str], *, pick: bool) -> Project:
        """This project as it is once one more take of each shot is wished for; nothing is written yet."""
        wishing = Project(self.storyboard, self.form)
        for shot in shots:
            number = self.layout.shots[self.layout.variant_of(shot)].choices[shot].takes + 1
            wishing.choices.wish(shot, self._order(shot), number, pick=pick)
        return wishing

    def wish_again(self, shots: Iterable[str]) -> None:
        """One more take of each shot is wished for in this very project, and used; nothing is written yet."""
        for shot in shots:
            number = self.layout.shots[self.layout.variant_of(shot)].choices[shot].takes + 1
            self.choices.wish(shot, self._order(shot), number, pick=True)
        self.forget()

    @property
    def gone(self) -> set[tuple[str, str]]:
        """(provider, remote) of clips that a provider has said it no longer has."""
        noted = self.notes.read("gone.json")
        return {(provider, remote) for provider, ids in noted.items() if isinstance(ids, list) for remote in ids}

    def remember_gone(self, answers: Mapping[tuple[str, str], bool]) -> None:
        """Notes which clips are there (True) and which are not."""
        known = self.gone
        now = (known | {pair for pair, there in answers.items() if not there}) - {
            p for p, there in answers.items() if there
        }
        if now != known:
            providers = sorted({provider for provider, _ in now})
            self.notes.write("gone.json", {name: sorted(r for p, r in now if p == name) for name in providers})

    def _order(self, shot: str) -> str:
        return self.layout.shots[self.layout.variant_of(shot)].orders[shot]

    def room(self, plan: Plan) -> None:
        """Raises LocalTool if something is in the way of an output."""
        from reelmake.store.notes import room

        for path in filter(None, (plan.graph.steps[id].output for id in plan.decisions)):
            room(self.root, path)

    def publish(self, take: Take, path: str) -> bool:
        """Puts an artifact in its place below the project; False if it stands there already."""
        from reelmake.store.notes import place

        target = self.root / path
        if target.is_file() and self.inputs.digest(path) == take.digest:
            return False
        place(self.store.path(take), target)
        return True

    def log(self, result: Mapping[str, Any]) -> None:
        """A line of the run log."""
        self.notes.append("runs.jsonl", {"at": self.clock.utc(), **result})

    def runs(self) -> list[dict[str, Any]]:
        """Past runs, oldest first."""
        return self.notes.lines("runs.jsonl")

    def looked_at(self, result: Result) -> list[tuple[str, int, int, int, int]] | None:
        """(absolute path, size, mtime and ctime in ns, inode) of every file that a result hangs on.

        None if an input was written so lately that it may have changed since we read it. Records of ours that are not
        there are noted as absent.
        """
        from reelmake.media.ffmpeg import program

        mine = [self.root / LOCK, self.state / "journal", *(self.root / o.path for o in result.outputs)]
        mine += [Path(program())]
        folders = {}  # of the takes' records: one that goes away changes its folder's times
        for key in (key for record in self.choices.records().values() for key, _ in record.takes.values()):
            if take := self.store.record(key):
                mine.append(self.store.path(take))
                folders[self.store.record_file(key).parent] = True
        mine += folders
        steps = self.layout.graph.steps.values()
        given = sorted({i.file for step in steps for g in step.inputs for i in (g, g.keyed) if i.file})
        stats = []
        for path in (*mine, *(self.root / name for name in given)):
            try:
                found = path.stat()
            except OSError:
                if path in mine[:2]:
                    self.absent.append(str(path))
                    continue
                return None
            stats.append((str(path), found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino))
        settled = self.opened - GRAIN
        if any(max(mtime, ctime) > settled for _, _, mtime, ctime, _ in stats[len(stats) - len(given) :]):
            return None
        return stats

    def hold(self, *, wait: bool, waiting: Callable[[str], None], stopped: Callable[[], bool]) -> Hold:
        """The hold on this project, for one run at a time."""
        from reelmake.store.hold import Hold

        return Hold(self.state / "hold", wait=wait, tell=waiting, stopped=stopped, since=self.clock.utc())

    def forget(self) -> None:
        """What was read of journal, lock and files may have changed: read it again when it is asked for."""
        for name in ("journal", "inputs", "records", "footage", "layout"):
            self.__dict__.pop(name, None)


def _used(variants: Sequence[Variant], provider: str) -> list[Limits]:
    """The limits of the models that a provider's jobs name."""
    jobs = (job for v in variants for s in v.slates.values() for job in s.jobs[:1] if job.provider == provider)
    return [known.limits for known in {job.model: job.known for job in jobs}.values() if known is not None]


def _limits(own: Limits, models: Sequence[Limits]) -> Limits:
    """The provider's own limits, and where it has none the tightest of its models."""

    def tightest(name: str) -> int | None:
        return min((limit for m in models if (limit := getattr(m, name)) is not None), default=None)

    return replace(
        own,
        in_flight=own.in_flight if own.in_flight is not None else tightest("in_flight"),
        per_minute=own.per_minute if own.per_minute is not None else tightest("per_minute"),
    )


def _place(step: Step, places: Mapping[str, Span | None]) -> Span | None:
    """Where the one shot of a step stands; None if it is made of more."""
    return places.get(step.shots[0]) if len(set(step.shots)) == 1 else None


def _outputs_clash(variants: Sequence[Variant]) -> bool:
    """Do two variants write the same path? Then every variant gets a folder of its own."""
    paths = [output.path for v in variants for output in v.board.outputs]
    return len(paths) != len(set(paths))
