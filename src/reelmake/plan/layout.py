"""Layout: the graph of every variant of a storyboard, with the cuts and shots it was made from. Knows no records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import field, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from reelmake.model.medium import MUSIC
from reelmake.model.segment import BodyWork, JoinWork
from reelmake.model.time import SAMPLE_RATE, seconds
from reelmake.plan.key import order
from reelmake.records import dataclass

if TYPE_CHECKING:
    from reelmake.diagnostics import Diagnostic
    from reelmake.model.compiled import Compiled, Variant
    from reelmake.model.cut import Cut
    from reelmake.model.order import Slate
    from reelmake.model.step import Step
    from reelmake.plan.shots import ShotSteps, TakeChoice
    from reelmake.plan.step_graph import Graph


@dataclass(frozen=True)
class Layout:
    """`cuts` and `shots` by variant ("" without a matrix). `warnings`: of what only lengths can tell. `provisional`: id
    of a step that hangs on a guess of how long a line is -> address of the line that has to be made first.

    `fallen`: why each rung of `fallback:` was passed before the one that a shot is on, by address.
    """

    script: Compiled
    graph: Graph
    cuts: Mapping[str, Cut]
    shots: Mapping[str, ShotSteps]
    warnings: tuple[Diagnostic, ...] = ()
    provisional: Mapping[str, str] = field(default_factory=dict)
    fallen: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @cached_property
    def slates(self) -> dict[str, Slate]:
        """Every shot of every variant, by address, in the author's order."""
        return {address: slate for v in self.script.variants for address, slate in v.slates.items()}

    @cached_property
    def begins(self) -> dict[str, list[Fraction]]:
        """Seconds of the cut at which the entries of a shot begin, or a line is heard, by its address; none of one that
        is no entry, or not heard."""
        found: dict[str, list[Fraction]] = defaultdict(list)
        for cut in self.cuts.values():
            for entry in cut.entries:
                found[entry.shot].append(seconds(entry.at, cut.fps))
            for said in cut.said:
                found[said.line].append(Fraction(said.at, SAMPLE_RATE))
        return dict(found)

    def choice(self, address: str) -> TakeChoice:
        """How many takes a shot has, and which is used."""
        return self.shots[_variant(address)].choices[address]

    def unpicked(self, ids: Collection[str]) -> int:
        """How many of these steps make takes that no shot uses."""
        takes = [step for id in ids if (step := self.graph.steps[id]).take]
        return sum(all(self.choice(shot).take != step.take for shot in step.shots) for step in takes)

    def order(self, address: str) -> str:
        """The order that picks of a shot hold for; "" for footage."""
        first = self.shots[_variant(address)].firsts.get(address)
        return order(first) if first else ""

    def guessed(self, targets: Collection[str]) -> tuple[dict[str, str], tuple[str, ...]]:
        """By id, what steps that these need are estimated from; and the steps of those lines, which must be made before
        anybody knows."""
        if not self.provisional:
            return {}, ()
        known = {self.graph.alias.get(id, id): line for id, line in self.provisional.items()}
        guessed = {id: known[id] for id in self.graph.needed(targets) if id in known}
        spoken = (self.slates[shot].spoken for id in guessed for shot in self.graph.steps[id].shots)
        lines = dict.fromkeys([*guessed.values(), *(line for said in spoken if said for line in said.lines)])
        return guessed, tuple(map(self.step, lines))

    def step(self, address: str) -> str:
        """The id of the step that makes the picked take of a shot, still or line; "" for footage."""
        id = self.shots[address.rpartition("/")[0]].clips[address].step
        return self.graph.alias.get(id, id)

    def awaited(self, id: str) -> list[str]:
        """Step ids of the lines that have to be made before it is known how long the shot of this take is."""
        step = self.graph.steps[id]
        if id not in self.provisional or not step.order:
            return []
        steps = self.shots[_variant(step.order.shot)].clips
        lines = dict.fromkeys((self.provisional[id], *(line for line, _ in self.slates[step.order.shot].said)))
        return [steps[line].step for line in lines]


def with_lines(graph: Graph, slates: Mapping[str, Slate]) -> Graph:
    """With what a plain build wants of the lines that decide how long its shots are, even if nobody hears them."""
    used = {shot for id in graph.targets if graph.steps[id].order for shot in graph.steps[id].shots}
    spoken = (slates[shot].spoken for shot in used)
    lines = {line for said in spoken if said is not None and said.auto for line in said.lines}
    wanted = {id for id, step in graph.steps.items() if step.take and not lines.isdisjoint(step.shots)}
    wanted.update(graph.targets)
    return replace(graph, targets=tuple(id for id in graph.steps if id in wanted))


def provisional(
    graph: Graph, waits: Mapping[str, str], guessed: Collection[str], cuts: Mapping[str, Cut]
) -> dict[str, str]:
    """The steps that hang on a guess, each with the address of the line to be made first. `waits`: that line, of shots
    whose length is a guess. `guessed`: lines that are not made. `cuts` by variant.

    A piece of an output that shows only other shots, and no captions, hangs on none: it is the same wherever in the cut
    it stands.
    """
    open_: dict[str, str] = {}  # the first such line of a cut, by variant
    for variant, cut in cuts.items():
        lines = [waits[shot] for shot in cut.shots if shot in waits]
        lines += [said.line for said in cut.said if said.line in guessed and not said.aloud]
        if lines:
            open_[variant] = lines[0]
    found: dict[str, str] = {}
    for id, step in graph.steps.items():
        lines = [found[i.step] for i in step.inputs if i.step in found]
        if step.shots and not step.part_of and all(shot in waits for shot in step.shots):
            lines.append(waits[step.shots[0]])
        elif step.order and step.order.medium == MUSIC.name and all(_variant(shot) in open_ for shot in step.shots):
            lines.append(open_[_variant(step.shots[0])])
        elif step.part_of and (not step.ordinal or _captioned(step)):
            lines += [line for variant, line in open_.items() if step.part_of.startswith(f"{variant}/" * bool(variant))]
        if lines:
            found[id] = lines[0]
    return found


def apart_by_words(
    variants: Sequence[Variant], shots: Mapping[str, ShotSteps], waits: Mapping[str, str], guessed: Collection[str]
) -> dict[str, object]:
    """By id, of each step whose length is a guess: what it will follow from. Two that are guessed alike may come out
    different, and are two orders then. `shots` by variant, `waits` and `guessed` as `provisional` has them."""
    found: dict[str, object] = {}
    for variant in variants:
        made = shots[variant.board.variant]
        told = {
            line: (order(made.firsts[line]), made.choices[line].take) for line in variant.slates if line in made.firsts
        }
        whole = frozenset(told[line] for line in variant.slates if line in guessed)
        for step in made.steps:
            if step.order is None:
                continue
            slate = variant.slates[step.order.shot]
            if step.order.medium == MUSIC.name and whole:
                found[step.id] = whole
            elif slate.shot in waits and slate.spoken:
                found[step.id] = (tuple(told[line] for line in slate.spoken.lines), slate.spoken.pad)
    return found


def _variant(address: str) -> str:
    return address.rpartition("/")[0]


def _captioned(step: Step) -> bool:
    """Does a piece show captions, which come when they are said?"""
    return isinstance(step.work, BodyWork | JoinWork) and bool(step.work.over.captions)
