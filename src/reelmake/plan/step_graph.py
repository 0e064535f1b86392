"""The DAG of steps, as a networkx DiGraph: sharing, order, ancestors, the critical path.

The only module that imports networkx, and only where a question needs it (it takes 100 ms to load). Knows nothing of
verdicts or of how a step is made.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from reelmake.model.step import Input, Step
from reelmake.model.take import Manifest
from reelmake.plan.key import head
from reelmake.records import dataclass

if TYPE_CHECKING:
    import networkx as nx


@dataclass(frozen=True)
class Graph:
    """`steps` stand in an order that has every input before its user. `alias`: a step that was folded -> the one kept.

    `targets`: what a plain build wants: outputs, and every take of the shots they use.
    """

    steps: Mapping[str, Step]
    alias: Mapping[str, str]
    targets: tuple[str, ...]
    heads: Mapping[str, Manifest]  # plan/key.head of every step

    @cached_property
    def digraph(self) -> nx.DiGraph[str]:
        return _wired(self.steps)

    def needed(self, targets: Collection[str]) -> dict[str, Step]:
        """The targets and everything they depend on, in graph order."""
        wanted = {self.alias.get(t, t) for t in targets}
        for id in reversed(list(self.steps)):
            if id in wanted:
                wanted.update(i.step for i in self.steps[id].inputs if i.step)
        return {id: step for id, step in self.steps.items() if id in wanted}

    def below(self, ids: Sequence[str]) -> dict[str, Step]:
        """These steps and all that they are made from or keyed by, in graph order, found from them: for few of many."""
        wanted, waiting = set(ids), list(ids)
        while waiting:
            for given in self.steps[waiting.pop()].inputs:
                new = {i.step for i in (given, given.keyed) if i.step} - wanted
                wanted |= new
                waiting += new
        return {id: self.steps[id] for id in sorted(wanted, key=self.places.__getitem__)}

    def descendants(self, id: str) -> set[str]:
        import networkx as nx

        return set(nx.descendants(self.digraph, self.alias.get(id, id)))

    @cached_property
    def places(self) -> dict[str, int]:
        """Where each step stands in the order."""
        return {id: n for n, id in enumerate(self.steps)}

    @cached_property
    def together(self) -> dict[str, tuple[str, ...]]:
        """Of each output those that it is read with, itself among them: a stream's playlists say where in its files the
        parts lie, so beside a file of another build they show nothing."""
        found: dict[str, tuple[str, ...]] = {id: (id,) for id, step in self.steps.items() if step.output}
        for id in found:
            for given in self.steps[id].inputs:
                if given.step in found and found[given.step] != found[id]:
                    both = (*found[given.step], *found[id])
                    found.update(dict.fromkeys(both, both))
        return found

    @cached_property
    def priority(self) -> dict[str, float]:
        """Seconds from the start of a step to the end of the longest chain that depends on it: larger first."""
        longest = {id: step.seconds for id, step in self.steps.items()}
        for id in reversed(list(self.steps)):
            for i in self.steps[id].inputs:
                if i.step:
                    longest[i.step] = max(longest[i.step], self.steps[i.step].seconds + longest[id])
        return longest


def graph(steps: Iterable[Step], apart: Mapping[str, object] = {}) -> Graph:
    """Folds steps that are the same work on the same inputs into the first of them, and orders the rest.

    `apart`: by id, what a step must have in common with another besides. `steps` may come in any order; an input that
    no step makes is our bug (KeyError).
    """
    given = {s.id: s for s in steps}
    alias: dict[str, str] = {}
    kept: dict[str, Step] = {}
    heads: dict[str, Manifest] = {}
    seen: dict[object, str] = {}  # identity -> id of the step kept
    for step in _ordered(given):
        if alias and step.inputs:
            step = replace(step, inputs=tuple(_aliased(i, alias) for i in step.inputs))
        beginning = head(step)
        given_to = [(i.label, i.keyed.step, i.keyed.file, i.fit, "" if step.order else i.read) for i in step.inputs]
        twin = seen.setdefault((beginning, tuple(given_to), step.output, apart.get(step.id)), step.id)
        if twin != step.id:
            alias[step.id] = twin
            kept[twin] = replace(kept[twin], shots=tuple(dict.fromkeys((*kept[twin].shots, *step.shots))))
        else:
            kept[step.id] = step
            heads[step.id] = beginning
    return Graph(kept, alias, _targets(kept), heads)


def _targets(steps: Mapping[str, Step]) -> tuple[str, ...]:
    """Outputs, and every take of each shot that they show or depend on; a shot that no output uses is not paid for."""
    wanted = {id for id, step in steps.items() if step.output}
    used: set[str] = set()
    for id in reversed(list(steps)):
        if id in wanted:
            wanted.update(i.step for i in steps[id].inputs if i.step)
            if steps[id].take:
                used.update(steps[id].shots)
    return tuple(id for id, s in steps.items() if s.output or (s.take and not used.isdisjoint(s.shots)))


def _ordered(given: Mapping[str, Step]) -> list[Step]:
    place = {id: n for n, id in enumerate(given)}
    if all(place[i.step] < place[s.id] for s in given.values() for i in s.inputs if i.step):
        return list(given.values())
    import networkx as nx

    return [given[id] for id in nx.topological_sort(_wired(given))]


def _wired(steps: Mapping[str, Step]) -> nx.DiGraph[str]:
    import networkx as nx

    wired: nx.DiGraph[str] = nx.DiGraph()
    wired.add_nodes_from(steps)
    wired.add_edges_from((i.step, s.id) for s in steps.values() for i in s.inputs if i.step)
    return wired


def _aliased(given: Input, alias: Mapping[str, str]) -> Input:
    of = _aliased(given.of, alias) if given.of else None
    if given.step not in alias and of is given.of:
        return given
    return replace(given, step=alias.get(given.step, given.step), of=of)
