"""The journal on disk: three lines a paid order, each synced before the next step, and the ledger they add up to.

    intend     key, token, what is asked, where, for how much     nothing is sent yet
    submitted  token, remote id, cost if it was said              the provider has it ("": as nobody knows which job)
    kept       token, digest, cost                                the result is in the store
    closed     token, outcome, cost and code if there are any     it ended without a result
    settled    numbers of lines                                   a person knows of them; see below

The last line of a token wins. A line that its writer did not finish is as if it was never written. One that was written
and is damaged, gone or not understood may be an order: it is a doubt until a person settles it, and until then nothing
is ordered. Knows nothing of providers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import cast

from reelmake.model.json_value import JsonObject, text
from reelmake.model.take import Attempt, Ending, Ledger, LedgerEntry, Standing, add_up, column_of
from reelmake.plan.provider_queue import ARRIVED
from reelmake.store.lines import Lines
from reelmake.store.record import dollars, from_attempt, to_attempt

VERBS = ("intend", "submitted", "kept", "closed")
TOLD = ("do", "shot", "provider", "remote", "at", "token", "outcome")  # of a line, to people
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
        self._entries: dict[str, LedgerEntry] | None = None
        self._doubts: dict[int, str] = {}
        self._moved: dict[str, bool] = {}

    # ports.Journal

    def intend(self, attempt: Attempt) -> None:
        self._append({"do": "intend", "at": attempt.at or self._utc(), **from_attempt(attempt)})

    def submitted(self, token: str, remote: str, cost: Decimal | None = None) -> None:
        self._append({"do": "submitted", "at": self._utc(), "token": token, "remote": remote, **_cost(cost)})

    def kept(self, token: str, key: str, digest: str, cost: Decimal | None) -> None:
        paid = None if cost is None else str(cost)
        self._append({"do": "kept", "at": self._utc(), "token": token, "key": key, "digest": digest, "cost": paid})

    def closed(self, token: str, outcome: str, message: str, cost: Decimal | None = None, code: str = "") -> None:
        line = {"do": "closed", "at": self._utc(), "token": token, "outcome": outcome, "message": message}
        self._append(line | _cost(cost) | ({"code": code} if code else {}))

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
                found[key] = (*found.get(key, ()), Ending(e.standing, e.message, e.ended, charged, e.code))
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

    @property
    def size(self) -> int:
        """Bytes on disk: lines are only ever added, so the same size is the same journal."""
        return self._lines.file.stat().st_size if self._lines.file.exists() else 0

    def entries(self) -> list[LedgerEntry]:
        """Every attempt there ever was, oldest first."""
        return list(self._loaded().values())

    def moved(self) -> list[LedgerEntry]:
        """The attempts that this very object wrote lines of: what one run did."""
        entries = self._loaded()
        return [entries[token] for token in self._moved if token in entries]

    def ledger(self) -> Ledger:
        return add_up(self.entries())

    def doubts(self) -> dict[int, str]:
        """What is the matter with lines, by their number, as sentences; less those that were settled."""
        self._loaded()
        return dict(self._doubts)

    def settle(self) -> dict[int, str]:
        """A person knows of every doubt that there is now; which these were."""
        doubts = self.doubts()
        if doubts:
            self._lines.append({"do": "settled", "at": self._utc(), "lines": sorted(doubts)})
            self._doubts = {}
        return doubts

    def _loaded(self) -> dict[str, LedgerEntry]:
        if self._entries is None:
            found = self._lines.read()
            self._entries, self._doubts = {}, {n: _lost(raw) for n, raw in found.missing.items()}
            for number, record in sorted(found.records, key=lambda pair: pair[1].get("do") != "intend"):
                if wrong := _enter(self._entries, record):
                    self._doubts[number] = wrong
            for _, record in found.records:
                if record.get("do") == "settled" and isinstance(lines := record.get("lines"), list):
                    self._doubts = {n: said for n, said in self._doubts.items() if n not in lines}
        return self._entries

    def _append(self, record: JsonObject) -> None:
        entries = self._loaded()
        self._lines.append(record)
        self._moved[text(record["token"])] = True
        _enter(entries, record)


def _enter(entries: dict[str, LedgerEntry], record: JsonObject) -> str:
    """What a line says, entered; why it cannot be, "" if it can. A verb of a later version is passed over."""
    verb, token = record.get("do"), record.get("token")
    if verb not in VERBS:
        return ""
    if verb != "intend" and not (isinstance(token, str) and token in entries):
        return f"belongs to an order whose first line is missing: {_told(record)}"
    try:
        if verb == "intend":
            entries.setdefault(text(token), LedgerEntry(to_attempt(record)))  # twice there, it opens nothing again
        else:
            entries[text(token)] = _moved_on(entries[text(token)], record)
    except (KeyError, TypeError, ValueError, ArithmeticError):
        return f"is intact, but not understood: {_told(record)}"
    return ""


def _moved_on(entry: LedgerEntry, record: JsonObject) -> LedgerEntry:
    at = text(record["at"])
    entry = replace(entry, answered=entry.answered or at)
    said = dollars(record.get("cost"))
    if record["do"] == "submitted":
        attempt = replace(entry.attempt, remote=text(record["remote"]), taken=not record["remote"])
        quoted = entry.quoted if said is None else said
        return replace(entry, attempt=attempt, standing="submitted", ended="", quoted=quoted)
    if record["do"] == "kept":
        cost = entry.quoted if said is None else said
        return replace(entry, standing="kept", ended=at, digest=text(record["digest"]), cost=cost)
    spent = entry.cost if said is None else said  # what its result had cost, before that was lost
    outcome = cast("Standing", text(record["outcome"]))  # a later version may have others
    code = text(record.get("code", ""))
    return replace(entry, standing=outcome, ended=at, message=text(record["message"]), cost=spent, code=code)


def _lost(raw: bytes) -> str:
    """Of a line that cannot be read: what seems to have stood there, for whoever must decide."""
    left = raw.decode("utf-8", "replace")
    seen = {name: found[1] for name in TOLD if (found := re.search(rf'"{name}":"([^"\\]{{1,80}})"', left))}
    return f"is damaged; it seems to say: {_told(seen)}" if seen else "is gone" if not raw else "is damaged"


def _told(record: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {record[name]}" for name in TOLD if record.get(name))


def _cost(cost: Decimal | None) -> dict[str, str]:
    return {} if cost is None else {"cost": str(cost)}
