"""On which rung of `fallback:` each shot is, as lock file and journal say. Knows nothing of how a rung is lowered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from reelmake.model.compiled import Compiled
from reelmake.plan.decide import Verdict, decide
from reelmake.plan.fallback import passed

if TYPE_CHECKING:
    from reelmake.plan.decide import Decision, Evidence
    from reelmake.plan.layout import Layout

Laid = Callable[[Compiled], "Layout"]


class Rungs:
    """Of a script whose `first` layout has every shot on its first. `known`: by which a decision is made; `today`: the
    date, ISO."""

    def __init__(self, script: Compiled, first: Layout, lay_out: Laid, known: Evidence, today: str) -> None:
        self._script, self._first, self._lay_out = script, first, lay_out
        self._known, self._today = known, today
        self._count = {address: 1 + len(slate.rungs) for address, slate in first.slates.items() if slate.rungs}
        self._why: dict[str, list[str]] = {address: [] for address in self._count}

    def layout(self) -> Layout:
        """With every shot on the first rung that was not refused; on a later one, if the take that the lock file names
        is of that one: it was made where the journal is another."""
        if not self._count:
            return self._first
        layout, decisions = self._walked(self._first, dict.fromkeys(self._count, 1))
        if further := self._locked(layout, decisions):
            at = {address: further.get(address, layout.slates[address].rung) for address in self._count}
            layout = self._on(at)
        return replace(layout, fallen={address: tuple(why) for address, why in self._why.items() if why})

    def _walked(self, layout: Layout, at: dict[str, int]) -> tuple[Layout, Mapping[str, Decision]]:
        while True:
            decisions = self._judged(layout)
            falls = {a: why for a, d in decisions.items() if at[a] < self._count[a] and (why := self._passed(d))}
            if not falls:
                return layout, decisions
            for address, why in falls.items():
                at[address] += 1
                self._why[address].append(why)
            layout = self._on(at)

    def _locked(self, layout: Layout, decisions: Mapping[str, Decision]) -> dict[str, int]:
        """Later rungs, by address, that takes of the lock file are of where nothing is made or ordered."""
        told = {a: self._known.locked[a] for a in self._count if a in self._known.locked}
        open_ = {a for a, d in decisions.items() if d.verdict is not Verdict.FRESH and not d.ordered}
        found = {a: r.rung for a, r in told.items() if a in open_ and layout.slates[a].rung < r.rung <= self._count[a]}
        if not found:
            return {}
        there = self._on({a: found.get(a, layout.slates[a].rung) for a in self._count})
        judged = self._judged(there)

        def known(a: str) -> bool:
            """Where only a run can know the key (it starts from a sketch that is not drawn), the order has to do."""
            return judged[a].key == told[a].takes.get(1, ("",))[0] if judged[a].key else there.order(a) == told[a].order

        return {a: rung for a, rung in found.items() if known(a)}

    def _passed(self, d: Decision) -> str:
        return passed(d, self._known.endings(d.key) if d.key else (), self._today)

    def _on(self, at: Mapping[str, int]) -> Layout:
        variants = tuple(
            replace(v, slates={a: s.on(at[a]) if a in at else s for a, s in v.slates.items()})
            for v in self._script.variants
        )
        return self._lay_out(replace(self._script, variants=variants))

    def _judged(self, layout: Layout) -> dict[str, Decision]:
        """Their first takes, by address."""
        firsts = {a: layout.shots[a.rpartition("/")[0]].firsts[a].id for a in self._count}
        ids = {address: layout.graph.alias.get(id, id) for address, id in firsts.items()}
        found = decide(layout.graph, tuple(ids.values()), self._known).decisions
        return {address: found[id] for address, id in ids.items()}
