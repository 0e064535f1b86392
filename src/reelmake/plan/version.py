"""Version: a film as a revision, a run or the work tree has it, made comparable: of every shot what its picked take is
made from, of every cut its entries, of every output what it is put together from.

Knows nothing of where a version comes from, nor of what differs between two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field, replace
from fractions import Fraction
from hashlib import sha256
from typing import TYPE_CHECKING

from reelmake.model.cut import Entry
from reelmake.model.medium import MediumName
from reelmake.model.overlay import TimedText
from reelmake.model.take import Manifest
from reelmake.model.time import seconds
from reelmake.plan.key import digest, text
from reelmake.records import dataclass

if TYPE_CHECKING:
    from reelmake.model.cut import Cut, Join
    from reelmake.model.order import Slate
    from reelmake.model.step import Input, Step
    from reelmake.plan.decide import Decision
    from reelmake.plan.layout import Layout
    from reelmake.plan.step_graph import Graph

_DIGITS = 24  # of a name: no two pieces of a film have the same by chance
_ENTRY = ("fit", "focus", "move", "speed", "held", "waits", "voice", "insets",
          "reverse", "fade_in", "fade_out")  # fmt: skip
"""Of an entry what its author decided; the rest follows from its neighbours or its clip, or is in files."""


_PLAIN = Entry("", 0, 0, 0)


@dataclass(frozen=True, slots=True)
class ShotVersion:
    """A shot, still, line or piece of music. `order`: what its picks hold for; of what is not generated a name for what
    it is. `pairs`: the manifest of its picked take, as far as it is known; () = it was made once, and nobody knows of
    what. `parents`: label of an input -> addresses that it is made from. `sha256` of the take, "" = none is known.
    """

    medium: MediumName = "clip"
    order: str = ""
    take: int = 1
    key: str = ""
    sha256: str = ""
    pairs: Manifest = ()
    parents: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EntryVersion:
    """One shot as it stands in a cut, with what was decided of it there: (label, value) as in a manifest; numbers are
    frames of the cut. `into`: the transition to the next."""

    shot: str
    pairs: Manifest = ()


@dataclass(frozen=True, slots=True)
class CutVersion:
    entries: tuple[EntryVersion, ...] = ()
    frames: int = 0
    seconds: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class OutputVersion:
    """`parts`: what is made of the whole cut for it ("sound", "reel"), by kind, and of what; `pieces`: a name for the
    content of each piece of its picture. `sha256`: "" = it is not made. `shots` that it shows."""

    name: str = ""
    parts: Mapping[str, Manifest] = field(default_factory=dict)
    pieces: tuple[str, ...] = ()
    shots: tuple[str, ...] = ()
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """`shots` by address, in the author's order; `cuts` by variant; `outputs` by path."""

    shots: Mapping[str, ShotVersion] = field(default_factory=dict)
    cuts: Mapping[str, CutVersion] = field(default_factory=dict)
    outputs: Mapping[str, OutputVersion] = field(default_factory=dict)


def version(layout: Layout, decisions: Mapping[str, Decision], file_digest: Callable[[str], str]) -> Version:
    """`decisions` on all takes at least, by step id. Raises what `file_digest` raises."""
    about = _About(layout.graph, decisions, file_digest)
    shots = {address: about.shot(layout, slate) for address, slate in layout.slates.items()}
    cuts = {variant: _cut(cut, file_digest) for variant, cut in layout.cuts.items()}
    outputs = {step.output: about.output(step) for step in layout.graph.steps.values() if step.output}
    return Version(shots, cuts, outputs)


class _About:
    """What is known of the steps of a graph."""

    def __init__(self, graph: Graph, decisions: Mapping[str, Decision], file_digest: Callable[[str], str]) -> None:
        self._graph, self._decisions, self._file_digest = graph, decisions, file_digest
        self._names: dict[str, str] = {}
        self._takes: dict[str, tuple[str, ...]] = {}

    def shot(self, layout: Layout, slate: Slate) -> ShotVersion:
        if not slate.orders:
            return self._given(slate)
        id = layout.step(slate.shot)
        step, decision = self._graph.steps[id], self._decisions.get(id)
        pairs = decision.manifest if decision and decision.manifest else self._open(step)
        parents = {f"input {i.label}": self._made_from(i.keyed) for i in step.inputs if i.keyed.step}
        take = decision.take if decision else None
        return ShotVersion(
            slate.medium,
            layout.order(slate.shot),
            layout.choice(slate.shot).take,
            decision.key if decision else "",
            take.digest if take else "",
            pairs,
            parents,
        )

    def _given(self, slate: Slate) -> ShotVersion:
        """What is not generated."""
        if slate.file:
            found = self._file_digest(slate.file)
            return ShotVersion(slate.medium, found, sha256=found, pairs=(("footage", found),))
        if slate.color:
            return ShotVersion(slate.medium, f"color {slate.color}", pairs=(("color", slate.color),))
        of, at = slate.still or slate.parent, "last" if slate.at is None else f"{slate.at} s"
        pairs: Manifest = (("still", of),) if slate.still else (("frame of", of), ("at", at))
        return ShotVersion(slate.medium, digest(pairs), pairs=pairs, parents={pairs[0][0]: (of,)})

    def _open(self, step: Step) -> Manifest:
        """The manifest of what depends on something that is not made: less that."""
        files = [i for i in step.inputs if not i.keyed.step]
        pairs = [(f"input {i.label}", self._file_digest(i.keyed.file)) for i in files]
        return (*self._graph.heads[step.id], *pairs, *((f"fit {i.label}", i.fit) for i in files if i.fit))

    def _made_from(self, given: Input) -> tuple[str, ...]:
        """Addresses of the nearest takes above an input."""
        id = given.step
        if id not in self._takes:
            step = self._graph.steps[id]
            above = [shot for i in step.inputs if i.keyed.step for shot in self._made_from(i.keyed)]
            self._takes[id] = step.shots[:1] if step.order else tuple(dict.fromkeys(above))
        return self._takes[id]

    def output(self, step: Step) -> OutputVersion:
        graph = self._graph
        below = [s for id, s in graph.below([step.id]).items() if id == step.id or (s.part_of and not s.output)]
        decision = self._decisions.get(step.id)
        return OutputVersion(
            self._name(step.id),
            {s.kind: graph.heads[s.id] for s in below if not s.ordinal},
            tuple(self._name(s.id) for s in below if s.ordinal),
            step.shots,
            decision.take.digest if decision and decision.take else "",
        )

    def _name(self, id: str) -> str:
        """The same for two steps that come to the same bytes, whether those are made or not; of takes, their digest."""
        if id not in self._names:
            step, decision = self._graph.steps[id], self._decisions.get(id)
            if step.order and decision and decision.take:
                self._names[id] = decision.take.digest
            else:
                given = [(i.label, i.read, i.fit, self._named(i.keyed)) for i in step.inputs]
                said = repr((self._graph.heads[id], given)).encode(errors="surrogatepass")
                self._names[id] = sha256(said).hexdigest()[:_DIGITS]
        return self._names[id]

    def _named(self, given: Input) -> str:
        return self._name(given.step) if given.step else self._file_digest(given.file)


def _cut(cut: Cut, file_digest: Callable[[str], str]) -> CutVersion:
    joins = (*cut.joins, *[None] * len(cut.entries))
    entries = (EntryVersion(e.shot, _entry(e, join, file_digest)) for e, join in zip(cut.entries, joins, strict=False))
    return CutVersion(tuple(entries), cut.frames, seconds(cut.frames, cut.fps))


def _entry(entry: Entry, join: Join | None, file_digest: Callable[[str], str]) -> Manifest:
    """What its author has said of it; of files their bytes, not their names."""
    files = [("look", entry.look), *((f"look of inset {n}", inset.look) for n, inset in enumerate(entry.insets, 1))]
    for n, words in enumerate(entry.titles, 1):
        files += [(f"font of title {n}", words.lettering.font), (f"logo of title {n}", words.lettering.logo)]
    if any(inset.look for inset in entry.insets):
        entry = replace(entry, insets=tuple(replace(inset, look="") for inset in entry.insets))
    said = ((label, getattr(entry, label), getattr(_PLAIN, label)) for label in _ENTRY)
    pairs = [(label, text(value)) for label, value, unsaid in said if value is not unsaid and value != unsaid]
    pairs += [(f"title {n}" if n > 1 else "title", _shown(words)) for n, words in enumerate(entry.titles, 1)]
    pairs += [(label, file_digest(file)) for label, file in files if file]
    if join:
        params = [text(join.params)] if join.params else []
        pairs.append(("into", ", ".join([join.name, f"{join.frames} frames", *params])))
    return (("start", str(entry.start)), ("frames", str(entry.frames)), *pairs)


def _shown(words: TimedText) -> str:
    """The text itself, where nothing else is said of it."""
    return words.text if words == TimedText(words.text) else text(words)
