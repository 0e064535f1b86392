"""How a build ended: outputs on stdout, what happened on stderr, one object for programs. Knows nothing of stores."""

from __future__ import annotations

import os
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from reelmake.model.take import Attempt
from reelmake.plan.result import BuildNote, Failure, OutputFile, Result
from reelmake.report.console import Paint, failure_json, pictured
from reelmake.report.naming import DRAFT, duration, measured, money, unpicked
from reelmake.report.variants_table import FEW, table
from reelmake.report.variants_table import as_json as variants_json

_NAMED = 5  # shots that the closing line names


def as_json(result: Result) -> dict[str, object]:
    """The object of language.md §2; after a failure with `error` for the first one and `failed` for all."""
    value: dict[str, object] = {
        "outputs": {o.name: _output(o) for o in result.outputs},
        "generated": result.generated,
        "reused": result.reused,
        "cost_usd": float(result.cost),
    }
    if result.clips:
        value["clips"] = {shot: str(path) for shot, path in result.clips.items()}
    if result.variants:
        value["variants"] = variants_json(result.variants)
    if result.notes:
        value["notes"] = [note_json(note) for note in result.notes]
    if result.failures:
        value["failed"] = [_failure(f) for f in result.failures]
        value["skipped"] = result.skipped
        kept = f"{result.generated + result.reused} finished takes; they will not be paid for again"
        value["error"] = _failure(result.failures[0]) | {"kept": kept}
    told = {"unpicked": result.unpicked, "brought": len(result.brought)}
    told |= {"pushed": result.pushed, "unpushed": result.unpushed}
    value |= {name: takes for name, takes in told.items() if takes}
    if result.placeholders:
        value["placeholders"] = list(result.placeholders)
    if result.interrupted:
        value["interrupted"] = True
    if result.draft:
        value["draft"] = True
    return value


def _output(output: OutputFile) -> dict[str, object]:
    lineage = f"{output.name.rpartition('/')[0]}/{output.lineage.name}" if output.lineage else None
    return {"sha256": output.sha256, "frames": output.frames, "seconds": output.seconds, "lineage": lineage}


def text(result: Result, paint: Paint) -> str:
    """A line an output: where it is, how long, how many frames; of a narrowed build the clips too. Of many variants
    those that are not made, and how many are."""
    if len(result.variants) > FEW:
        return table(result.variants, paint)
    lines = []
    for o in result.outputs:
        length = None if o.seconds is None else Fraction(o.seconds)
        drawn = f"  ({DRAFT})" if result.draft else ""
        lines.append(os.path.relpath(o.path) + measured(o.frames, length) + drawn)
    if result.narrowed:
        lines += [f"{shot}  {os.path.relpath(path)}" for shot, path in result.clips.items()]
    return "\n".join(lines)


def closing(result: Result, paint: Paint) -> str:
    """One line: what was done."""
    shared = [f"{len(result.brought)} brought"] if result.brought else []
    shared += [f"{result.pushed} pushed"] if result.pushed else []
    if result.idle and not result.failures and not result.brought and not result.interrupted:
        takes = f"{result.reused} take{'s' * (result.reused != 1)} reused{unpicked(result.unpicked)}"
        if result.placed:
            return paint("up to date", "good") + f": {takes}; restored {', '.join([*result.placed, *shared])}"
        whole = ["every output is up to date"] if result.outputs else []
        return paint("nothing to do", "good") + f": {', '.join([takes, *whole, *shared])}"
    spent = f", {money(result.cost)}" if result.cost else ""
    apart = "" if result.generated else unpicked(result.unpicked)  # else nobody knows which of the two are meant
    parts = [f"{result.generated} generated", f"{result.reused} reused{apart}"]
    parts += shared
    parts += [f"{len(result.failures)} failed"] if result.failures else []
    parts += [f"{result.skipped} skipped"] if result.skipped else []
    end = "interrupted" if result.interrupted else "failed" if result.failures else "done"
    if result.failures and result.variants and len(result.variants) <= FEW:
        left = [v.name for v in result.variants if v.state != "made"]
        parts += [f"without {', '.join(left)}"] if left else []
    more = "; what was paid for is kept, the next build continues from here" if result.interrupted else ""
    tone = "good" if end == "done" else "warn" if result.interrupted else "bad"
    if result.placeholders:
        names = ", ".join(result.placeholders[:_NAMED]) + (" …" if len(result.placeholders) > _NAMED else "")
        more += "; " + paint(f"the film has placeholders for {names}", "bad")
    return paint(end, tone) + f" in {duration(result.took)}: {', '.join(parts)}{spent}{more}"


def notes(result: Result, paint: Paint) -> list[str]:
    """A line for everything that came to light: "note: shot "b": the clip ends 12 frames too early (cut.mp4)"."""
    return [paint("note", "warn") + f": {note_text(note)}" for note in result.notes]


def note_text(note: BuildNote) -> str:
    """What it is about, what there is to know, in which outputs."""
    about = f'shot "{note.shot}": ' if note.shot else ""
    return about + note.message + (f" ({', '.join(note.outputs)})" if note.outputs else "")


def left_open(orders: Sequence[Attempt]) -> str:
    """What goes on without us: "1 order keeps running at studio ($0.80): the next build fetches its clip"."""
    known = [a.cost for a in orders if a.cost is not None]
    price = f" ({money(sum(known, Decimal(0)))})" if len(known) == len(orders) else ""
    if len(orders) == 1:
        return f"1 order keeps running at {orders[0].provider}{price}: the next build fetches its clip"
    return f"{len(orders)} orders keep running at their providers{price}: the next build fetches their clips"


def failures(result: Result, paint: Paint) -> list[str]:
    """A picture of each failure, as far as they are few: what, where, what was kept, what to do."""
    kept = result.generated + result.reused
    said = [f"{kept} finished take{'s' * (kept != 1)}; they will not be paid for again"] if kept else []
    lines = [
        line for f in result.failures[:FEW] for line in pictured(f.code, _named(f), f.span, f.next_steps, paint, *said)
    ]
    left = len(result.failures) - FEW
    return [*lines, f"… and {left} more failure{'s' * (left != 1)} (--json has them all)"] if left > 0 else lines


def _named(f: Failure) -> str:
    return f.message if f.message.startswith(f"{f.name} ") else f"{f.name}: {f.message}"


def note_json(note: BuildNote) -> dict[str, object]:
    """As it stands in every object that has notes."""
    return {
        "step": note.step or None,
        "shot": note.shot or None,
        "outputs": list(note.outputs),
        "message": note.message,
    }


def _failure(f: Failure) -> dict[str, object]:
    return failure_json(f.code, f.message, f.span, f.next_steps, shot=f.shot, step=f.step)
