"""What was measured, and what was promised: as a table for people and as JSON. Measures nothing."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from contest import Row, Standings

Word = str


@dataclass(frozen=True)
class Verdict:
    """`got` should be at most `target`, both in `unit`; None = what it needs did not run."""

    promise: str
    target: float
    got: float | None
    unit: str = ""

    @property
    def word(self) -> Word:
        if self.got is None:
            return "not run"
        return "met" if self.got <= self.target else "MISSED"


def rows(standings: Standings) -> list[str]:
    """Medians of the rounds; `n` is how many."""
    head = f"{'':62} {'n':>2} {'wall s':>8} {'CPU s':>8} {'RSS MB':>7} {'PSS MB':>7}  result"
    return [head, *(_line(row) for row in standings.rows.values())]


def verdicts(found: list[Verdict]) -> list[str]:
    head = f"{'promise':86} {'at most':>9} {'got':>9}"
    shown = (("-" if v.got is None else f"{v.got:.3g}", v) for v in found)
    return [head, *(f"{v.promise:86} {v.target:9g} {got:>9} {v.unit:3} {v.word}" for got, v in shown)]


def as_json(standings: Standings, found: list[Verdict]) -> dict[str, Any]:
    measured = []
    for row in standings.rows.values():
        it = row.contender
        measured.append(
            {
                "name": it.name,
                "ours": it.ours,
                "missing": it.missing,
                "wrong": row.wrong,
                "frames": [row.frames, it.frames],
                "drift_ms": row.drift,
                "complaints": row.complaints,
                "digests": sorted(row.digests),
                "rounds": [asdict(cost) for cost in row.costs],
            }
        )
    return {"rows": measured, "verdicts": [asdict(v) | {"verdict": v.word} for v in found]}


def _line(row: Row) -> str:
    it = row.contender
    if row.wrong:
        return f"{it.name:62} WRONG: {row.wrong.splitlines()[0]}"
    if not row.costs:
        return f"{it.name:62} not run: {it.missing}"
    wall, cpu, rss, pss = (row.middle(column) for column in ("wall", "cpu", "rss", "pss"))
    figures = f"{len(row.costs):2} {wall:8.2f} {cpu:8.2f} {rss:7.0f} {pss:7.0f}"
    wrong = [f"sound {row.drift:+.1f} ms"] if abs(row.drift) > 0.05 else []
    wrong += [f"{row.complaints} decode errors"] if row.complaints else []
    wrong += [note] if (note := row.costs[0].note) else []
    return f"{it.name:62} {figures}  {', '.join([f'{row.frames} of {it.frames} frames', *wrong])}"
