"""A store and a journal with memory instead of a disk.

The store's files stand in a temporary folder that the caller gives; everything else is forgotten with the object.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Collection, Mapping
from dataclasses import field, replace
from decimal import Decimal
from pathlib import Path

from reelmake.errors import Gone
from reelmake.model.remote import Content
from reelmake.model.take import Attempt, Ending, Take
from reelmake.ports import Look, Tell
from reelmake.records import dataclass
from reelmake.scratch import discard
from reelmake.store.journal import arrived


@dataclass
class MemoryAnswers:
    """ports.Answers."""

    aside: dict[str, Content] = field(default_factory=dict)

    def set_aside(self, token: str, content: Content) -> None:
        self.aside[token] = content

    def find(self, token: str) -> Content | None:
        return self.aside.get(token)

    def drop(self, token: str) -> None:
        self.aside.pop(token, None)


@dataclass
class MemoryStore:
    """ports.Store. `kept` counts the calls that really kept something."""

    folder: Path
    taken: dict[str, Take] = field(default_factory=dict)
    kept: int = 0
    answers: MemoryAnswers = field(default_factory=MemoryAnswers)
    _count: itertools.count[int] = field(default_factory=itertools.count)

    def find(self, key: str) -> Take | None:
        take = self.taken.get(key)
        return take if take and self.path(take).is_file() else None

    def record(self, key: str) -> Take | None:
        return self.taken.get(key)

    def keep(self, file: Path, take: Take, *, durable: bool) -> Take:
        if known := self.find(take.key):
            discard(file)
            return known
        data = file.read_bytes()
        facts = replace(take.facts, bytes=len(data))
        take = replace(take, digest=hashlib.sha256(data).hexdigest(), facts=facts)
        file.replace(self.path(take))
        self.taken[take.key] = take
        self.kept += 1
        return take

    def elsewhere(self, pins: Mapping[str, Collection[str]]) -> dict[str, Take]:
        """There is no other shelf."""
        return {}

    async def bring(self, take: Take, tell: Tell, look: Look | None = None) -> Take:
        raise Gone("there is no other shelf")

    def path(self, take: Take) -> Path:
        return self.folder / f"{take.digest}{take.suffix}"

    def whole(self, take: Take) -> bool:
        return hashlib.sha256(self.path(take).read_bytes()).hexdigest() == take.digest

    def scratch(self, suffix: str) -> Path:
        return self.folder / f"scratch-{next(self._count)}{suffix}"


@dataclass
class MemoryJournal:
    """ports.Journal. `lines` are (verb, token, rest) in the order they were written; `now` is the UTC it writes.

    `costs`: by token, the last USD that was said of it.
    """

    lines: list[tuple[str, str, str]] = field(default_factory=list)
    attempts: dict[str, Attempt] = field(default_factory=dict)
    ended: dict[str, str] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    costs: dict[str, Decimal] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    now: str = "2026-01-01T00:00:00+00:00"

    def intend(self, attempt: Attempt) -> None:
        self.attempts[attempt.token] = attempt
        self.lines.append(("intend", attempt.token, attempt.key))

    def submitted(self, token: str, remote: str, cost: Decimal | None = None) -> None:
        self.attempts[token] = replace(self.attempts[token], remote=remote, taken=not remote)
        self.ended.pop(token, None)
        self.answers.setdefault(token, self.now)
        self._said(token, cost)
        self.lines.append(("submitted", token, remote))

    def kept(self, token: str, key: str, digest: str, cost: Decimal | None) -> None:
        self.ended[token] = "kept"
        self.answers.setdefault(token, self.now)
        self._said(token, cost)
        self.lines.append(("kept", token, digest))

    def closed(self, token: str, outcome: str, message: str, cost: Decimal | None = None, code: str = "") -> None:
        self.ended[token] = outcome
        self.codes[token] = code
        self.answers.setdefault(token, self.now)
        self._said(token, cost)
        self.lines.append(("closed", token, outcome))

    def _said(self, token: str, cost: Decimal | None) -> None:
        if cost is not None:
            self.costs[token] = cost

    def open(self) -> list[Attempt]:
        return [a for token, a in self.attempts.items() if token not in self.ended]

    def endings(self) -> dict[str, tuple[Ending, ...]]:
        found: dict[str, tuple[Ending, ...]] = {}
        for token, outcome in self.ended.items():
            attempt = self.attempts[token]
            if outcome == "kept":
                found.pop(attempt.key, None)
            elif outcome != "not-sent":
                ending = Ending(outcome, "", self.now, self.costs.get(token, attempt.cost), self.codes[token])
                found[attempt.key] = (*found.get(attempt.key, ()), ending)
        return found

    def delivered(self) -> dict[str, Attempt]:
        kept = [a for token, a in self.attempts.items() if self.ended.get(token) == "kept" and a.remote]
        return {a.key: replace(a, cost=self.costs.get(a.token, a.cost)) for a in kept}

    def remotes(self) -> set[str]:
        return {a.remote for a in self.attempts.values() if a.remote}

    def recent(self) -> list[tuple[str, str]]:
        return [(a.provider, arrived(a.at, self.answers.get(token, ""))) for token, a in self.attempts.items()]
