"""Limits that several projects share: a small file on this machine with everyone's places, under a lock.

    studio.limits        a record a line, replaced as a whole
    studio.limits.lock   the lock, and the same records once more: whoever loses or damages the one still has the other

A place counts from before the intent of its order until its job has landed, whatever becomes of who took it: the next
run of that project finds it again by its token, and after six hours nobody waits for it any longer. Who finds no place
free leaves word, so that the places that come free go round. Clocks are set, so time is what passes on this machine
since it was started; what another machine wrote counts from when it is first seen here. What has not this form is not
ours, and is never replaced. Knows nothing of orders or of what is limited.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import platform
import stat
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, field, replace
from functools import cache
from pathlib import Path
from typing import TypeVar

from reelmake.compile.paths import CACHE
from reelmake.errors import LocalTool
from reelmake.model.json_value import JsonObject, items, named, number, text
from reelmake.model.provider import Limits
from reelmake.plan.provider_queue import ARRIVED, LONGEST_JOB, MINUTE
from reelmake.ports import Wait
from reelmake.records import dataclass
from reelmake.store.disk import explained, make_folder, write_whole
from reelmake.store.lines import draw, parse
from reelmake.store.premises import Premises

ASK_AGAIN = 1.0  # seconds after which a project that found no place asks again
PATIENT = 3.0  # seconds beyond that for which its word counts
DAMAGED = -1  # the edition of records that are not whole
LOCKED = 20.0  # seconds in which a lock must be had: others hold it for milliseconds

T = TypeVar("T")


def since_start() -> float:
    """Seconds since this machine was started, also while it slept where that is known. Nobody sets this clock."""
    kind = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if kind is None else time.clock_gettime(kind)


@cache
def started() -> str:
    """Which start of which machine it is. Where that is not said, the minute of it: if the clock is set it is another
    one, and all places count from then."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return f"{platform.node()} {int(time.time() - since_start()) // 60}"


@dataclass(frozen=True, slots=True)
class Slot:
    """Times are our machine's. `answered` 0 = not yet; `left` = its job is not there, it counts in the minute only.

    `elsewhere`: the same two times by the clocks of others, by their names.
    """

    token: str
    owner: str
    at: float
    answered: float = 0.0
    left: bool = False
    elsewhere: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def counts_until(self) -> float:
        """In the minute: the provider saw it before its answer; without one it takes a while at most to arrive."""
        return (self.answered or self.at + ARRIVED) + MINUTE


@dataclass(frozen=True, slots=True)
class Word:
    """A project waits `since` then; nobody need think of it after `until` unless it asks again. By one clock only: that
    of another machine is told nothing of it."""

    owner: str
    since: float
    until: float
    clock: str = ""


def place(root: Path, text: str) -> Path:
    """Where the limits are that the storyboard in `root` calls `text`: in the user's own cache folder, or its project.
    Raises Unwilling for a link on the way there."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "reelmake"
    if text.startswith(CACHE):
        return cache / text[len(CACHE) :]
    if "/" not in text:
        return cache / "limits" / text
    Premises(root).ours(os.path.normpath(text))
    return root / text


@dataclass
class Records:
    places: dict[str, Slot]
    words: dict[str, Word]


class SharedLimits:
    """ports.Gate. `owner` names this project to the others; `now`: seconds by a clock that nobody sets, and `clock` is
    its name, the same for all who read it; "" = this machine's since it was started."""

    def __init__(
        self, file: Path, limits: Limits, owner: str, now: Callable[[], float] = since_start, clock: str = ""
    ) -> None:
        self.file, self._limits, self._owner, self._now = file, limits, owner, now
        self._clock = clock or started()
        self._copy = file.with_name(file.name + ".lock")
        self._mine: dict[str, Slot] = {}  # so that even a file that was taken away has them again

    async def resume(self, tokens: Collection[str]) -> None:
        def change(records: Records, now: float) -> None:
            for token, place in records.places.items():
                if place.owner == self._owner and token not in tokens:
                    self._mine[token] = replace(place, answered=place.answered or now, left=True)
            for token in tokens:
                self._mine[token] = records.places.get(token, Slot(token, self._owner, now))
            records.places |= self._mine
            records.words.pop(self._owner, None)

        await self._change(change)

    async def enter(self, token: str) -> Wait | None:
        def change(records: Records, now: float) -> Wait | None:
            wait = self._wait(records, now)
            if wait is None:
                self._mine[token] = records.places[token] = Slot(token, self._owner, now)
                records.words.pop(self._owner, None)
            else:
                before = records.words.get(self._owner)
                since = before.since if before else now
                records.words[self._owner] = Word(self._owner, since, now + wait.seconds + PATIENT, self._clock)
            return wait

        return await self._change(change, durable=True)

    async def answered(self, token: str) -> None:
        await self._end(token, left=False)

    async def leave(self, token: str) -> None:
        await self._end(token, left=True)

    async def _end(self, token: str, *, left: bool) -> None:
        def change(records: Records, now: float) -> None:
            if place := records.places.get(token):
                self._mine[token] = replace(place, answered=place.answered or now, left=left)
                records.places[token] = self._mine[token]

        await self._change(change)

    def _wait(self, records: Records, now: float) -> Wait | None:
        """None if a place is free that nobody else has waited for longer."""
        own = records.words.get(self._owner)
        others = [word for word in records.words.values() if word.owner != self._owner]
        ahead = sum(own is None or (word.since, word.owner) < (own.since, own.owner) for word in others)
        flying = [place for place in records.places.values() if not place.left]
        if self._limits.in_flight is not None and len(flying) + ahead >= self._limits.in_flight:
            return Wait(ASK_AGAIN, self._crowd(flying, self._limits.in_flight))
        if self._limits.per_minute is not None:
            ends = sorted(place.counts_until() for place in records.places.values() if place.counts_until() > now)
            over = len(ends) + ahead - self._limits.per_minute
            if over >= 0:
                free_at = ends[min(over, len(ends) - 1)] if ends else now
                why = f"{len(ends)} of {self._limits.per_minute} orders of this minute are used"
                return Wait(max(0.05, free_at - now if over < len(ends) else ASK_AGAIN), why)
        return None

    def _crowd(self, flying: Collection[Slot], places: int) -> str:
        others = sorted({place.owner for place in flying if place.owner != self._owner})
        theirs = sum(place.owner != self._owner for place in flying)
        whose = f", {theirs} by {', '.join(others)}" if others else ""
        return f"{len(flying)} of {places} places in {self.file} are taken{whose}"

    # The file

    async def _change(self, change: Callable[[Records, float], T], *, durable: bool = False) -> T:
        return await asyncio.to_thread(self._changed, change, durable)

    def _changed(self, change: Callable[[Records, float], T], durable: bool) -> T:
        """`durable`: the copy is there after a power cut, which is enough."""
        with explained(f"share limits in {self.file}"):
            self._ours()
        with explained(f"share limits in {self.file}"), self._locked() as lock:
            now = self._now()
            edition, lines = _read(self.file, lock)
            records = _current(lines, now, self._clock)
            records.places |= {token: place for token, place in self._mine.items() if _matters(place, now)}
            answer = change(records, now)
            self._mine = {token: place for token, place in self._mine.items() if _matters(place, now)}
            data = _lines(edition + 1, records, self._clock)
            os.pwrite(lock, data, 0)
            os.ftruncate(lock, len(data))
            if durable:
                os.fsync(lock)
            write_whole(self.file, data, durable=False)
            return answer

    def _ours(self) -> None:
        """Raises LocalTool (RM965) if what stands there is something else: neither it nor its copy has a record."""
        strange = ""
        for file in (self.file, self._copy):
            if not os.path.lexists(file):
                continue
            if not stat.S_ISREG(file.lstat().st_mode):
                raise _not_ours(file)
            data = file.read_bytes()
            if _has_form(data):
                return
            strange = strange or str(file) * bool(data)
        if strange:
            raise _not_ours(Path(strange))

    @contextmanager
    def _locked(self) -> Iterator[int]:
        make_folder(self.file.parent, durable=False)
        patience = time.monotonic() + LOCKED
        while True:
            handle = os.open(self._copy, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if self._copy.exists() and os.path.samestat(os.fstat(handle), self._copy.stat()):
                    break  # else somebody took the file away between opening and locking it
            except BlockingIOError:
                if time.monotonic() > patience:
                    os.close(handle)
                    raise LocalTool(f"cannot share limits in {self.file}: another process holds its lock") from None
                time.sleep(0.01)
            except BaseException:
                os.close(handle)
                raise
            os.close(handle)
        try:
            yield handle
        finally:
            os.close(handle)


def _not_ours(file: Path) -> LocalTool:
    steps = ("give `limits: {file: …}` a name of its own", f"or move {file} away")
    return LocalTool(f"{file} is not a file of shared limits, and is left as it is", code="RM965", next_steps=steps)


def _has_form(data: bytes) -> bool:
    """Is any line of it a record of ours?"""
    records = map(parse, data.split(b"\n"))
    return any(record is not None and ("edition" in record or "owner" in record) for record in records)


def _read(file: Path, lock: int) -> tuple[int, list[JsonObject]]:
    """The records of the file and of the copy: the newer edition first, the other one only where it is needed."""
    file_edition, records = _parsed(file.read_bytes() if file.exists() else b"")
    copy_edition, copy = _parsed(os.pread(lock, os.fstat(lock).st_size, 0))
    if file_edition == copy_edition != DAMAGED:
        return file_edition, records
    return max(file_edition, copy_edition), records + copy if file_edition >= copy_edition else copy + records


def _parsed(data: bytes) -> tuple[int, list[JsonObject]]:
    """The edition, and every whole record; the first line says how many there must be."""
    head, *rest = [parse(line) for line in data.split(b"\n") if line] or [None]
    records = [record for record in rest if record is not None]
    if head is None or head.get("records") != len(rest) or len(records) != len(rest):
        return DAMAGED, records
    edition = head.get("edition")
    return edition if isinstance(edition, int) else DAMAGED, records


def _lines(edition: int, records: Records, clock: str) -> bytes:
    found = [_written(place, clock) for place in records.places.values()]
    found += [asdict(word) for word in records.words.values()]
    return b"".join(draw(record) for record in ({"edition": edition, "records": len(found)}, *found))


def _written(place: Slot, clock: str) -> JsonObject:
    times = {**place.elsewhere, clock: (place.at, place.answered)}
    return {"token": place.token, "owner": place.owner, "left": place.left, "times": times}


def _read_place(line: JsonObject, now: float, clock: str) -> Slot:
    """By our clock, from now on if it was never seen by it. Raises TypeError, ValueError or LookupError."""
    noted = {name: items(pair) for name, pair in named(line.get("times", {})).items()}
    times = {name: (number(at), number(answered)) for name, (at, answered) in noted.items()}
    known = any(answered for _, answered in times.values()) or bool(line.get("answered"))
    at, answered = times.pop(clock, (now, now if known else 0.0))
    return Slot(text(line["token"]), text(line["owner"]), min(at, now), min(answered, now), bool(line["left"]), times)


def _current(lines: list[JsonObject], now: float, clock: str) -> Records:
    """What still matters. A time to come counts from now."""
    records = Records({}, {})
    for line in lines:
        try:
            if "token" in line:
                place = _read_place(line, now, clock)
                if _matters(place, now):
                    records.places.setdefault(place.token, place)
            else:
                since, until = number(line["since"]), number(line["until"])
                word = Word(text(line["owner"]), since, until, text(line.get("clock", "")))
                if word.clock == clock and now <= word.until <= now + 2 * MINUTE:
                    records.words[word.owner] = replace(word, since=min(word.since, now))
        except (TypeError, ValueError, LookupError, ArithmeticError):
            continue  # of a later version
    return records


def _matters(place: Slot, now: float) -> bool:
    return place.counts_until() > now if place.left else now - place.at < LONGEST_JOB
