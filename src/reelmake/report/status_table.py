"""The state of a project: each shot, jobs that are open at providers, the ledger. Knows nothing of stores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import field
from decimal import Decimal

from reelmake.model.order import Slate
from reelmake.model.take import Attempt, Ledger, LedgerEntry, add_up
from reelmake.plan.decide import Plan, Verdict
from reelmake.plan.layout import Layout
from reelmake.plan.result import Astray, BuildNote, notes
from reelmake.records import dataclass
from reelmake.report import naming
from reelmake.report.build_summary import note_json, note_text
from reelmake.report.console import Paint
from reelmake.report.naming import ASTRAY, moment, money
from reelmake.report.plan_table import begins, timeline_json
from reelmake.visible import one_line

_MARK = {"fresh": ("✓", "good"), "stale": ("~", "warn"), "missing": ("·", "cyan"), "undecided": ("?", "dim")}
_MARK |= {"footage": ("f", "dim"), "color": ("c", "dim"), "picture": ("p", "dim"), "unused": ("-", "dim")}


@dataclass(frozen=True)
class Status:
    """`shots`: (address, state, remark, where it begins in the cut); state is a verdict, "footage", "color", "picture"
    (a still that it shows, or a frame of a clip) or "unused". `outputs`: (path, state), a verdict or how it is astray;
    `unmade`: paths of those that stand nowhere.
    `last`: by address, its latest order. `notes`: of what is made. `timeline`: as `plan --json` has it.
    `names`: what people call each, by address."""

    shots: tuple[tuple[str, str, str, str], ...]
    outputs: tuple[tuple[str, str], ...]
    open: tuple[Attempt, ...]
    ledger: Ledger
    last: Mapping[str, LedgerEntry] = field(default_factory=dict)
    notes: tuple[BuildNote, ...] = ()
    timeline: Sequence[Mapping[str, object]] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    unmade: Collection[str] = ()

    def as_json(self) -> dict[str, object]:
        return {
            "reelmake": 1,
            "shots": [self._shot(*shot[:3]) for shot in self.shots],
            "timeline": self.timeline,
            "outputs": dict(self.outputs),
            "open": [
                {"shot": a.shot, "provider": a.provider, "remote": a.remote or None, "since": a.at} for a in self.open
            ],
            "ledger_usd": {name: float(amount) for name, amount in self.ledger.columns.items()},
            "estimate_usd": float(self.ledger.estimate),
            "unpriced": self.ledger.unpriced,
            **({"notes": [note_json(note) for note in self.notes]} if self.notes else {}),
        }

    def _shot(self, shot: str, state: str, remark: str) -> dict[str, object]:
        value: dict[str, object] = {"shot": shot, "state": state, "remark": remark or None}
        if last := self.last.get(shot):
            value["last_order"] = {
                "standing": last.standing,
                "message": last.message or None,
                "provider": last.attempt.provider,
                "remote": last.attempt.remote or None,
                "at": last.ended or last.answered or last.attempt.at,
                "cost_usd": _float(last.cost),
                "estimate_usd": _float(last.attempt.cost),
            }
        return value

    def text(self, paint: Paint) -> str:
        wide = max((len(self.names.get(shot[0], shot[0])) for shot in self.shots), default=0)
        late = max((len(shot[3]) for shot in self.shots), default=0)
        lines = []
        for shot, state, remark, at in self.shots:
            mark, tone = _MARK[state]
            name = self.names.get(shot, shot).ljust(wide)
            line = f"{paint(mark, tone)} {name}  {at.rjust(late)}  {paint(naming.state(state), tone)}"
            lines.append(line + (f"  {one_line(remark)}" if remark else ""))
        counts = Counter(state for _, state, _, _ in self.shots)
        lines += ["", ", ".join(f"{n} {naming.state(state)}" for state, n in counts.items()) or "no shots"]
        lines += [f"{path}: {self._stands(path, state)}" for path, state in self.outputs]
        lines += [f"{paint('note', 'warn')}: {note_text(note)}" for note in self.notes]
        for a in self.open:
            where = f"job {a.remote}" if a.remote else "sent, but no answer was seen"
            since = f"({where}, since {moment(a.at)})"
            lines.append(paint(f"open at {a.provider}: {a.shot} {since}; the next build continues it", "warn"))
        return "\n".join([*lines, *filter(None, [money_line(self.ledger)])])

    def _stands(self, path: str, state: str) -> str:
        """How an output does."""
        if state in ASTRAY or state == "fresh":
            return ASTRAY.get(state, "up to date")
        return "not made yet" if path in self.unmade else "out of date"


def money_line(ledger: Ledger) -> str:
    """ "reserved $0.30, spent $1.20 (by our prices $1.25), refunded $0.25; 2 orders of unknown price", or ""."""
    parts = []
    for name, amount in ledger.columns.items():
        if amount:
            ours = f" (by our prices {money(ledger.estimate)})" if name == "spent" and ledger.estimate != amount else ""
            parts.append(f"{name} {money(amount)}{ours}")
    unknown = f"{ledger.unpriced} order{'s' * (ledger.unpriced != 1)} of unknown price" if ledger.unpriced else ""
    return "; ".join(filter(None, (", ".join(parts), unknown)))


def status(
    plan: Plan,
    layout: Layout,
    entries: Sequence[LedgerEntry],
    shown: Collection[str],
    astray: Mapping[str, Astray] = {},
    unmade: Collection[str] = (),
) -> Status:
    """Of the shots `shown` (addresses); one is as fresh as the least fresh of its takes that are needed.

    `entries`: every order there ever was, oldest first. `astray`: outputs that are made and not in their places;
    `unmade`: those that would be made and stand nowhere.
    """
    worst: dict[str, tuple[int, str, str]] = {}
    rank = [Verdict.FRESH, Verdict.UNDECIDED, Verdict.MISSING, Verdict.STALE]
    for d in plan.jobs:
        for shot in () if d in plan.left else d.step.shots:
            state = (rank.index(d.verdict), d.verdict.value, d.reason)
            worst[shot] = max(worst.get(shot, state), state)
    shots = []
    for address, slate in layout.slates.items():
        if address in shown:
            _, verdict, remark = worst.get(address) or (0, *_unmade(slate))
            shots.append((address, verdict, remark, begins(layout, address)))
    outputs = tuple(
        (d.step.output, astray.get(d.step.output, d.verdict.value)) for d in plan.decisions.values() if d.step.output
    )
    by_key = {e.attempt.key: e for e in entries}
    orders = {shot: by_key[d.key] for d in plan.jobs if d.key in by_key for shot in d.step.shots}
    open_ = tuple(e.attempt for e in entries if e.open)
    said = notes(plan.steps, {id: d.take for id, d in plan.decisions.items() if d.take})
    names = {address: naming.named(slate) for address, slate in layout.slates.items()}
    return Status(tuple(shots), outputs, open_, add_up(entries), orders, said, timeline_json(layout), names, unmade)


def _unmade(slate: Slate) -> tuple[str, str]:
    """The state of what no provider makes, and what it is; of what one makes, that nobody needs it."""
    if slate.still:
        return "picture", f"the still {slate.still}"
    if slate.framed:
        return "picture", f"a frame of {slate.parent}"
    if slate.file or slate.color:
        return ("footage", slate.file) if slate.file else ("color", slate.color)
    return "unused", "in no output"


def _float(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)
