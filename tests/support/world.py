"""A small world with memory: a vendor that keeps a bill, a disk, and a process that can die at any moment.

The vendor and the disk outlive the process, as the real ones do. `World.moment` is called before and after every
effect; at the chosen one the process dies: from then on nothing it tries has any effect.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from reelmake import errors, ports
from reelmake.execute.caller import Caller, Stop
from reelmake.execute.runner import Outcome, run
from reelmake.model.events import Event
from reelmake.model.frame import Size
from reelmake.model.medium import MediumName, Price
from reelmake.model.order import ClipOrder, Order
from reelmake.model.provider import Limits
from reelmake.model.remote import Accepted, Content, Dead, Pending, Ready, RemoteJob, Status, Submission
from reelmake.model.step import CPU, Input, Step
from reelmake.model.take import Attempt, Facts, Take
from reelmake.model.work import UNKEYED, Work
from reelmake.plan.mandate import Goal, History, Policy
from reelmake.ports import Remotes, Tell
from tests.support.in_memory import MemoryAnswers, MemoryJournal, MemoryStore
from tests.support.virtual import EPOCH, VirtualClock, run_virtual


class Crash(BaseException):
    """The process is gone: kill -9, a power cut."""


@dataclass(frozen=True)
class Mix(Work):
    """Local work for tests: an artifact that depends on nothing but its inputs and `recipe`. `takes`: memory."""

    SUFFIX = ".mp4"

    recipe: str
    takes: int = field(default=0, repr=False, metadata=UNKEYED)

    @property
    def memory(self) -> int:
        return self.takes


def job(prompt: str, *, provider: str = "studio", price: str | None = "1", take: int = 1, **changes: Any) -> ClipOrder:
    """A paid order of four seconds, so four times the price."""
    fields: dict[str, Any] = {
        "dialect": "fake/1",
        "model": "m1",
        "operation": "generate",
        "prompt": prompt,
        "avoid": "",
        "size": Size(64, 36),
        "seconds": Fraction(4),
        "seed": None,
        "variation": 1,
        "take": take,
        "extras": {},
        "shot": prompt.split()[0],
        "provider": provider,
        "tier": "final",
        "price": None if price is None else Price(Decimal(price)),
    }
    return ClipOrder(**{**fields, **changes})


def shot(id: str, prompt: str, *inputs: Input, **changes: Any) -> Step:
    made = job(prompt, **{"shot": id, **changes})
    return Step(f"shot:{id}", "shot", made, inputs, pool=made.provider, shots=(id,))


def mix(id: str, recipe: str, *inputs: Input, output: str = "") -> Step:
    return Step(id, "segment", Mix(recipe), inputs, pool=CPU, output=output)


def steps(*given: Step) -> dict[str, Step]:
    return {s.id: s for s in given}


@dataclass
class Remote:
    """A job at the vendor's. `told`: did the answer to its creation reach anybody?"""

    id: str
    token: str
    job: Order
    born: float
    done: float
    content: bytes
    dead: Dead | None = None
    gone: bool = False


@dataclass
class Vendor:
    """Everything on the other side of the wire. `bill` counts what is charged, by the content that was asked for."""

    seconds: Callable[[Order], float] = lambda job: 30.0
    jobs: dict[str, Remote] = field(default_factory=dict)
    bill: Counter[bytes] = field(default_factory=Counter)
    requests: Counter[str] = field(default_factory=Counter)
    looked: dict[str, list[float]] = field(default_factory=dict)  # by job: when it was asked about
    late: list[tuple[float, Order, str, bytes]] = field(default_factory=list)
    by_token: bool = True  # its list knows our tokens; else only the words of a prompt
    lag: float = 0.0  # seconds after which a job is in the list
    prudish: frozenset[str] = frozenset()  # prompts of which the first clip offends
    at_once: bool = False  # it answers with the result; then there is no id, and no list

    def arrivals(self, now: float) -> None:
        """What was on its way when the process died, and is here by now."""
        for due in [d for d in self.late if d[0] <= now]:
            self.late.remove(due)
            self.create(due[1], due[2], due[3], due[0])

    def create(self, job: Order, token: str, content: bytes, now: float) -> Remote:
        made = Remote(f"job/{len(self.jobs)}?", token, job, now, now + self.seconds(job), content)
        if job.prompt in self.prudish and not any(j.content == content for j in self.jobs.values()):
            made.dead, made.done = Dead("RM921", "a likeness"), now
        self.jobs[made.id] = made
        self.bill[content] += 1
        return made

    def listed(self, attempt: Attempt, now: float) -> tuple[str, ...]:
        """Ids of the jobs that its list shows for an order, oldest first."""
        self.arrivals(now)
        jobs = [j for j in self.jobs.values() if j.born + self.lag <= now]
        if self.by_token:
            return tuple(j.id for j in jobs if j.token == attempt.token)
        since = (datetime.fromisoformat(attempt.at) - EPOCH).total_seconds() - 5
        words = json.loads(attempt.order)["prompt"]
        return tuple(j.id for j in jobs if j.job.prompt == words and j.born >= since)

    @property
    def busiest(self) -> int:
        """How many jobs were ever being made at the same time."""
        births, ends = sorted(j.born for j in self.jobs.values()), sorted(j.done for j in self.jobs.values())
        return max((bisect_right(births, at) - bisect_right(ends, at) for at in births), default=0)

    def most_in_a_minute(self) -> int:
        births = sorted(j.born for j in self.jobs.values())
        return max((bisect_right(births, a) - bisect_right(births, a - 60) for a in births), default=0)


@dataclass
class World:
    """The process: its ports, its fortune, and when it dies. `faults`: effect name -> error to raise, once each."""

    folder: Path
    vendor: Vendor = field(default_factory=Vendor)
    limits: Limits = field(default_factory=Limits)
    files: dict[str, bytes] = field(default_factory=dict)
    can_find: bool = True
    known_lag: float | None = 30.0  # what the vendor's list is said to be late by; Vendor.lag is what it is
    die_at: int | None = None
    faults: dict[str, list[BaseException | Any]] = field(default_factory=dict)
    latency: float = 0.2
    work_time: float = 1.0
    chance: random.Random = field(default_factory=lambda: random.Random(0))
    flakiness: float = 0.0
    quote: Decimal | None = None  # what the vendor says an order costs when it takes it
    statuses: list[Status] = field(default_factory=list)  # what the next polls hear, before the truth

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.store = _Store(self.folder, world=self)
        self.journal = _Journal(world=self)
        self.moments = 0
        self.dead = False
        self.now = 0.0
        self.performed: list[str] = []
        self.submitted: list[str] = []
        self.events: list[Event] = []
        self.listening: Callable[[], list[Event]] = list
        self.busy = self.busiest = 0
        self.stop = Stop()

    def moment(self, name: str) -> None:
        """One instant at which the process may die."""
        self.moments += 1
        if self.die_at is not None and self.moments >= self.die_at:
            self.dead = True
        if self.dead:
            raise Crash(name)

    def fault(self, name: str) -> None:
        if self.faults.get(name):
            raise self.faults[name].pop(0)

    def flaky(self, name: str) -> bool:
        return self.chance.random() < self.flakiness

    def run(self, graph: Mapping[str, Step], targets: Collection[str] | None = None, **options: Any) -> Outcome:
        """One process from start to end. Raises Crash if it died."""
        self.moments, self.dead = 0, False
        self.performed, self.submitted, self.events = [], [], self.listening()
        self.busy = 0
        self.stop = options.pop("stop", None) or Stop()
        started = self.now
        ends = [started]

        async def whole() -> Outcome:
            try:
                remotes = Remotes(
                    options.pop("providers", {"studio": Provider(self)}),
                    {"studio": self.limits},
                    options.pop("gates", {}),
                    options.pop("post", None),
                )
                return await run(
                    Goal(graph, list(graph) if targets is None else targets, options.pop("priority", {})),
                    remotes,
                    ports.World(self.store, self.journal, Media(self), VirtualClock(), Files(self)),
                    Caller(self.events.append, self.stop),
                    Policy(budget=options.pop("budget", None), workers=options.pop("workers", 2)),
                    History(usual=options.pop("usual", {}), **options),
                )
            finally:
                ends.append(asyncio.get_running_loop().time())

        try:
            outcome, _ = run_virtual(whole(), started)
            return outcome
        finally:
            self.now = ends[-1] + 1.0

    def told(self, kind: type[Event]) -> list[Any]:
        return [e for e in self.events if isinstance(e, kind)]


@dataclass
class Provider:
    """ports.Provider towards the vendor: the wire, with its delays and its losses."""

    world: World
    name: str = "studio"

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    async def submit(self, submission: Submission) -> Accepted:
        job, inputs, token = submission.order, submission.inputs, submission.token
        world = self.world
        content = clip_of(job, inputs, take=world.vendor.by_token)
        world.moment("submit: before it is sent")
        world.fault("submit")
        if world.flaky("submit"):
            raise errors.Transient("503: come again")
        await asyncio.sleep(world.latency * world.chance.random())
        try:
            world.moment("submit: on its way")
        except Crash:
            if (
                world.chance.random() < 0.5
            ):  # the process is gone, and what it sent arrives all the same, a little later
                world.vendor.late.append((self._now() + world.chance.uniform(0, 10), job, token, content))
            raise
        if "REFUSE" in job.prompt:
            raise errors.Refused("moderation")
        if world.flaky("request"):
            raise errors.Ambiguous("the line went dead, and it never arrived")
        made = world.vendor.create(job, token, content, self._now())
        world.submitted.append(job.shot)
        world.moment("submit: the vendor has it, the answer is on its way")
        await asyncio.sleep(world.latency * world.chance.random())
        world.moment("submit: the answer is lost with the process")
        world.fault("submit answer")
        if world.flaky("answer"):
            raise errors.Ambiguous("the line went dead")
        if world.vendor.at_once:
            return Accepted("", world.quote, Content(made.content))
        return Accepted(made.id, world.quote)

    async def poll(self, remote: str) -> Status:
        world = self.world
        world.moment("poll")
        world.vendor.requests["poll"] += 1
        world.fault("poll")
        if world.flaky("poll"):
            raise errors.Transient("502: garbage")
        await asyncio.sleep(world.latency * world.chance.random())
        world.moment("poll answered")
        world.vendor.looked.setdefault(remote, []).append(self._now())
        if world.statuses:
            return world.statuses.pop(0)
        found = world.vendor.jobs.get(remote)
        if found is None or found.gone:
            raise errors.Gone("404: no such job")
        if found.dead:
            return found.dead
        if self._now() < found.done:
            return Pending(0.5, "in_progress")
        return Ready()

    async def fetch(self, remote: str, into: Path, tell: Tell, most: int) -> None:
        world = self.world
        world.moment("fetch")
        world.vendor.requests["fetch"] += 1
        world.fault("fetch")
        content = world.vendor.jobs[remote].content
        into.write_bytes(content[: len(content) // 2])
        tell(0.5, "downloading")
        world.moment("fetch: half of it is there")
        await asyncio.sleep(world.latency * world.chance.random())
        if world.flaky("fetch"):
            return  # cut off, and nobody said so
        world.fault("fetch half")
        into.write_bytes(content)
        world.moment("fetch: all of it is there")

    async def find(self, attempt: Attempt) -> tuple[str, ...]:
        world = self.world
        world.moment("find")
        world.fault("find")
        await asyncio.sleep(world.latency * world.chance.random())
        if not self.world.can_find or world.vendor.at_once:
            raise errors.Ambiguous("this vendor has no list")
        if world.flaky("find"):
            raise errors.Transient("503: no list today")
        return world.vendor.listed(attempt, self._now())

    @property
    def lag(self) -> float | None:
        return self.world.known_lag

    async def clock(self) -> float | None:
        return None

    async def cancel(self, remote: str) -> None:
        self.world.moment("cancel")

    async def listing(self) -> tuple[RemoteJob, ...]:
        return ()

    async def remove(self, remote: str) -> None:
        return None

    async def close(self) -> None:
        return None


def clip_of(job: Order, inputs: Mapping[str, Path], *, take: bool = True) -> bytes:
    """What the vendor makes of an order: always the same, so that a clean build can be compared; take by take, if a
    vendor can tell takes apart."""
    number = [str(job.take)] if take else []
    parts = [job.prompt, job.model, *number, *(f"{k}={_said(v)}" for k, v in sorted(inputs.items()))]
    return ("clip|" + "|".join(parts) + "|end").encode()


def _said(file: Path) -> str:
    """What a file says, or a digest of it: along a chain each holds the one before."""
    content = file.read_bytes()
    return repr(content) if len(content) < 200 else hashlib.sha256(content).hexdigest()


@dataclass
class Media:
    """ports.Media: an artifact is the text of its recipe and inputs; a clip is whole if it ends in |end."""

    world: World

    async def perform(self, key: str, work: Any, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
        world = self.world
        world.moment("perform")
        world.busy += 1
        world.busiest = max(world.busiest, world.busy)
        try:
            world.fault(f"perform {getattr(work, 'recipe', '')}")
            await asyncio.sleep(world.work_time)
            parts = [repr(work), *(f"{k}={_said(v)}" for k, v in sorted(inputs.items()))]
            content = clip_of(work, inputs) if isinstance(work, Order) else ("mix|" + "|".join(parts) + "|end").encode()
            into.write_bytes(content)
            world.moment("perform: written")
            world.performed.append(getattr(work, "recipe", None) or getattr(work, "shot", "a still"))
        finally:
            world.busy -= 1
        return Facts(len(content), Fraction(4))

    async def examine(self, file: Path, medium: MediumName) -> Facts:
        self.world.moment("examine")
        self.world.fault("examine")
        content = file.read_bytes()
        if not content.endswith(b"|end"):
            raise errors.LocalTool("the clip is cut off")
        return Facts(len(content), Fraction(4))


@dataclass
class Files:
    """ports.Inputs: the project's files stand in the world's folder when somebody asks for their path."""

    world: World

    def digest(self, path: str) -> str:
        if path not in self.world.files:
            raise errors.LocalTool(f"cannot read {path}: no such file")
        return hashlib.sha256(self.world.files[path]).hexdigest()

    def path(self, path: str) -> Path:
        file = self.world.folder / f"file-{path.replace('/', '-')}"
        file.write_bytes(self.world.files[path])
        return file


@dataclass
class _Answers(MemoryAnswers):
    world: World = field(kw_only=True, repr=False)

    def set_aside(self, token: str, content: Content) -> None:
        self.world.fault("set aside")
        super().set_aside(token, content)


@dataclass
class _Store(MemoryStore):
    world: World = field(kw_only=True, repr=False)

    def __post_init__(self) -> None:
        self.answers = _Answers(world=self.world)

    def keep(self, file: Path, take: Take, *, durable: bool) -> Take:
        self.world.moment("keep")
        self.world.fault("keep")
        kept = super().keep(file, take, durable=durable)
        self.world.moment("kept in the store")
        return kept


@dataclass
class _Journal(MemoryJournal):
    world: World = field(kw_only=True, repr=False)

    def intend(self, attempt: Attempt) -> None:
        self.world.moment("intend")
        self.world.fault("intend")
        super().intend(attempt)
        self.world.moment("intended")

    def submitted(self, token: str, remote: str, cost: Decimal | None = None) -> None:
        self.world.moment("submitted")
        self.world.fault("submitted")
        self.now = VirtualClock().utc()
        super().submitted(token, remote, cost)
        self.world.moment("submitted is written")

    def kept(self, token: str, key: str, digest: str, cost: Decimal | None) -> None:
        self.world.moment("kept")
        self.world.fault("kept")
        self.now = VirtualClock().utc()
        super().kept(token, key, digest, cost)
        self.world.moment("kept is written")

    def closed(self, token: str, outcome: str, message: str, cost: Decimal | None = None, code: str = "") -> None:
        self.world.moment("closed")
        self.world.fault("closed")
        self.now = VirtualClock().utc()
        super().closed(token, outcome, message, cost, code)
