"""Takes as tables: what exists of each shot and which is picked, each by the start of its digest; and all that the
store keeps. Knows nothing of stores.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from reelmake.model.take import Take
from reelmake.report.console import Paint
from reelmake.report.naming import money, state
from reelmake.visible import one_line

if TYPE_CHECKING:
    from reelmake.plan.result import Consequence, ShotTake

_SHORT = 12  # digits of a digest, which are enough to tell clips apart


def as_json(take: ShotTake) -> dict[str, object]:
    """One entry of `takes --json`."""
    return {
        "shot": take.shot,
        "medium": take.medium,
        "take": take.take,
        "picked": take.picked,
        "picked_by": take.picked_by if take.picked else None,
        "verdict": take.verdict,
        "clip": os.path.relpath(take.path) if take.path else None,
        "sha256": take.sha256 or None,
        "made": take.made or None,
        "cost_usd": None if take.cost is None else float(take.cost),
        "seconds": take.seconds,
        "reason": take.reason or None,
        "origin": take.origin or None,
    }


def table(found: Sequence[ShotTake], paint: Paint, names: Mapping[str, str]) -> str:
    """`●` marks the picked take. `names`: what people call each shot, by address."""
    if not found:
        return "no generated shots"
    wide = max(len(names[take.shot]) for take in found)
    lines = []
    last = ""
    for take in found:
        mark = paint("●", "good") if take.picked else "○"
        there = f"{money(take.cost)}  {take.medium} {take.sha256[:_SHORT]}" if take.sha256 else ""
        if not take.path:
            there = f"{there}  in another store" if there else paint(state(take.verdict), "warn")
        why = f"  (picked in the {take.picked_by})" if take.picked and take.picked_by != "default" else ""
        why += f"  {one_line(take.reason)}" if take.reason else ""
        name = (names[take.shot] if take.shot != last else "").ljust(wide)
        lines.append(f"{name}  {mark} take {take.take}  {there}{paint(why, 'dim')}")
        last = take.shot
    return "\n".join(lines)


def consequence(follows: Consequence, of: str) -> str:
    """What a choice leads to, in a sentence; "" if to nothing. `of`: what was chosen."""
    if not follows.takes:
        return ""
    count = len(follows.takes)
    what = f"{count} take{'s' * (count != 1)} that depend{'s' * (count == 1)} on {of}"
    price = "for free" if follows.cost == 0 else f"for up to {money(follows.cost)}"
    price = "at an unknown price" if follows.cost is None else price
    return f"The next build makes {what} again, {price}: {', '.join(follows.takes)}"


def consequence_json(follows: Consequence) -> dict[str, object]:
    """`follows` of `pick --json` and `retake --json`."""
    return {"takes": list(follows.takes), "cost_usd": None if follows.cost is None else float(follows.cost)}


def subject(take: Take) -> str:
    """What a take is, in its own words: the beginning of its prompt, or its kind."""
    prompt = " ".join(dict(take.manifest).get("prompt", "").split())
    return f'"{prompt[:57]}…"' if len(prompt) > 60 else f'"{prompt}"' if prompt else f"a {take.kind}"


def stored_table(takes: Sequence[Take]) -> str:
    """A row a take, and what all of it comes to."""
    rows = [
        (t.digest[:_SHORT], t.kind, f"{t.facts.bytes / 1e6:.2f} MB", money(t.cost) if t.provider else "", subject(t))
        for t in sorted(takes, key=lambda t: (not t.provider, t.made, t.key))
    ]
    widths = [max((len(r[i]) for r in rows), default=0) for i in range(4)]
    lines = [
        f"{a.ljust(widths[0])}  {b.ljust(widths[1])}  {c.rjust(widths[2])}  {d.rjust(widths[3])}  {e}".rstrip()
        for a, b, c, d, e in rows
    ]
    size = sum(t.facts.bytes for t in takes)
    return "\n".join([*lines, f"{len(takes)} artifact{'s' * (len(takes) != 1)}, {size / 1e6:.1f} MB"])


def stored_json(take: Take) -> dict[str, object]:
    """One entry of `cache ls --json`."""
    return {
        "key": take.key,
        "sha256": take.digest,
        "kind": take.kind,
        "bytes": take.facts.bytes,
        "cost_usd": None if take.cost is None else float(take.cost),
        "provider": take.provider or None,
        "model": take.model or None,
        "made": take.made or None,
    }
