"""The state of a project: each shot, jobs that are open at providers, the ledger. Knows nothing of stores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from reelmake.model.take import Attempt
from reelmake.plan.decide import Plan, Verdict
from reelmake.plan.layout import Layout
from reelmake.report.plan import money

_MARK = {"fresh": ("✓", "good"), "stale": ("~", "warn"), "missing": ("·", "cyan"), "undecided": ("?", "dim")}


@dataclass(frozen=True)
class Status:
    """`shots`: (address, state, remark); state is a verdict or "footage". `ledger` in USD by name."""

    shots: tuple[tuple[str, str, str], ...]
    outputs: tuple[tuple[str, str], ...]
    open: tuple[Attempt, ...]
    ledger: Mapping[str, Decimal]

    def as_json(self) -> dict[str, Any]:
        return {
            "reelmake": 1,
            "shots": [{"shot": s, "state": state, "remark": remark or None} for s, state, remark in self.shots],
            "outputs": dict(self.outputs),
            "open": [
                {"shot": a.shot, "provider": a.provider, "remote": a.remote or None, "since": a.at} for a in self.open
            ],
            "ledger_usd": {name: float(amount) for name, amount in self.ledger.items()},
        }

    def text(self, paint: Callable[[str, str], str]) -> str:
        wide = max((len(s) for s, _, _ in self.shots), default=0)
        lines = []
        for shot, state, remark in self.shots:
            mark, tone = _MARK.get(state, ("f", "dim"))
            lines.append(
                f"{paint(mark, tone)} {shot.ljust(wide)}  {paint(state, tone)}{'  ' + remark if remark else ''}"
            )
        counts = Counter(state for _, state, _ in self.shots)
        lines += ["", ", ".join(f"{n} {state}" for state, n in counts.items()) or "no shots"]
        lines += [f"{path}: {state}" for path, state in self.outputs]
        for a in self.open:
            where = f"job {a.remote}" if a.remote else "sent, but no answer was seen"
            lines.append(
                paint(f"open at {a.provider}: {a.shot} ({where}, since {a.at}); the next build goes on with it", "warn")
            )
        if any(self.ledger.values()):
            lines.append(", ".join(f"{name} {money(amount)}" for name, amount in self.ledger.items() if amount))
        return "\n".join(lines)


def status(plan: Plan, layout: Layout, attempts: Sequence[Attempt], ledger: Mapping[str, Decimal]) -> Status:
    """A shot is as fresh as the least fresh of its takes."""
    worst: dict[str, tuple[int, str, str]] = {}
    rank = [Verdict.FRESH, Verdict.UNDECIDED, Verdict.MISSING, Verdict.STALE]
    for d in plan.jobs:
        for shot in d.step.shots:
            state = (rank.index(d.verdict), d.verdict.value, d.reason)
            worst[shot] = max(worst.get(shot, state), state)
    shots = []
    for address, slate in layout.slates.items():
        if address in worst:
            shots.append((address, *worst[address][1:]))
        elif set(plan.targets) == set(plan.graph.targets):
            shots.append((address, "footage", slate.file) if slate.file else (address, "unused", "in no output"))
    outputs = tuple((d.step.output, d.verdict.value) for d in plan.decisions.values() if d.step.output)
    return Status(tuple(shots), outputs, tuple(attempts), ledger)
