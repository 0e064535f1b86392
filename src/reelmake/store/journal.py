"""The journal on disk: three lines a paid shot, each synced before the next step, and the ledger they add up to.

    intend     key, token, what is asked, where, for how much     nothing is sent yet
    submitted  token, remote id, cost if it was said              the provider has it ("": as nobody knows which job)
    kept       token, digest, cost                                the clip is in the store
    closed     token, outcome, cost if it was said                it ended without a clip

The last line of a token wins; a line that is not whole is as if it was never written. Knows nothing of providers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from reelmake.model.ledger import Entry, Ledger, add_up, column_of
from reelmake.model.take import Attempt, Ending
from reelmake.plan.pace import ARRIVED
from reelmake.store.lines import Lines
from reelmake.store.record import from_attempt, to_attempt

RECENT = timedelta(minutes=3)  # older requests no longer count in a minute, whatever the clocks did


def arrived(intended: str, answered: str) -> str:
    """UTC by which a request had reached its provider: its answer proves it; without one it takes a while at most."""
    if answered:
        return answered
    return (datetime.fromisoformat(intended) + timedelta(seconds=ARRIVED)).isoformat(timespec="seconds")


def utc_now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


class LocalJournal:
    """ports.Journal on a file. One process at a time writes it: the one that holds the project."""

    def __init__(self, file: Path, *, utc: Callable[[], str] = utc_now) -> None:
        self._lines = Lines(file, "the journal")
        self._utc = utc
        self._entries: dict[str, Entry] | None = None
        self._moved: dict[str, bool] = {}

    # ports.Journal

    def intend(self, attempt: Attempt) -> None:
        self._append({"do": "intend", "at": attempt.at or self._utc(), **from_attempt(attempt)})

    def submitted(self, token: str, remote: str, cost: Decimal | None = None) -> None:
        self._append({"do": "submitted", "at": self._utc(), "token": token, "remote": remote, **_cost(cost)})

    def kept(self, token: str, key: str, digest: str, cost: Decimal | None) -> None:
        paid = None if cost is None else str(cost)
        self._append({"do": "kept", "at": self._utc(), "token": token, "key": key, "digest": digest, "cost": paid})

    def closed(self, token: str, outcome: str, message: str, cost: Decimal | None = None) -> None:
        line = {"do": "closed", "at": self._utc(), "token": token, "outcome": outcome, "message": message}
        self._append(line | _cost(cost))

    def open(self) -> list[Attempt]:
        return [replace(e.attempt, cost=e.price) for e in self.entries() if e.open]

    def endings(self) -> dict[str, tuple[Ending, ...]]:
        found: dict[str, tuple[Ending, ...]] = {}
        for e in self.entries():
            key = e.attempt.key
            if e.standing == "kept":
                found.pop(key, None)
            elif not e.open and e.standing != "not-sent":
                free = Decimal(0) if column_of(e) is None else e.price
                charged = free if e.cost is None else e.cost
                found[key] = (*found.get(key, ()), Ending(e.standing, e.message, e.ended, charged))
        return found

    def delivered(self) -> dict[str, Attempt]:
        kept = [e for e in self.entries() if e.standing == "kept" and e.attempt.remote]
        return {e.attempt.key: replace(e.attempt, cost=e.cost) for e in kept}

    def remotes(self) -> set[str]:
        return {e.attempt.remote for e in self.entries() if e.attempt.remote}

    def recent(self) -> list[tuple[str, str]]:
        now = datetime.fromisoformat(self._utc())
        counted = [(e.attempt.provider, arrived(e.attempt.at, e.answered)) for e in self.entries()]
        return [(provider, at) for provider, at in counted if now - datetime.fromisoformat(at) < RECENT]

    # For `status`, `log` and `jobs`

    def entries(self) -> list[Entry]:
        """Every attempt there ever was, oldest first."""
        return list(self._loaded().values())

    def moved(self) -> list[Entry]:
        """The attempts that this very object wrote lines of: what one run did."""
        entries = self._loaded()
        return [entries[token] for token in self._moved if token in entries]

    def ledger(self) -> Ledger:
        return add_up(self.entries())

    @property
    def damaged(self) -> int:
        """Lines that were not whole when the journal was read."""
        self._loaded()
        return self._lines.damaged

    def _loaded(self) -> dict[str, Entry]:
        if self._entries is None:
            self._entries = {}
            for record in self._lines.read():
                _enter(self._entries, record)
        return self._entries

    def _append(self, record: dict[str, Any]) -> None:
        entries = self._loaded()
        self._lines.append(record)
        self._moved[record["token"]] = True
        _enter(entries, record)


def _enter(entries: dict[str, Entry], record: dict[str, Any]) -> None:
    """What a line says, entered; a line that says nothing we know (of a later version) is passed over."""
    try:
        verb, token = record["do"], record["token"]
        if verb == "intend":
            entries.setdefault(token, Entry(to_attempt(record)))  # a line that is there twice opens nothing again
            return
        entry, at = entries[token], record["at"]
        entry = replace(entry, answered=entry.answered or at)
        said = None if record.get("cost") is None else Decimal(record["cost"])
        if verb == "submitted":
            attempt = replace(entry.attempt, remote=record["remote"], taken=not record["remote"])
            quoted = entry.quoted if said is None else said
            entries[token] = replace(entry, attempt=attempt, standing="submitted", ended="", quoted=quoted)
        elif verb == "kept":
            cost = entry.quoted if said is None else said
            entries[token] = replace(entry, standing="kept", ended=at, digest=record["digest"], cost=cost)
        elif verb == "closed":
            outcome, message = record["outcome"], record["message"]
            spent = entry.cost if said is None else said  # what its clip had cost, before that was lost
            entries[token] = replace(entry, standing=outcome, ended=at, message=message, cost=spent)
    except (KeyError, TypeError, ValueError, ArithmeticError):
        return


def _cost(cost: Decimal | None) -> dict[str, str]:
    return {} if cost is None else {"cost": str(cost)}
