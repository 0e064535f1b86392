"""Takes as a table: what exists of each shot, what is picked, its clip by the start of its digest.

Knows nothing of stores.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from reelmake.plan.shot_takes import Consequence, ShotTake
from reelmake.report.console import Paint
from reelmake.report.naming import money, state

_SHORT = 12  # digits of a digest, which are enough to tell clips apart


def as_json(take: ShotTake) -> dict[str, object]:
    """One entry of `takes --json`."""
    return {
        "shot": take.shot,
        "take": take.take,
        "picked": take.picked,
        "picked_by": take.picked_by if take.picked else None,
        "verdict": take.verdict,
        "clip": os.path.relpath(take.path) if take.path else None,
        "sha256": take.sha256 or None,
        "made": take.made or None,
        "cost_usd": None if take.cost is None else float(take.cost),
        "seconds": take.seconds,
    }


def table(found: Sequence[ShotTake], paint: Paint) -> str:
    """`●` marks the picked take."""
    if not found:
        return "no generated shots"
    wide = max(len(take.shot) for take in found)
    lines = []
    last = ""
    for take in found:
        mark = paint("●", "good") if take.picked else "○"
        there = f"{money(take.cost)}  clip {take.sha256[:_SHORT]}" if take.path else paint(state(take.verdict), "warn")
        why = f"  (picked in the {take.picked_by})" if take.picked and take.picked_by != "default" else ""
        name = (take.shot if take.shot != last else "").ljust(wide)
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
