"""When each entry of a cut begins, as tables and programs are told it. Knows nothing of takes."""

from __future__ import annotations

from fractions import Fraction

from reelmake.model.time import clock
from reelmake.plan.layout import Layout

_MOST = 2  # beginnings of one shot that a table names


def begins(layout: Layout, shot: str) -> str:
    """Where a shot (its address) stands in the cut: "0:04.0", "0:04.0, 0:12.0"; "" if it is no entry of its own."""
    places = [clock(at) for at in layout.begins.get(shot, ())]
    return ", ".join(places[:_MOST]) + (f" +{len(places) - _MOST}" if len(places) > _MOST else "")


def as_json(layout: Layout) -> list[dict[str, object]]:
    """One object a variant: its entries in order, each with the frame and second at which it begins, and the
    transition into the next one, which that one overlaps."""
    found = []
    for variant, cut in layout.cuts.items():
        entries = []
        for entry, join in zip(cut.entries, (*cut.joins, None), strict=False):
            entries.append(
                {
                    "shot": entry.shot,
                    "frame": entry.at,
                    "begins": _float(entry.at, cut.fps),
                    "frames": entry.frames,
                    "seconds": _float(entry.frames, cut.fps),
                    "into": {"transition": join.name, "frames": join.frames} if join else None,
                }
            )
        whole = {"frames": cut.frames, "seconds": _float(cut.frames, cut.fps)}
        found.append({"variant": variant, "fps": str(cut.fps), **whole, "entries": entries})
    return found


def _float(frames: int, fps: Fraction) -> float:
    """Seconds."""
    above, below = fps.as_integer_ratio()
    return round(frames * below / above, 6)
