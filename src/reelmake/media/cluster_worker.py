"""What is done on a worker of a Dask cluster for somebody who builds elsewhere: files are taken in and handed out by
their digests, and work is done as it is there, by processes in a cell.

A file that arrives is read again before it has its name, and what is made is known by the digest of what is on the
disk. Work for which nobody has asked lately is ended: who asked may be dead, or far away. No secret comes here, and no
path of whoever asks is believed, only looked at. Knows nothing of runs, of stores and of who else works.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import stat
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, wait
from functools import cache
from hashlib import file_digest
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

from reelmake.errors import Gone, LocalTool, StepError
from reelmake.media.machine import spare
from reelmake.media.perform import perform as make
from reelmake.media.pool import crew
from reelmake.media.specimen import specimen
from reelmake.media.worker import sendable
from reelmake.model.take import Facts, Take
from reelmake.model.work import Work
from reelmake.ports import Shelf
from reelmake.records import dataclass
from reelmake.scratch import discard

if TYPE_CHECKING:
    from distributed import Worker

SHARED = (
    "REELMAKE_SHARED"  # of a worker: "/there=/here,…", where folders of whoever asks are; unset = in the same place
)
PIECE = 4 << 20  # bytes of a file that travel in one message
AT_ONCE = 8  # files that are looked for at the same time
LEASE = 30.0  # seconds after which work is ended for which nobody has asked
KEPT = 86_400.0  # seconds for which a file stays that nothing was made of
_LOOK = 0.5  # seconds between two looks whether anybody still waits, and between two tellings of progress


@dataclass(frozen=True)
class Needed:
    """A file: its bytes by digest (sha256) and number, how its name ends, and where whoever asks has it: perhaps that
    is the same folder here."""

    digest: str
    size: int
    suffix: str
    place: str

    @property
    def name(self) -> str:
        return self.digest + self.suffix


@dataclass(frozen=True)
class Assignment:
    """One piece of work. `run`: for whom, `token`: by which name it is stopped, and told of."""

    run: str
    token: str
    key: str
    work: Work
    inputs: Mapping[str, Needed]


@dataclass(frozen=True)
class Done:
    """What came of it: a file with its facts, or what went wrong, or the files that it `lacks`."""

    facts: Facts | None = None
    file: Needed | None = None
    error: Exception | None = None
    lacks: Sequence[str] = ()


@dataclass(frozen=True)
class Portrait:
    """A machine, as far as it decides what comes of a work. `memory`: bytes that it has to spare, None = it does not
    say."""

    tools: Mapping[str, str]
    specimen: str
    memory: int | None = None


async def introduce(
    tools: Callable[[], Mapping[str, str]], shelf: Callable[[], Shelf | None], dask_worker: Worker
) -> Portrait:
    """Who this is. `shelf`: where the owner of this machine shares takes. Raises whatever is wrong here."""
    bench = _bench(dask_worker)
    bench.shelf = shelf()
    return await asyncio.to_thread(_introduce, tools, bench)


def _introduce(tools: Callable[[], Mapping[str, str]], bench: Bench) -> Portrait:
    bench.sweep()
    run = token_hex(8)
    try:
        return Portrait(tools(), bench.crew.submit(specimen, bench.fresh(run, "")).result(), spare())
    finally:
        bench.stop(run, "")


async def lacking(files: Sequence[Needed], run: str, dask_worker: Worker) -> list[str]:
    """Digests of the files that are not here, and not where takes are shared."""
    bench, places = _bench(dask_worker), asyncio.Semaphore(AT_ONCE)

    async def there(file: Needed) -> bool:
        async with places:
            return bool(await asyncio.to_thread(bench.find, file)) or await bench.bring(file, run)

    found = await asyncio.gather(*map(there, files))
    return [file.digest for file, is_there in zip(files, found, strict=True) if not is_there]


async def take(file: Needed, run: str, at: int, piece: bytes, dask_worker: Worker) -> bool:
    """A piece of a file. With its last one: is the file whole?"""
    return await asyncio.to_thread(_bench(dask_worker).take, file, run, at, piece)


async def give(file: Needed, at: int, dask_worker: Worker) -> bytes:
    """A piece of a file."""
    return await asyncio.to_thread(_bench(dask_worker).give, file, at)


async def heed(run: str, dask_worker: Worker) -> None:
    """Somebody waits for what is done for this run."""
    _bench(dask_worker).asked[run] = time.monotonic()


async def stop(run: str, token: str, dask_worker: Worker) -> None:
    """Nobody waits for it any more; token "" = for anything of the run, and nothing of it is left but files that are
    whole."""
    _bench(dask_worker).stop(run, token)


def perform(asked: Assignment) -> Done:
    """One task of Dask's: the work is done by a process in a cell. What goes wrong is no failure of the task."""
    from distributed import get_worker

    worker = get_worker()
    bench = _bench(worker)
    bench.asked[asked.run] = time.monotonic()
    files = {label: bench.find(file) for label, file in asked.inputs.items()}
    there = {label: file for label, file in files.items() if file}
    if len(there) < len(files):
        return Done(lacks=[asked.inputs[label].digest for label, file in files.items() if file is None])
    told = 0.0

    def heard(fraction: float | None, word: str) -> None:
        nonlocal told
        if word or time.monotonic() - told > _LOOK:
            told = time.monotonic()
            worker.log_event(asked.run, {"token": asked.token, "fraction": fraction, "word": word})

    try:
        return bench.make(asked, there, heard)
    except Exception as error:
        return Done(error=sendable(error))


@cache
def _bench(worker: Worker) -> Bench:
    return Bench(Path(worker.local_directory) / "reelmake", worker.state.nthreads)


class Bench:
    """The files of a worker, and the processes that work. `asked`: when somebody has last asked for a run. `shelf`:
    where takes are shared, None = nowhere, or it does not answer."""

    def __init__(self, folder: Path, places: int) -> None:
        self._folder = folder
        self.crew = crew(places)
        self.shelf: Shelf | None = None
        self.asked: dict[str, float] = {}
        self._under_way: dict[tuple[str, str], Future[Facts]] = {}
        self._read: dict[Path, tuple[object, str]] = {}

    def find(self, file: Needed) -> Path | None:
        """Where a file is, here or in a folder that is shared; nothing counts but its bytes."""
        for place in (self._folder / file.name, _shared(file.place)):
            if place and self._digest(place, file.size) == file.digest:
                return place
        return None

    async def bring(self, file: Needed, run: str) -> bool:
        """A take by its bytes, from where they are shared: who may write there makes no difference."""
        if self.shelf is None:
            return False
        part = self.fresh(run, file.suffix)
        try:
            wanted = Take("", file.digest, "", file.suffix, Facts(file.size))
            await self.shelf.fetch(wanted, part, lambda fraction, word: None)
            return await asyncio.to_thread(self._named, part, file.digest)
        except Gone:
            return False
        except StepError:
            self.shelf = None  # the rest is sent: to wait for it each time would take longer
            return False
        finally:
            discard(part)

    def take(self, file: Needed, run: str, at: int, piece: bytes) -> bool:
        part = self._of_run(run) / file.name
        with part.open("r+b" if at else "wb") as opened:
            opened.seek(at)
            opened.write(piece)
        if at + len(piece) < file.size:
            return True
        return self._named(part, file.digest)

    def give(self, file: Needed, at: int) -> bytes:
        with (self._folder / file.name).open("rb") as opened:
            opened.seek(at)
            return opened.read(PIECE)

    def make(self, asked: Assignment, files: Mapping[str, Path], heard: Callable[[float | None, str], None]) -> Done:
        """Raises LocalTool."""
        into, name = self.fresh(asked.run, asked.work.suffix), (asked.run, asked.token)
        task = self.crew.submit(make, asked.key, asked.work, dict(files), into, heard=heard)
        self._under_way[name] = task
        try:
            while not wait([task], _LOOK).done:
                if time.monotonic() - self.asked.get(asked.run, 0.0) > LEASE:
                    self.crew.stop(task)
            facts = task.result()
            made = Needed(_digest_of(into), into.stat().st_size, asked.work.suffix, "")
            if not self._named(into, made.digest):
                raise LocalTool("what was made was damaged on the disk")
            return Done(facts, made)
        finally:
            self._under_way.pop(name, None)
            discard(into, *into.parent.glob(f".{into.name}.*"))

    def stop(self, run: str, token: str) -> None:
        for name, task in list(self._under_way.items()):
            if name[0] == run and token in ("", name[1]):
                self.crew.stop(task)
        if not token:
            self.asked.pop(run, None)
            shutil.rmtree(self._of_run(run), ignore_errors=True)

    def fresh(self, run: str, suffix: str) -> Path:
        """A path at which nothing is."""
        return self._of_run(run) / f"{token_hex(8)}{suffix}"

    def sweep(self) -> None:
        """What was left by those who died, and what nobody has needed for long."""
        for file in self._folder.rglob("*") if self._folder.is_dir() else ():
            if file.is_file() and time.time() - file.stat().st_mtime > KEPT:
                discard(file)

    def _of_run(self, run: str) -> Path:
        folder = self._folder / f"run-{run}"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _named(self, part: Path, digest: str) -> bool:
        """A file gets its name if it is what the name says."""
        whole = _digest_of(part) == digest
        if whole:
            part.replace(self._folder / f"{digest}{part.suffix}")
        discard(part)
        return whole

    def _digest(self, place: Path, size: int) -> str:
        try:
            found = place.stat()
            state = (found.st_size, found.st_mtime_ns, found.st_ino, found.st_dev)
            if not stat.S_ISREG(found.st_mode) or found.st_size != size:
                return ""
            known, digest = self._read.get(place, (None, ""))
            if known != state:
                digest = _digest_of(place)
                self._read[place] = state, digest
            return digest
        except OSError:
            return ""


def _shared(place: str) -> Path | None:
    """Where a file of whoever asks is here, if its folder is shared."""
    said = os.environ.get(SHARED)
    if said is None:
        return Path(place)
    for pair in said.split(","):
        there, _, here = pair.partition("=")
        if here and Path(place).is_relative_to(there):
            return Path(here) / Path(place).relative_to(there)
    return None


def _digest_of(file: Path) -> str:
    with file.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()
