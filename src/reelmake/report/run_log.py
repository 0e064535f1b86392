"""Runs, for people: a line each, or one in full. Knows nothing of where they are kept.

A run is what session/past_runs remembers of it, as JSON has it: programs get it as it is.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from reelmake.plan.result import BuildNote
from reelmake.report.build_summary import note_text
from reelmake.report.console import Paint
from reelmake.report.naming import duration, moment, money

_TOOK = 12  # columns of how long a run took
_LABEL = 10  # columns of what a line is about
_SHORT = 12  # digits of a digest or a commit
Run = Mapping[str, Any]
Fitted = Callable[[str, int], str]


def line(run: Run, fitted: Fitted) -> str:
    """With its notes below."""
    parts = [f"{run['generated']} generated", f"{run['reused']} reused", _usd(run["cost_usd"])]
    ledger = run.get("ledger_usd", {})  # runs of earlier versions have none
    parts += [f"{name} {_usd(usd)}" for name, usd in ledger.items() if name != "spent"]
    parts += [f"{run['failed']} failed"] if run["failed"] else []
    parts += ["interrupted"] if run["interrupted"] else []
    what = f"  {shlex.join(run['command'])}" if run["command"] else ""
    begins = f"{run['id']}  {moment(run['at'])}  {duration(run['took']):>{_TOOK}}  "
    notes = (fitted(f"  note: {note}", 8) for note in _notes(run))
    return "\n".join([fitted(f"{begins}{', '.join(parts)}{what}", len(begins)), *notes])


def in_full(run: Run, paint: Paint, fitted: Fitted) -> str:
    """All that is remembered of it; of runs of earlier versions that is not much."""
    heading = f"{paint('run ' + run['id'], 'bold')}  {moment(run['at'])}, {duration(run['took'])}"
    heading += ", interrupted" if run["interrupted"] else ""
    lines = [heading, *(f"  {label:{_LABEL}}{text}" for label, text in (*_asked(run), *_counts(run)))]
    for label, how in (("made", "made"), ("brought", "brought")):
        lines += _takes(label, [take for take in run.get("takes", ()) if take["how"] == how])
    reused = [take["name"] for take in run.get("takes", ()) if take["how"] == "reused"]
    lines += [f"  {'reused':{_LABEL}}{', '.join(reused)}"] if reused else []
    for failure in run.get("failures", ()):
        lines.append(f"  {paint('failed', 'bad')}    {failure['name']}  {failure['code']} {failure['message']}")
    lines += [f"  {'skipped':{_LABEL}}{', '.join(run['skipped'])}"] if run.get("skipped") else []
    for output in run.get("outputs", ()):
        long = "" if output["seconds"] is None else f"  {output['seconds']:.3f} s"
        frames = "" if output["frames"] is None else f"  {output['frames']} frames"
        lines.append(f"  {'output':{_LABEL}}{output['output']}{long}{frames}  {output['sha256'][:_SHORT]}")
    lines += [f"  {'note':{_LABEL}}{note}" for note in _notes(run)]
    return "\n".join(fitted(text, 2 + _LABEL) for text in lines)


def _asked(run: Run) -> Iterator[tuple[str, str]]:
    if run["command"]:
        yield "command", shlex.join(run["command"])
    if run.get("by"):
        yield "by", run["by"]
    if revision := run.get("revision"):
        changed = f", with changes in {', '.join(revision['changed'])}" if revision["changed"] else ""
        yield "revision", revision["commit"][:_SHORT] + changed
    if run.get("reelmake"):
        yield "reelmake", run["reelmake"]


def _counts(run: Run) -> Iterator[tuple[str, str]]:
    failed = f", {run['failed']} failed" if run["failed"] else ""
    yield "takes", f"{run['generated']} generated, {run['reused']} reused{failed}"
    yield "cost", _usd(run["cost_usd"])
    for provider, columns in run.get("providers", {}).items():
        if columns:
            yield "", f"{provider}  " + ", ".join(f"{column} {_usd(usd)}" for column, usd in columns.items())


def _takes(label: str, takes: list[Any]) -> Iterator[str]:
    wide = max((len(take["name"]) for take in takes), default=0)
    for n, take in enumerate(takes):
        by = " ".join(filter(None, (take["provider"], take["model"])))
        cost = "?" if take["cost_usd"] is None else _usd(take["cost_usd"])
        took = f"  {duration(take['took'])}" if take["took"] else ""
        begins, what = label if not n else "", f"{take['medium']} {take['sha256'][:_SHORT]}"
        yield f"  {begins:{_LABEL}}{take['name']:{wide}}  {what}  {cost}  {by}{took}"


def _notes(run: Run) -> Iterator[str]:
    yield from (note_text(BuildNote(**note)) for note in run.get("notes", ()))


def _usd(usd: float) -> str:
    return money(Decimal(str(usd)))
