"""Cluster: the Media port over the workers of a Dask cluster.

Who makes other bytes than this machine is left out; who is lost has its work done again by another. Orders, keys and
the journal stay here. Knows nothing of what is made, how files get there, and how Dask is started.
"""

from __future__ import annotations

import asyncio
import logging
import time
import warnings
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Mapping
from concurrent.futures import CancelledError
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from reelmake.errors import LocalTool, Unwilling
from reelmake.media import cluster_worker
from reelmake.media.cluster_hand import Hand, Lost, needed, part_of
from reelmake.media.cluster_worker import Assignment, Needed, Portrait
from reelmake.media.pool import Pool, crew
from reelmake.media.specimen import specimen
from reelmake.model.medium import MediumName
from reelmake.model.take import Facts
from reelmake.model.work import Work
from reelmake.ports import Shelf, Tell
from reelmake.records import dataclass
from reelmake.scratch import discard

if TYPE_CHECKING:
    from distributed import Client

REACHED = 10.0  # seconds in which a scheduler answers
INTRODUCED = 120.0  # seconds in which a worker says who it is
EXPECTED = 30.0  # seconds for which a worker is waited for when there is none
BEAT = 2.0  # seconds between two looks at who is there
LOSSES = 3  # workers after which a work is not tried again: it may be what they are lost over

Warn = Callable[[str], None]


@dataclass(frozen=True)
class Questions:
    """Functions of modules that every worker calls. `tools`: what a machine has, asked here and there. `shelf`: where
    its owner shares takes."""

    tools: Callable[[], Mapping[str, str]]
    shelf: Callable[[], Shelf | None]


@asynccontextmanager
async def cluster(address: str, asks: Questions, warn: Warn, own: Pool) -> AsyncIterator[Cluster]:
    """The workers of the scheduler at HOST:PORT that make the same bytes as this machine. `warn` hears who is left out
    or lost. `own`: who looks at the answers of providers. Raises Unwilling if there is nobody."""
    client = await _reached(address)
    try:
        ours = Portrait(await asyncio.to_thread(asks.tools), await asyncio.to_thread(_specimen))
        made = Cluster(client, address, asks, ours, warn, own)
        try:
            await made.gather()
            yield made
        finally:
            await made.close()
    finally:
        with suppress(OSError, TimeoutError, CancelledError):
            await client.close(timeout=REACHED)


async def _reached(address: str) -> Client:
    import dask.config
    from distributed import Client
    from distributed.versions import VersionMismatchWarning

    for name in ("distributed", "distributed.client", "distributed.comm", "distributed.core"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what happens is told by us
    protocol = "tls" if dask.config.get("distributed.comm.tls.ca-file", None) else "tcp"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", VersionMismatchWarning)  # every worker is looked at
            client: Client = await Client(
                f"{protocol}://{address}", asynchronous=True, timeout=REACHED, set_as_default=False
            )
            return client
    except (OSError, TimeoutError, ValueError) as error:
        start = f"dask scheduler --port {address.rpartition(':')[2]}"
        message = f"no Dask scheduler answers at {address}"
        raise Unwilling(message, next_steps=(start, "reelmake build"), code="RM992") from error


def _specimen() -> str:
    hands = crew(1)
    try:
        with TemporaryDirectory() as folder:
            return hands.submit(specimen, Path(folder) / "specimen").result()
    finally:
        hands.kill()


class Cluster:
    """See ports.Media."""

    def __init__(self, client: Client, address: str, asks: Questions, ours: Portrait, warn: Warn, own: Pool) -> None:
        self._client, self._address, self._asks, self._ours = client, address, asks, ours
        self._warn, self._own = warn, own
        self._run = token_hex(8)
        self._known: dict[str, Hand | None] = {}  # every worker by its address; None = it is not to be used
        self._tells: dict[str, Tell] = {}
        self._read: dict[Path, tuple[object, Needed]] = {}
        self._bell = asyncio.Event()  # somebody has come, is done or is lost
        self._alone = time.monotonic()  # since when there was nobody
        self._errands: set[asyncio.Future[None]] = set()
        self._watching: asyncio.Future[None] | None = None

    @property
    def places(self) -> int:
        """How many pieces of work the workers take at once."""
        return sum(hand.places for hand in self._hands)

    async def gather(self) -> None:
        """Meets the workers, and from now on those who come. Raises Unwilling if none can be used."""
        self._client.subscribe_topic(self._run, self._told)
        while True:
            there = await self._there()
            await asyncio.gather(*(self._meet(address, places) for address, places in there.items()))
            if self._hands:
                self._watching = asyncio.ensure_future(self._watch())
                return
            if there or time.monotonic() - self._alone > EXPECTED:
                which = f" that makes the same bytes as this machine ({len(there)} left out)" if there else ""
                message = f"the Dask cluster at {self._address} has no worker{which}"
                steps = (f"dask worker tcp://{self._address}", "reelmake build")
                raise Unwilling(message, next_steps=steps, code="RM992")
            await asyncio.sleep(BEAT / 4)

    async def perform(self, key: str, work: Work, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
        """See ports.Media. If it is cancelled the work is stopped there."""
        files = {label: await asyncio.to_thread(self._needed, file) for label, file in inputs.items()}
        why = ""
        for _ in range(LOSSES):
            hand = await self._free(work, files.values())
            hand.holds.append(work.memory)
            asked = Assignment(self._run, token_hex(8), key, work, files)
            self._tells[asked.token] = tell
            try:
                return await hand.perform(asked, into)
            except Lost as lost:
                why = str(lost)
                self._dismiss(hand, why)
            except asyncio.CancelledError:
                self._begin(self._stop(hand, asked.token))
                raise
            except LocalTool as error:
                message, steps = f"{error} (on the worker {hand.name})", error.next_steps
                raise LocalTool(message, next_steps=steps, code=error.code) from error
            finally:
                del self._tells[asked.token]
                hand.holds.remove(work.memory)
                self._bell.set()
                discard(part_of(into))
        raise LocalTool(f"{LOSSES} workers of the cluster were lost over it; of the last: {why}", code="RM993")

    async def examine(self, file: Path, medium: MediumName) -> Facts:
        """See ports.Media. Here: it is about money."""
        return await self._own.examine(file, medium)

    async def close(self) -> None:
        """Ends what is under way there."""
        for hand in self._hands:
            self._begin(self._stop(hand, ""))
        if self._errands:
            await asyncio.wait(self._errands, timeout=REACHED)
        left = [*self._errands, *filter(None, [self._watching])]
        for errand in left:
            errand.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    @property
    def _hands(self) -> list[Hand]:
        return [hand for hand in self._known.values() if hand]

    async def _there(self) -> dict[str, int]:
        """The places of every worker of the cluster, by address. Raises OSError if the scheduler does not say."""
        if self._client.scheduler is None:
            raise OSError("the connection is closed")
        async with asyncio.timeout(REACHED):
            said = await self._client.scheduler.identity(n_workers=-1)
        return {address: worker["nthreads"] for address, worker in said["workers"].items()}

    async def _meet(self, address: str, places: int) -> None:
        """Takes a worker on, or says why not."""
        if address in self._known:
            return
        self._known[address] = None
        hand = Hand(self._client, address, places)
        try:
            async with asyncio.timeout(INTRODUCED):
                portrait = await hand.ask(cluster_worker.introduce, self._asks.tools, self._asks.shelf)
            unlike, hand.memory = _unlike(portrait, self._ours), portrait.memory
        except TimeoutError:
            unlike = "it does not say who it is"
        except Lost as lost:
            unlike = str(lost)
        if unlike:
            self._warn(f"the worker {hand.name} is left out: {unlike}")
            return
        self._known[address] = hand
        self._bell.set()

    async def _watch(self) -> None:
        """Who comes and who goes; and who works is told that somebody waits."""
        while True:
            await asyncio.sleep(BEAT)
            why = "it has left the cluster"
            try:
                there = await self._there()
            except (OSError, TimeoutError, CancelledError):
                there, why = {}, "the scheduler does not answer"
            for address in self._known.keys() - there.keys():
                if hand := self._known[address]:
                    self._dismiss(hand, why)
                self._known.pop(address)
            for address in there.keys() - self._known.keys():
                self._begin(self._meet(address, there[address]))
            for hand in self._hands:
                if hand.holds:
                    self._begin(self._heed(hand))

    def _dismiss(self, hand: Hand, why: str) -> None:
        if hand.leave():
            self._known[hand.address] = None
            self._alone = time.monotonic()
            self._warn(f"the worker {hand.name} is lost: {why}; what it had under way is done again")
        self._bell.set()

    async def _free(self, work: Work, files: Collection[Needed]) -> Hand:
        """Who has a place, and of those who has most of the files. Raises LocalTool when nobody comes any more."""
        while True:
            free = [hand for hand in self._hands if hand.room(work.memory)]
            if free:
                return max(free, key=lambda hand: (hand.having(files), -len(hand.holds)))
            if not self._hands and time.monotonic() - self._alone > EXPECTED:
                message = f"the Dask cluster at {self._address} has no worker any more; what was made is kept"
                raise LocalTool(message, next_steps=("reelmake build",), code="RM993")
            self._bell.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._bell.wait(), BEAT)

    def _needed(self, file: Path) -> Needed:
        """A file as it is now; read again if it was changed. Raises LocalTool."""
        try:
            found = file.stat()
            state = (found.st_size, found.st_mtime_ns, found.st_ino)
            known = self._read.get(file)
            if known is None or known[0] != state:
                known = self._read[file] = state, needed(file)
            return known[1]
        except OSError as error:
            raise LocalTool(f"{file.name} cannot be read: {error.strerror or error}") from error

    def _told(self, event: tuple[float, Mapping[str, object]]) -> None:
        """Progress: a word, and how much is done."""
        match event:
            case (_, {"token": str(token), "fraction": float() | None as fraction, "word": str(word)}):
                if tell := self._tells.get(token):
                    tell(fraction, word)

    async def _heed(self, hand: Hand) -> None:
        with suppress(Lost):
            await hand.ask(cluster_worker.heed, self._run)

    async def _stop(self, hand: Hand, token: str) -> None:
        with suppress(Lost):
            await hand.ask(cluster_worker.stop, self._run, token)

    def _begin(self, errand: Coroutine[None, None, None]) -> None:
        """What nobody waits for."""
        task = asyncio.ensure_future(errand)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)


def _unlike(theirs: Portrait, ours: Portrait) -> str:
    """In what another machine differs, as people say it; "" = in nothing that counts."""
    for name, here in ours.tools.items():
        if (there := theirs.tools.get(name, "")) != here:
            return f"{name} is {there or 'not'} there, and {here or 'not'} here"
    if theirs.specimen != ours.specimen:
        return "it has the same programs, and makes other bytes of a specimen"
    return ""
