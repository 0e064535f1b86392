"""How the variants of a matrix stand, as a short table for people, a CSV file and objects for programs.

Knows nothing of how they came about.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from reelmake.plan.result import VariantResult
from reelmake.report.console import Paint
from reelmake.visible import one_line

FEW = 20  # variants, or failures, that are told one by one
FILE = "build/summary.csv"
_HEADS = ("variant", "state", "outputs", "seconds", "cost_usd", "made", "error")


def as_json(variants: Sequence[VariantResult]) -> list[dict[str, object]]:
    return [
        {
            "variant": v.name,
            "state": v.state,
            "outputs": list(v.outputs),
            "seconds": v.seconds,
            "cost_usd": None if v.cost is None else float(v.cost),
            "made": v.made or None,
            "error": v.error or None,
            "new": v.new,
        }
        for v in variants
    ]


def as_csv(variants: Sequence[VariantResult]) -> str:
    """A line each below the heads; outputs are told apart by ";". The same as long as nothing has changed."""
    written = io.StringIO()
    lines = csv.writer(written, lineterminator="\n")
    lines.writerow(_HEADS)
    for v in variants:
        seconds = "" if v.seconds is None else f"{v.seconds:.3f}"
        cost = "" if v.cost is None else f"{v.cost:f}"
        lines.writerow((v.name, v.state, ";".join(v.outputs), seconds, cost, v.made, one_line(v.error)))
    return written.getvalue()


def table(variants: Sequence[VariantResult], paint: Paint) -> str:
    """Those that are not made, and how many are."""
    missing = sorted((v for v in variants if v.state != "made"), key=lambda v: v.state)
    wide = max((len(v.name) for v in missing[:FEW]), default=0)
    tones = {"failed": "bad", "not made": "warn"}
    lines = [
        f"{v.name.ljust(wide)}  {paint(v.state.ljust(8), tones[v.state])}  {one_line(v.error)}".rstrip()
        for v in missing[:FEW]
    ]
    if len(missing) > FEW:
        lines.append(f"… and {len(missing) - FEW} more that are not made")
    return "\n".join([*lines, count(variants)])


def count(variants: Sequence[VariantResult]) -> str:
    """ "998 of 1000 variants are made (3 of them now), 2 failed; all are in build/summary.csv"."""
    made, new = sum(v.state == "made" for v in variants), sum(v.new for v in variants if v.state == "made")
    now = f" ({new} of them now)" if new and new < made else ""
    failed, left = (sum(v.state == state for v in variants) for state in ("failed", "not made"))
    parts = [f"{made} of {len(variants)} variants are made{now}"]
    parts += [f"{failed} failed"] if failed else []
    parts += [f"{left} {'is' if left == 1 else 'are'} not made"] if left else []
    return ", ".join(parts) + f"; all are in {FILE}"
