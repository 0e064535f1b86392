"""Jobs at providers as a table and as JSON. Knows nothing of where they were looked up."""

from __future__ import annotations

from collections.abc import Sequence

from reelmake.errors import StepError
from reelmake.plan.reconcile import JobRow
from reelmake.report.console import Paint
from reelmake.report.naming import moment, money

_TONE = {"open": "warn", "kept": "good", "failed": "bad", "orphan": "cyan", "gone": "dim"}


def table(rows: Sequence[JobRow], paint: Paint) -> str:
    """A row a job; kept clips that have left their provider are only counted, for that is what becomes of them."""
    shown = [row for row in rows if not (row.standing == "gone" and row.entry and not row.entry.open)]
    cells = [(_cells(row), row) for row in shown]
    wide = [max((len(c[i]) for c, _ in cells), default=0) for i in range(5)]
    lines = []
    for texts, row in cells:
        first, *rest = (text.ljust(w) for text, w in zip(texts[:5], wide, strict=True))
        lines.append("  ".join([paint(first, _TONE[row.standing]), *rest, texts[5]]).rstrip())
    if past := len(rows) - len(shown):
        lines.append(f"and {past} of ours no longer there: their clips are in the store")
    return "\n".join(lines)


def _cells(row: JobRow) -> tuple[str, ...]:
    entry, job = row.entry, row.job
    price = money(entry.price if entry.cost is None else entry.cost) if entry else ""
    what = entry.attempt.shot if entry else f'"{_short(job.prompt)}"' if job and job.prompt else ""
    state = (job.status if job else "") or ("sent, no answer seen" if not row.remote else "")
    since = f"since {moment(entry.attempt.at)}" if entry else moment(job.created) if job else ""
    token = entry.attempt.token[:12] if entry and entry.open else ""
    named = row.remote and f"id {row.remote}"
    return row.standing, row.provider, what, price, token, "  ".join(part for part in (named, state, since) if part)


def as_json(row: JobRow) -> dict[str, object]:
    entry, job = row.entry, row.job
    cost = None if entry is None else entry.price if entry.cost is None else entry.cost
    return {
        "standing": row.standing,
        "provider": row.provider,
        "remote": row.remote or None,
        "token": entry.attempt.token if entry else None,
        "shot": entry.attempt.shot if entry else None,
        "since": entry.attempt.at if entry else None,
        "cost_usd": None if cost is None else float(cost),
        "message": entry.message or None if entry else None,
        "listed": {
            "status": job.status or None,
            "prompt": job.prompt or None,
            "model": job.model or None,
            "size": job.size or None,
            "seconds": None if job.seconds is None else float(job.seconds),
            "created": job.created or None,
            "expires": job.expires or None,
        }
        if job
        else None,
    }


def problem(provider: str, error: StepError) -> dict[str, object]:
    """A provider that could not be asked."""
    return {"provider": provider, "code": error.code, "message": str(error)}


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 40 else words[:37] + "…"
