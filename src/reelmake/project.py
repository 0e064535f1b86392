"""A project: the folder of a storyboard with its store, journal and lock. The stages of the road, in their order, on it.

text -> Script -> Graph -> Plan -> Outcome -> outputs. The only place where real adapters are built. Knows nothing of the
command line or of how anything is shown.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from reelmake import catalog
from reelmake.diagnostics import Diagnostic, Report, Source, did_you_mean
from reelmake.errors import LocalTool, Mistake
from reelmake.model.job import Job, Slate
from reelmake.model.lock import Record
from reelmake.model.script import Script, Variant
from reelmake.model.step import Step

if TYPE_CHECKING:
    from reelmake.model.cut import Cut
    from reelmake.plan.decide import Plan
    from reelmake.plan.graph import Graph
    from reelmake.plan.shots import ShotSteps
    from reelmake.store.journal import FileJournal
    from reelmake.store.local import LocalStore
    from reelmake.store.stat import FileInputs

STORYBOARD = "storyboard.yaml"
LOCK = "reelmake.lock"
STATE = ".reelmake"
BUILD = "build"


@dataclass(frozen=True, slots=True)
class Choices:
    """What shapes a storyboard from outside: the profile and the settings of `--set`."""

    profile: str = ""
    settings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Layout:
    """The graph of every variant and what it was made from. `cuts` by variant; `shots` by variant."""

    script: Script
    graph: Graph
    cuts: Mapping[str, Cut]
    shots: Mapping[str, ShotSteps]

    @property
    def slates(self) -> dict[str, Slate]:
        return {address: slate for v in self.script.variants for address, slate in v.slates.items()}


def find(named: str | None, start: Path | None = None) -> Path:
    """The storyboard: the one named, or storyboard.yaml in this folder or the nearest parent. Raises Mistake."""
    if named is not None:
        path = Path(named)
        path = path / STORYBOARD if path.is_dir() else path
        if not path.is_file():
            raise Mistake([Diagnostic("RM601", f'there is no storyboard "{named}"', None)])
        return path.resolve()
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / STORYBOARD).is_file():
            return folder / STORYBOARD
    hint = "`reelmake init` writes one that builds at once; `-f FILE` names another"
    raise Mistake([Diagnostic("RM601", f"no {STORYBOARD} in {here} or a folder above it", None, hint=hint)])


class Project:
    """One storyboard and the choices it is read with. Every stage is computed once."""

    def __init__(self, storyboard: Path, choices: Choices = Choices()) -> None:  # noqa: B008  # frozen
        self.storyboard = storyboard
        self.root = storyboard.parent
        self.choices = choices
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
            profile=self.choices.profile,
            settings=dict(self.choices.settings),
            kinds=catalog.kinds(),
            transitions=catalog.transitions(),
            outputs=catalog.outputs(),
        )
        return replace(script, diagnostics=tuple(Report([*report.items, *script.diagnostics]).sorted()))

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

        return LocalStore(self.root / STATE)

    @cached_property
    def journal(self) -> FileJournal:
        from reelmake.store.journal import FileJournal

        return FileJournal(self.root / STATE / "journal")

    @cached_property
    def inputs(self) -> FileInputs:
        from reelmake.store.stat import FileInputs

        return FileInputs(self.root, self.root / STATE / "digests.json")

    @cached_property
    def records(self) -> dict[str, Record]:
        """reelmake.lock, by address; of this profile only. A file that is not ours is a mistake with its line."""
        marked = self._lock_file()
        mark = f"@{self.choices.profile}" if self.choices.profile else ""
        if mark:
            return {k.removesuffix(mark): v for k, v in marked.items() if k.endswith(mark)}
        return {k: v for k, v in marked.items() if "@" not in k}

    # -- Script -> Graph -> Plan

    @cached_property
    def layout(self) -> Layout:
        """Raises Mistake with every diagnostic if the storyboard cannot be built."""
        from reelmake.assemble.steps import steps as cut_steps
        from reelmake.assemble.timeline import timeline
        from reelmake.plan.graph import graph
        from reelmake.plan.shots import shot_steps

        script = self.script
        if not script.ok:
            raise Mistake(script.diagnostics)
        report = Report()
        lengths = self._lengths(script, report)
        clash = _outputs_clash(script.variants)
        steps: list[Step] = []
        cuts: dict[str, Cut] = {}
        shots: dict[str, ShotSteps] = {}
        for variant in script.variants:
            board = variant.board
            made = shots[board.variant] = shot_steps(variant.slates, self.records, self.expected)
            steps += made.steps
            cut = cuts[board.variant] = timeline(board, variant.slates, lengths, report)
            root = f"{BUILD}/{board.variant}" if clash and board.variant else BUILD
            if not report.failed:
                for output in board.outputs:
                    steps += cut_steps(cut, board, output, made.clips, root)
        if report.failed:
            raise Mistake(Report([*script.diagnostics, *report.items]).sorted())
        tool = self.tool
        tooled = [s if s.kind in ("shot", "frame") else replace(s, tool=tool) for s in steps]
        return Layout(script, graph(tooled), cuts, shots)

    @cached_property
    def tool(self) -> str:
        """The ffmpeg that encodes, with its version: another build gives other bytes."""
        from reelmake.media.ffmpeg import version

        return version()

    def expected(self, job: Job) -> float:
        """Seconds a job will take: what takes of its provider and model took so far, or a guess."""
        if job.local:
            return float(job.seconds) * 0.4
        return self._pace.get((job.provider, job.model), 90.0)

    @cached_property
    def _pace(self) -> dict[tuple[str, str], float]:
        return {}

    def plan(self, wanted: Sequence[str] = ()) -> Plan:
        """What a build of the wanted shots or tags (default: all outputs and takes) would do."""
        from reelmake.plan.decide import decide

        layout = self.layout
        targets = targets_of(layout, wanted) if wanted else layout.graph.targets
        return decide(
            layout.graph,
            targets,
            find=self.store.find,
            record=self.store.record,
            file_digest=self.inputs.digest,
            locked=self.records,
        )

    def _lengths(self, script: Script, report: Report) -> dict[str, Fraction]:
        """Seconds of every shot's clip; footage is probed (its facts are kept by digest)."""
        lengths: dict[str, Fraction] = {}
        for variant in script.variants:
            for address, slate in variant.slates.items():
                if slate.length is not None:
                    lengths[address] = slate.length
                    continue
                try:
                    lengths[address] = self.footage(slate.file)
                except LocalTool as error:
                    place = slate.spans.get("file") or slate.span
                    report.error("RM610", f"{slate.file} is not footage that can be used: {error}", place)
                    lengths[address] = Fraction(1)
        return lengths

    def footage(self, path: str) -> Fraction:
        """Seconds of a piece of footage. Raises LocalTool."""
        facts = self.inputs.facts(path)
        if facts.seconds is None:
            raise LocalTool("it has no length (a still belongs under `image:`)")
        return facts.seconds

    def _lock_file(self) -> dict[str, Record]:
        from reelmake.store import lockfile

        path = self.root / LOCK
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        records, problems = lockfile.read(text)
        if problems:
            raise Mistake([Diagnostic("RM620", f"{self.shown(LOCK)}: {problem}", None) for problem in problems])
        return records


def targets_of(layout: Layout, wanted: Sequence[str]) -> tuple[str, ...]:
    """Step ids of the takes of the shots, addresses, tags or outputs that were named. Raises Mistake for an unknown name."""
    slates = layout.slates
    chosen: list[str] = []
    unknown: list[Diagnostic] = []
    for word in wanted:
        shots = [a for a, s in slates.items() if word in (a, a.rpartition("/")[2]) or word in s.tags]
        steps = [s.id for s in layout.graph.steps.values() if s.kind == "shot" and set(s.shots) & set(shots)]
        steps += [
            s.id
            for s in layout.graph.steps.values()
            if s.output and word in (s.output, s.output.removeprefix(f"{BUILD}/"))
        ]
        if not steps and not shots:
            known = {a.rpartition("/")[2] for a in slates} | {t for s in slates.values() for t in s.tags}
            unknown.append(
                Diagnostic("RM701", f'no shot, tag or output is called "{word}"', None, hint=did_you_mean(word, known))
            )
        chosen += steps
    if unknown:
        raise Mistake(unknown)
    return tuple(dict.fromkeys(chosen))


def _outputs_clash(variants: Sequence[Variant]) -> bool:
    """Do two variants write the same path? Then every variant gets a folder of its own."""
    paths = [output.path for v in variants for output in v.board.outputs]
    return len(paths) != len(set(paths))
