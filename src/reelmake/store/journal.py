"""The journal on disk: three lines a paid shot, each synced before the next step, and the ledger they add up to.

    intend     key, token, what is asked, where, for how much     nothing is sent yet
    submitted  token, remote id                                   the provider has it
    kept       token, digest, cost                                the clip is in the store
    closed     token, outcome                                     it ended without a clip

The last line of a token wins; a line that is not whole is as if it was never written. Knows nothing of providers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from reelmake.model.take import Attempt
from reelmake.plan.pace import ARRIVED
from reelmake.store.lines import Lines
from reelmake.store.record import from_attempt, to_attempt

Standing = Literal["intended", "submitted", "kept", "not-sent", "refused", "failed", "dismissed"]
RECENT = timedelta(minutes=3)  # older requests no longer count in a minute, whatever the clocks did


@dataclass(frozen=True, slots=True)
class Entry:
    """One attempt and where it stands. `answered`: UTC of the line after the intent, "" if there is none."""

    attempt: Attempt
    standing: Standing = "intended"
    answered: str = ""
    digest: str = ""
    cost: Decimal | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Ledger:
    """USD. `reserved`: open at a provider. `spent`: kept. `maybe`: sent and ended without a clip, or never answered.

    `unpriced`: how many attempts in these sums have no known cost.
    """

    reserved: Decimal = Decimal(0)
    spent: Decimal = Decimal(0)
    maybe: Decimal = Decimal(0)
    unpriced: int = 0


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

    # ports.Journal

    def intend(self, attempt: Attempt) -> None:
        self._append({"do": "intend", "at": attempt.at or self._utc(), **from_attempt(attempt)})

    def submitted(self, token: str, remote: str) -> None:
        self._append({"do": "submitted", "at": self._utc(), "token": token, "remote": remote})

    def kept(self, token: str, key: str, digest: str, cost: Decimal | None) -> None:
        paid = None if cost is None else str(cost)
        self._append({"do": "kept", "at": self._utc(), "token": token, "key": key, "digest": digest, "cost": paid})

    def closed(self, token: str, outcome: str, message: str) -> None:
        self._append({"do": "closed", "at": self._utc(), "token": token, "outcome": outcome, "message": message})

    def open(self) -> list[Attempt]:
        return [e.attempt for e in self.entries() if e.standing in ("intended", "submitted")]

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
        _enter(entries, record)


def _enter(entries: dict[str, Entry], record: dict[str, Any]) -> None:
    """What a line says, entered; a line that says nothing we know (of a later version) is passed over."""
    try:
        verb, token = record["do"], record["token"]
        if verb == "intend":
            entries[token] = Entry(to_attempt(record))
            return
        entry, at = entries[token], record["at"]
        if verb == "submitted":
            attempt = replace(entry.attempt, remote=record["remote"])
            entries[token] = replace(entry, attempt=attempt, standing="submitted", answered=entry.answered or at)
        elif verb == "kept":
            cost = None if record["cost"] is None else Decimal(record["cost"])
            entries[token] = replace(
                entry, standing="kept", answered=entry.answered or at, digest=record["digest"], cost=cost
            )
        elif verb == "closed":
            entries[token] = replace(
                entry, standing=record["outcome"], answered=entry.answered or at, message=record["message"]
            )
    except (KeyError, TypeError, ValueError, ArithmeticError):
        return


def add_up(entries: Iterable[Entry]) -> Ledger:
    """The money, by where it stands. What was certainly refused or never sent costs nothing."""
    sums = {"reserved": Decimal(0), "spent": Decimal(0), "maybe": Decimal(0)}
    unpriced = 0
    for entry in entries:
        column = _column(entry)
        if column is None:
            continue
        cost = entry.cost if entry.standing == "kept" else entry.attempt.cost
        if cost is None:
            unpriced += 1
        else:
            sums[column] += cost
    return Ledger(**sums, unpriced=unpriced)


def _column(entry: Entry) -> str | None:
    match entry.standing:
        case "kept":
            return "spent"
        case "submitted":
            return "reserved"
        case "intended" | "dismissed":
            return "maybe"
        case "failed" | "refused" if entry.attempt.remote:
            return "maybe"
        case _:
            return None
