"""A whole build against the fake server in one process, without sockets, that can die at any chosen moment.

What outlives the process is real: the server's bill, the project's journal and store on the disk. HTTP is httpx down to
the transport; behind it stands the fake's own service. Time is virtual, threads do their work at once. `moment` is
called around every effect; at the chosen one the process dies, and nothing it tries afterwards has any effect.
"""

from __future__ import annotations

import asyncio
import random
import shutil
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import httpx

from reelmake.execute.caller import Caller
from reelmake.execute.runner import Outcome, run
from reelmake.media.examine import examine
from reelmake.media.perform import perform
from reelmake.media.probe import probe
from reelmake.model.http import Secret, origin
from reelmake.model.medium import MediumName
from reelmake.model.take import Facts, Take
from reelmake.plan.decide import Plan
from reelmake.plan.mandate import Goal, History, Policy
from reelmake.ports import Remotes, Tell, World
from reelmake.providers import openai_videos
from reelmake.session.project import Snapshot
from reelmake.store.journal import LocalJournal
from reelmake.store.local import LocalStore
from reelmake.wire.carrier import HttpProvider
from reelmake_fake import http11 as fake
from reelmake_fake.service import Service
from reelmake_fake.settings import ServerOptions
from tests.support.virtual import EPOCH, VirtualClock, VirtualLoop

ANSWER = 0.05  # virtual seconds that a request takes


class Crash(BaseException):
    """The process is gone."""


class AtOnce(VirtualLoop):
    """Threads do their work at once: in virtual time they take none."""

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:
            done.set_exception(error)
        return done


@dataclass
class Far:
    """The far side: the server, and what is still on its way to it from a process that has died."""

    folder: Path
    takes: float = 1.0  # virtual seconds of a job: two or three polls
    now: float = 0.0
    late: list[tuple[float, fake.ReceivedRequest]] = field(default_factory=list)

    def __post_init__(self) -> None:
        options = ServerOptions(takes=self.takes, deterministic=True, expires=None, state=self.folder)
        self.service = Service(options, clock=lambda: EPOCH.timestamp() + self.now)

    async def answer(self, request: fake.ReceivedRequest) -> fake.Reply:
        return await self.service.answer(request, {})

    async def arrivals(self) -> None:
        """What was on its way arrives while the next process runs."""
        for due, request in sorted(self.late, key=lambda one: one[0]):
            await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))
            self.late.remove((due, request))
            await self.answer(request)

    @property
    def bill(self) -> list[dict[str, Any]]:
        return list(self.service.shelf.bill)


@dataclass
class Process:
    """One process from start to death or end. `die_at`: which moment is its last; None = it lives."""

    far: Far
    seen: Snapshot
    plan: Plan
    made: Path  # local artifacts by key, which are the same whoever makes them
    chance: random.Random
    die_at: int | None = None
    moments: int = 0
    dead: bool = False
    stages: list[str] = field(default_factory=list)
    stage: str = ""

    def moment(self, stage: str) -> None:
        self.moments += 1
        self.stages.append(stage)
        if self.die_at is not None and self.moments >= self.die_at:
            self.stage = self.stage or stage
            self.dead = True
        if self.dead:
            raise Crash(stage)

    def run(self) -> Outcome:
        """Raises Crash if it died."""
        loop = AtOnce(self.far.now)
        asyncio.set_event_loop(loop)
        try:
            return loop.run_until_complete(self._build())
        finally:
            self.far.now = loop.now + 1.0
            self.dead, self.die_at = True, self.die_at or 0
            for task in asyncio.all_tasks(loop):
                task.cancel()
            loop.run_until_complete(asyncio.sleep(0))
            asyncio.set_event_loop(None)
            loop.close()

    async def _build(self) -> Outcome:
        arrivals = asyncio.ensure_future(self.far.arrivals())
        spec = self.seen.project.providers["studio"]
        provider = HttpProvider(
            openai_videos.converse(spec), spec, Secret("sk-stepping-0123456789", origin(spec.base_url))
        )
        client = httpx.AsyncClient(transport=Wire(self))
        provider._line._client = lambda kind: client  # type: ignore[method-assign]
        state = self.seen.workspace.root / ".reelmake"
        outcome = await run(
            Goal(self.plan.steps, self.plan.targets, self.plan.graph.priority),
            Remotes({"studio": provider}, {"studio": spec.limits}),
            World(Shelf(state, self), Books(state / "journal", self), Hands(self), VirtualClock(), self.seen.inputs),
            Caller(lambda event: None),
            Policy(workers=2),
            History(),
        )
        await arrivals
        return outcome


class Wire(httpx.AsyncBaseTransport):
    """From httpx to the fake's service, with the stages of a request at which a process can die."""

    def __init__(self, process: Process) -> None:
        self.process, self.far = process, process.far

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = b"".join([part async for part in request.stream])  # type: ignore[union-attr]
        what = "order" if request.method == "POST" else "content" if request.url.path.endswith("/content") else "poll"
        query = tuple(request.url.params.multi_items())
        path = request.url.raw_path.decode().partition("?")[0]
        asked = fake.ReceivedRequest(request.method, path, query, request.headers, body)
        self.process.moment(f"{what}: before it is sent")
        await asyncio.sleep(ANSWER * self.process.chance.random())
        try:
            self.process.moment(f"{what}: on its way")
        except Crash:
            if self.process.chance.random() < 0.5:  # and it arrives all the same, a little later
                self.far.late.append((asyncio.get_running_loop().time() + self.process.chance.uniform(0, 10), asked))
            raise
        self.far.now = asyncio.get_running_loop().time()
        reply = await self.far.answer(asked)
        self.process.moment(f"{what}: answered, and the answer is lost")
        await asyncio.sleep(ANSWER * self.process.chance.random())
        headers = {"date": "", **reply.headers}
        del headers["date"]
        content = reply.body.read_bytes() if isinstance(reply.body, Path) else reply.body
        headers["content-length"] = str(len(content))
        self.process.moment(f"{what}: the answer is here")
        return httpx.Response(reply.status, headers=headers, stream=Body(content, self.process, what))


@dataclass
class Body(httpx.AsyncByteStream):
    content: bytes
    process: Process
    what: str

    async def __aiter__(self) -> AsyncIterator[bytes]:
        half = len(self.content) // 2
        yield self.content[:half]
        self.process.moment(f"{self.what}: half of it is here")
        yield self.content[half:]


class Books(LocalJournal):
    """The journal, with a moment before and after each line."""

    def __init__(self, file: Path, process: Process) -> None:
        super().__init__(file, utc=lambda: VirtualClock().utc())
        self.process = process

    def _append(self, record: dict[str, Any]) -> None:
        self.process.moment(f"journal: before {record['do']}")
        super()._append(record)
        self.process.moment(f"journal: after {record['do']}")


class Shelf(LocalStore):
    """The store, with a moment before and after a clip goes in."""

    def __init__(self, folder: Path, process: Process) -> None:
        super().__init__(folder)
        self.process = process

    def keep(self, file: Path, take: Take, *, durable: bool) -> Take:
        self.process.moment("store: before")
        kept = super().keep(file, take, durable=durable)
        self.process.moment("store: after")
        return kept


@dataclass
class Hands:
    """ports.Media in this process. What was made once is not made again: the same work gives the same bytes."""

    process: Process

    async def perform(self, key: str, work: Any, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
        self.process.moment("local work: before")
        known = self.process.made / f"{key}{into.suffix}"
        if not known.exists():
            perform(key, work, inputs, known, tell)
        shutil.copyfile(known, into)
        await asyncio.sleep(0.3)
        self.process.moment("local work: after")
        return _facts(known)

    async def examine(self, file: Path, medium: MediumName) -> Facts:
        self.process.moment("the clip is looked at")
        content = (file.read_bytes(), medium)
        if content not in _LOOKED:
            _LOOKED[content] = examine(file, medium)
        return _LOOKED[content]


_LOOKED: dict[tuple[bytes, MediumName], Facts] = {}
"""Facts of clips by their bytes: the same few are fetched in a thousand lives."""


@cache
def _facts(made: Path) -> Facts:
    """Of local work, which nobody touches once it is there."""
    return probe(made, made.suffix)


def spent(bill: list[dict[str, Any]]) -> Decimal:
    return sum((Decimal(str(line["usd"])) for line in bill), Decimal(0))
