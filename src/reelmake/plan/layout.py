"""Layout: the graph of every variant of a storyboard, with the cuts and shots it was made from. Knows no records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from reelmake.diagnostics import Diagnostic, did_you_mean
from reelmake.errors import Mistake
from reelmake.model.time import seconds
from reelmake.plan.key import order
from reelmake.records import dataclass

if TYPE_CHECKING:
    from reelmake.model.compiled import Compiled
    from reelmake.model.cut import Cut
    from reelmake.model.order import Slate
    from reelmake.plan.shots import ShotSteps, TakeChoice
    from reelmake.plan.step_graph import Graph

BUILD = "build"  # the folder of outputs, below the project


@dataclass(frozen=True)
class Layout:
    """`cuts` and `shots` by variant ("" without a matrix). `warnings`: of what only lengths can tell."""

    script: Compiled
    graph: Graph
    cuts: Mapping[str, Cut]
    shots: Mapping[str, ShotSteps]
    warnings: tuple[Diagnostic, ...] = ()

    @cached_property
    def slates(self) -> dict[str, Slate]:
        """Every shot of every variant, by address, in the author's order."""
        return {address: slate for v in self.script.variants for address, slate in v.slates.items()}

    @cached_property
    def begins(self) -> dict[str, list[Fraction]]:
        """Seconds of the cut at which the entries of a shot begin, by its address; none of one that is no entry."""
        found: dict[str, list[Fraction]] = defaultdict(list)
        for cut in self.cuts.values():
            for entry in cut.entries:
                found[entry.shot].append(seconds(entry.at, cut.fps))
        return dict(found)

    def choice(self, address: str) -> TakeChoice:
        """How many takes a shot has, and which is used."""
        return self.shots[address.rpartition("/")[0]].choices[address]

    def order(self, address: str) -> str:
        """The order that picks of a shot hold for; "" for footage."""
        first = self.shots[address.rpartition("/")[0]].firsts.get(address)
        return order(first) if first else ""

    def addresses(self, word: str) -> list[str]:
        """The shots an id, an address or a tag stands for. Raises Mistake if there is none."""
        found = self.shots_called(word)
        if not found:
            known = {a.rpartition("/")[2] for a in self.slates}
            raise Mistake([Diagnostic("RM701", f'no shot is called "{word}"', None, hint=did_you_mean(word, known))])
        return found

    def shots_called(self, word: str) -> list[str]:
        """Addresses that an id, an address or a tag stands for."""
        return [a for a, s in self.slates.items() if word in (a, a.rpartition("/")[2]) or word in s.tags]

    def named(self, words: Sequence[str]) -> tuple[str, ...]:
        """Step ids of the takes of the shots, tags or outputs that were named. Raises Mistake for an unknown name."""
        chosen: dict[str, None] = {}
        unknown: list[Diagnostic] = []
        for word in words:
            shots = set(self.shots_called(word))
            for step in self.graph.steps.values():
                if step.take and shots & set(step.shots):
                    chosen[step.id] = None
                elif _is(step.output, word):
                    chosen |= dict.fromkeys(self.graph.together[step.id])
            if not shots and not any(_is(step.output, word) for step in self.graph.steps.values()):
                known = {a.rpartition("/")[2] for a in self.slates} | {t for s in self.slates.values() for t in s.tags}
                message = f'no shot, tag or output is called "{word}"'
                unknown.append(Diagnostic("RM701", message, None, hint=did_you_mean(word, known)))
        if unknown:
            raise Mistake(unknown)
        return tuple(chosen)


def _is(output: str, word: str) -> bool:
    return bool(output) and word in (output, output.removeprefix(f"{BUILD}/"))
