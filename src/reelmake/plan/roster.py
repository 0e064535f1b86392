"""The roster: orders that the journal knows, held against the jobs that a provider lists.

Knows nothing of how a list is got or shown.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from reelmake.model.ledger import Entry
from reelmake.model.take import Attempt
from reelmake.ports import RemoteJob

Standing = Literal["open", "kept", "failed", "orphan", "gone"]


@dataclass(frozen=True, slots=True)
class Row:
    """One job. `entry`: our order, None for an orphan; `job`: what the provider lists, None if it lists no such job.

    open: ordered, its clip is not in the store yet. kept: its clip is. failed: it ended without one. orphan: there, and
    in no order of this journal. gone: ours, and not on the provider's list.
    """

    standing: Standing
    provider: str
    remote: str
    entry: Entry | None = None
    job: RemoteJob | None = None


def unlisted(entries: Iterable[Entry]) -> list[Row]:
    """The open orders, oldest first, as far as the journal knows them."""
    return [Row("open", e.attempt.provider, e.attempt.remote, e) for e in entries if e.open]


def joined(provider: str, entries: Sequence[Entry], jobs: Sequence[RemoteJob]) -> list[Row]:
    """What is at one provider, in the order of its list, then what is ours and not on it."""
    ours = {e.attempt.remote: e for e in entries if e.attempt.provider == provider and e.attempt.remote}
    rows = [Row(_standing(ours.get(job.remote)), provider, job.remote, ours.get(job.remote), job) for job in jobs]
    there = {job.remote for job in jobs}
    rows += [Row("gone", provider, id, e) for id, e in ours.items() if id not in there and _standing(e) != "failed"]
    lost = [e for e in entries if e.attempt.provider == provider and e.open and not e.attempt.remote]
    return rows + [Row("open", provider, "", e) for e in lost]


def _standing(entry: Entry | None) -> Standing:
    if entry is None:
        return "orphan"
    return "open" if entry.open else "kept" if entry.standing == "kept" else "failed"


def differences(attempt: Attempt, job: RemoteJob) -> list[str]:
    """In what a listed job is not what an order asks for, as sentences; what it does not say differs in nothing."""
    try:
        asked: dict[str, Any] = json.loads(attempt.order)
    except ValueError:
        return []
    found = []
    if job.prompt and not _same_words(job.prompt.strip(), str(asked["prompt"]).strip()):
        found.append(f'its prompt is "{_short(job.prompt)}", not "{_short(asked["prompt"])}"')
    if job.model and asked["model"] and not _same_model(job.model, asked["model"]):
        found.append(f"its model is {job.model}, not {asked['model']}")
    if asked["operation"] == "generate":  # the others have size and length of their source
        if job.size and job.size != asked["size"]:
            found.append(f"its size is {job.size}, not {asked['size']}")
        if job.seconds is not None and job.seconds != Fraction(asked["seconds"]):
            found.append(f"it is {float(job.seconds):g} s long, not {float(Fraction(asked['seconds'])):g}")
    return found


def _same_words(theirs: str, ours: str) -> bool:
    """The same, or cut off by the list."""
    begun = theirs.removesuffix("…").removesuffix("...")
    return theirs == ours or (begun != theirs and ours.startswith(begun.rstrip()))


def _same_model(theirs: str, ours: str) -> bool:
    """Also behind a gateway's prefix (acme/…), or the dated version of it (…-2025-10-06)."""
    name = theirs.rpartition("/")[2].casefold()
    wanted = ours.rpartition("/")[2].casefold()
    return name == wanted or (name.startswith(wanted + "-") and name[len(wanted) + 1 :].replace("-", "").isdecimal())


def _short(text: object) -> str:
    words = " ".join(str(text).split())
    return words if len(words) <= 60 else words[:57] + "…"
