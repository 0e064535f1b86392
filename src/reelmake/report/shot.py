"""How a loose shot went: its clips on stdout, what was paid on stderr, one object for programs. Knows no stores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from fractions import Fraction

from reelmake.model.time import clock
from reelmake.plan.decide import Plan
from reelmake.plan.result import Clip, Result
from reelmake.report import build_summary
from reelmake.report.console import Paint
from reelmake.report.naming import about, duration, money


def text(clips: Sequence[Clip]) -> str:
    """A line a clip: where it is, how long, how large."""
    lengths = ["" if clip.seconds is None else clock(Fraction(clip.seconds)) for clip in clips]
    parts = [(str(clip.path), length, _size(clip)) for clip, length in zip(clips, lengths, strict=True)]
    return "\n".join("  ".join(filter(None, line)) for line in parts)


def _size(clip: Clip) -> str:
    return f"{clip.size[0]}x{clip.size[1]}" if clip.size else ""


def as_json(clips: Sequence[Clip], result: Result) -> dict[str, object]:
    """`clips`, then as `build --json`, less its outputs."""
    return {"reelmake": 1, "clips": [_clip(clip) for clip in clips], **_rest(result)}


def sent_as_json(ids: Sequence[str], result: Result) -> dict[str, object]:
    """`ids` of shots that are not waited for, then as above."""
    return {"reelmake": 1, "ids": list(ids), **_rest(result)}


def _rest(result: Result) -> dict[str, object]:
    return {k: v for k, v in build_summary.as_json(result).items() if k not in ("outputs", "clips")}


def _clip(clip: Clip) -> dict[str, object]:
    value = {k: v for k, v in asdict(clip).items() if k not in ("cost", "notes", "others")}
    cost = None if clip.cost is None else float(clip.cost)
    return value | {"path": str(clip.path), "size": _size(clip) or None, "cost_usd": cost}


def forecast(plan: Plan, seconds: float) -> str:
    """What shooting it would come to."""
    if not plan.todo:
        return "already made; it costs nothing"
    price = f"up to {money(plan.cost)}" if plan.cost else "free"
    if plan.unpriced:
        price = "of unknown price" if not plan.cost else f"{price} and {len(plan.unpriced)} of unknown price"
    takes = f"{plan.generate} take{'s' * (plan.generate != 1)} to make"
    return f"{takes}, {price}, {about(seconds)}" + (f"; {plan.reuse} reused" if plan.reuse else "")


def sent(result: Result, paint: Paint) -> str:
    """One line, of a shot that is not waited for."""
    if result.interrupted or result.failures:
        return closing((), result, paint)
    return f"{paint('ordered', 'good')}; the same command without --no-wait waits for the clip"


def closing(clips: Sequence[Clip], result: Result, paint: Paint) -> str:
    """One line: what was done and paid."""
    took = duration(result.took)
    if result.interrupted:
        again = "the same command continues from here, and pays nothing twice"
        return f"{paint(f'interrupted in {took}', 'warn')}; {again}"
    if result.failures:
        return paint(f"failed in {took}", "bad")
    if not any(clip.new for clip in clips):
        n = len(clips) + 1
        other = f"`--takes {n}` or another `--seed` gives another clip"
        return f"{paint('made before', 'good')}: nothing was paid; {other}"
    return paint("done", "good") + f" in {took}: {money(result.cost)}"
