"""A hand: one worker of a Dask cluster, as whoever builds speaks to it: files go there and come back, work is done.

What arrives is read on both sides, so that half a file is none. Knows nothing of the other workers, nor of what is
made.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from concurrent.futures import CancelledError
from hashlib import file_digest, sha256
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from reelmake.errors import LocalTool
from reelmake.media import cluster_worker
from reelmake.media.cluster_worker import PIECE, Assignment, Done, Needed
from reelmake.model.take import Facts

if TYPE_CHECKING:
    from distributed import Client

T = TypeVar("T")


class Lost(Exception):
    """A worker is no use any more. `str` says why."""


class Hand:
    """`places` pieces of work at once, which take no more than `memory` bytes together; None = it does not say.
    `holds`: memory of what it has under way."""

    def __init__(self, client: Client, address: str, places: int) -> None:
        self._client, self.address, self.places = client, address, places
        self.memory: int | None = None
        self.holds: list[int] = []
        self._has: set[str] = set()  # digests of files
        self._door = asyncio.Lock()  # one after another is sent, so that nothing is sent twice
        self._gone = asyncio.Event()

    @property
    def name(self) -> str:
        return self.address.partition("://")[2]

    def room(self, memory: int) -> bool:
        """Can it begin with something that takes so much memory? What takes more than it has is done alone."""
        if len(self.holds) >= self.places:
            return False
        return not self.holds or self.memory is None or sum(self.holds) + memory <= self.memory

    def having(self, files: Collection[Needed]) -> int:
        """Bytes of these that are there already."""
        return sum(file.size for file in files if file.digest in self._has)

    def leave(self) -> bool:
        """Whoever waits for it hears that it is lost. False if that was said before."""
        said = self._gone.is_set()
        self._gone.set()
        return not said

    async def ask(self, question: Callable[..., Awaitable[T]], *about: object) -> T:
        """What it answers to a function of cluster_worker. Raises Lost if it does not."""
        asking = self._client.run(question, *about, workers=[self.address], on_error="return")
        found = (await self._unless_lost(asking)).get(self.address)
        if isinstance(found, Exception):
            raise Lost(str(found) or type(found).__name__) from found
        answer: T = found
        return answer

    async def perform(self, asked: Assignment, into: Path) -> Facts:
        """Has a work done and its file fetched to `into`. Raises Lost, and what is wrong with the work."""
        inputs = list(asked.inputs.values())
        for _ in range(2):  # what was there may have been swept
            await self._send(asked.run, inputs)
            done = await self._submit(asked)
            if done.error:
                raise done.error
            if done.file and done.facts:
                await self._fetch(done.file, into)
                self._has.add(done.file.digest)
                return done.facts
            self._has.difference_update(done.lacks)
        raise Lost("it does not keep the files that it is given")

    async def _submit(self, asked: Assignment) -> Done:
        future = self._client.submit(
            cluster_worker.perform,
            asked,
            key=f"{type(asked.work).__name__}-{asked.token}",  # people see it at the scheduler's
            workers=[self.address],
            allow_other_workers=False,
            pure=False,
        )
        try:
            done: Done = await self._unless_lost(future)
            return done
        finally:
            future.release()

    async def _send(self, run: str, files: list[Needed]) -> None:
        async with self._door:
            files = list({file.digest: file for file in files if file.digest not in self._has}.values())
            lacking = set(await self.ask(cluster_worker.lacking, files, run)) if files else set()
            for file in files:
                if file.digest in lacking:
                    await self._send_one(run, file)
                self._has.add(file.digest)

    async def _send_one(self, run: str, file: Needed) -> None:
        place = Path(file.place)
        try:
            with place.open("rb") as opened:
                at, whole = 0, False
                while at < file.size or not at:
                    piece = await asyncio.to_thread(opened.read, PIECE)
                    whole = await self.ask(cluster_worker.take, file, run, at, piece)
                    at += len(piece) or PIECE
            if not whole and (await asyncio.to_thread(needed, place)).digest != file.digest:
                raise LocalTool(f"{place.name} was changed while it was sent")
        except OSError as error:
            raise LocalTool(f"{place.name} cannot be read: {error.strerror or error}") from error
        if not whole:
            raise Lost("what is sent there does not arrive whole")

    async def _fetch(self, file: Needed, into: Path) -> None:
        """Writes what was made to `into`, if it is what the worker says. A part may be left beside it."""
        digest, at = sha256(), 0
        part = part_of(into)
        with part.open("wb") as opened:
            while at < file.size and (piece := await self.ask(cluster_worker.give, file, at)):
                await asyncio.to_thread(opened.write, piece)
                digest.update(piece)
                at += len(piece)
        if at != file.size or digest.hexdigest() != file.digest:
            raise Lost("what it made does not arrive whole")
        part.replace(into)

    async def _unless_lost(self, awaited: Awaitable[T]) -> T:
        task, lost = asyncio.ensure_future(awaited), asyncio.ensure_future(self._gone.wait())
        try:
            await asyncio.wait((task, lost), return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise Lost("it has left the cluster")
            return task.result()
        except (OSError, CancelledError) as error:  # the scheduler's connection to it, or ours to the scheduler
            raise Lost(str(error) or type(error).__name__) from error
        finally:
            task.cancel()
            lost.cancel()


def needed(file: Path) -> Needed:
    """A file as it is now. Raises OSError."""
    with file.open("rb") as opened:
        digest, size = file_digest(opened, "sha256").hexdigest(), opened.tell()
    return Needed(digest, size, file.suffix, str(file.absolute()))


def part_of(into: Path) -> Path:
    """What is being written for a file."""
    return into.with_name(f".{into.name}.part")
