"""Of takes that no plan can have the key of, those that the lock file names: an edit of a frame, where that is not cut.

What they hang on is there, or is local work; so a run finds out whether they are the very takes. Knows nothing of where
those are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from reelmake.plan.decide import Plan, Verdict
from reelmake.plan.key import order

if TYPE_CHECKING:
    from reelmake.model.step import Step
    from reelmake.model.take import Record


def pinned(plan: Plan, records: Mapping[str, Record]) -> dict[str, str]:
    """By step id, the keys that the lock file (`records`, by address) has of them."""
    ready: set[str] = set()  # what is there, or comes of what is there without an order
    found: dict[str, str] = {}
    for id, d in plan.decisions.items():
        waits = [i.step for given in d.step.inputs for i in (given, given.keyed) if i.step]
        if d.verdict is not Verdict.FRESH and (d.estimated or not ready.issuperset(waits)):
            continue
        if d.verdict is Verdict.UNDECIDED and d.step.take and (key := _named(d.step, records)):
            found[id] = key
        if d.verdict is Verdict.FRESH or not d.step.take or id in found:
            ready.add(id)
    return found


def _named(step: Step, records: Mapping[str, Record]) -> str:
    """The key of the take of the same order and number; "" if there is none."""
    same = (records[shot] for shot in step.shots if shot in records and records[shot].order == order(step))
    return next((record.takes[step.take][0] for record in same if step.take in record.takes), "")
