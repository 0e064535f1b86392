"""The ports: what execute/ needs of the world, each with the promise it makes.

Real ones are wired in app, fakes in tests. Knows no adapter.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

from reelmake.model.job import Job
from reelmake.model.take import Attempt, Facts, Take

Tell = Callable[[float | None, str], None]
"""Progress of one piece of work: fraction 0..1 (None = not known) and a word."""


@dataclass(frozen=True, slots=True)
class Pending:
    """Still being made. `after`: seconds the provider asks us to wait before the next poll, None = our choice."""

    fraction: float | None = None
    note: str = ""
    after: float | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """Can be fetched. `cost` is the provider's own figure in USD where it gives one."""

    cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Dead:
    """Ended without a clip. `code` as in errors.py; `message` in the provider's words."""

    code: str
    message: str


Status = Pending | Ready | Dead


class Provider(Protocol):
    """A remote provider. Errors come out as errors.StepFailed branches and nothing else.

    submit: exactly one paid request; returns the create-time id. Raises Transient only if the request certainly was not
            accepted, Refused / NoCredit / NoAccess if it certainly was refused, Ambiguous if nobody can know.
    poll:   free, may be repeated for ever. Raises Transient if the question could not be asked.
    fetch:  writes the whole clip to `into` (a path that does not exist yet); a partial file may be left on error.
    find:   the id of a job that was submitted with this order and no known answer, or None if there certainly is none.
            Raises Ambiguous if this provider cannot tell.
    cancel: best effort.
    """

    name: str

    async def submit(self, job: Job, inputs: Mapping[str, Path], token: str) -> str: ...
    async def poll(self, remote: str) -> Status: ...
    async def fetch(self, remote: str, into: Path, tell: Tell) -> None: ...
    async def find(self, attempt: Attempt) -> str | None: ...
    async def cancel(self, remote: str) -> None: ...


class Store(Protocol):
    """Content by digest and takes by key. What `keep` returned survives kill -9 and power loss if `durable` was set.

    Nothing half-written is ever visible: temporary file, sync, rename.
    """

    def find(self, key: str) -> Take | None:
        """The take of a key whose bytes are there; None otherwise."""

    def record(self, key: str) -> Take | None:
        """The take's record even if its bytes are gone."""

    def keep(self, file: Path, take: Take, *, durable: bool) -> Take:
        """Moves `file` in; `take.digest` "" is filled in. Keeping the same key twice keeps the first."""

    def path(self, take: Take) -> Path: ...
    def scratch(self, suffix: str) -> Path:
        """A fresh path on the store's file system for work in progress."""


class Journal(Protocol):
    """The money lines. Each call returns after the line is on disk."""

    def intend(self, attempt: Attempt) -> None: ...
    def submitted(self, token: str, remote: str) -> None: ...
    def kept(self, token: str, key: str, digest: str, cost: Decimal | None) -> None: ...
    def closed(self, token: str, outcome: str, message: str) -> None:
        """Ended without a clip. outcome: not-sent | refused | failed | dismissed."""

    def open(self) -> list[Attempt]:
        """Attempts without an end, oldest first."""

    def recent(self) -> list[tuple[str, str]]:
        """(provider, UTC) of the last requests that may still count in a limit by the minute."""


class Media(Protocol):
    """Local work on the CPU pool. Raises errors.LocalTool.

    perform: `work` is a step's work, `inputs` its files by label, `key` the step's key (sketch derives its palette from
             it); writes the artifact to `into`, a path that does not exist yet.
    """

    async def perform(self, key: str, work: Any, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts: ...
    async def probe(self, file: Path, suffix: str) -> Facts:
        """Facts of a finished artifact; raises LocalTool if it is not whole (full demux)."""


class Clock(Protocol):
    """monotonic: seconds, for waits; utc: ISO 8601 to the second, for records."""

    def monotonic(self) -> float: ...
    def utc(self) -> str: ...
    def sleep(self, seconds: float) -> Awaitable[None]: ...


class Inputs(Protocol):
    """Files of the project by path."""

    def digest(self, path: str) -> str:
        """sha256 of the file's bytes now. Raises errors.LocalTool if it cannot be read."""

    def path(self, path: str) -> Path: ...


class Reporter(Protocol):
    def handle(self, event: Any) -> None: ...


Digests = Mapping[str, str]
Paths = Iterable[Path]
