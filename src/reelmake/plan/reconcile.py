"""Orders that the journal knows, held against the jobs that a provider lists.

Knows nothing of how a list is got or shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from reelmake.model.remote import Asked, RemoteJob
from reelmake.model.take import Attempt, LedgerEntry
from reelmake.records import dataclass

Standing = Literal["open", "kept", "failed", "orphan", "gone"]


@dataclass(frozen=True, slots=True)
class JobRow:
    """One job. `entry`: our order, None for an orphan; `job`: what the provider lists, None if it lists no such job.

    open: ordered, its clip is not in the store yet. kept: its clip is. failed: it ended without one. orphan: there, and
    in no order of this journal. gone: ours, and not on the provider's list.
    """

    standing: Standing
    provider: str
    remote: str
    entry: LedgerEntry | None = None
    job: RemoteJob | None = None


def unlisted(entries: Iterable[LedgerEntry]) -> list[JobRow]:
    """The open orders, oldest first, as far as the journal knows them."""
    return [JobRow("open", e.attempt.provider, e.attempt.remote, e) for e in entries if e.open]


def joined(provider: str, entries: Sequence[LedgerEntry], jobs: Sequence[RemoteJob]) -> list[JobRow]:
    """What is at one provider, in the order of its list, then what is ours and not on it."""
    ours = {e.attempt.remote: e for e in entries if e.attempt.provider == provider and e.attempt.remote}
    rows = [JobRow(_standing(ours.get(job.remote)), provider, job.remote, ours.get(job.remote), job) for job in jobs]
    there = {job.remote for job in jobs}
    rows += [JobRow("gone", provider, id, e) for id, e in ours.items() if id not in there and _standing(e) != "failed"]
    lost = [e for e in entries if e.attempt.provider == provider and e.open and not e.attempt.remote]
    return rows + [JobRow("open", provider, "", e) for e in lost]


def _standing(entry: LedgerEntry | None) -> Standing:
    if entry is None:
        return "orphan"
    return "open" if entry.open else "kept" if entry.standing == "kept" else "failed"


def differences(attempt: Attempt, job: RemoteJob) -> list[str]:
    """In what a listed job is not what an order asks for, as sentences; what it does not say differs in nothing."""
    asked = Asked.of(attempt.order)
    if asked is None:
        return []
    return asked.differences(prompt=job.prompt, model=job.model, size=job.size, seconds=job.seconds)
