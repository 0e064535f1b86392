"""A shared store (store/entry) in a bucket, as a shelf and as a place to push to.

What it says is not believed here, and nobody's permission is asked here. A plan's question is one batch, with so many
seconds for it; what does not answer in them is told of once, and it is as if nothing were there.
"""

from __future__ import annotations

import asyncio
import posixpath
import re
import time
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any, TypeVar

from reelmake.errors import Gone, LocalTool, NoAccess, ReelmakeError, StepError, Transient, disk_full, is_full
from reelmake.model.offer import Offer, Put
from reelmake.model.store_address import StoreAddress
from reelmake.model.take import Take
from reelmake.ports import Tell
from reelmake.store import entry
from reelmake.store.bucket_client import client, leave_in_order

if TYPE_CHECKING:
    from obstore import Attributes
    from obstore.store import ObjectStore

T = TypeVar("T")
Question = Coroutine[Any, Any, T]
PATIENCE, FIRST = 10.0, 5.0  # seconds for all that a plan asks; for the first answer
ENDURANCE = 20.0  # seconds for which a transfer is tried again
AT_ONCE = 32  # small requests at the same time
PIECE = 4 << 20  # bytes that are written and hashed at a time: so few that nobody has to wait for that
WHOLE = 16 << 20  # bytes of a clip that are sent in one request; a larger one goes in parts
HOLDS = 15.0  # seconds for which an answer is taken for what is there
TRIES = 3  # of a transfer that breaks off
_NO_BUCKET = ("<Code>NoSuchBucket<", "<Code>ContainerNotFound<")  # in what S3 and Google, and Azure, answer


class Bucket:
    """ports.SharedStore. `own`: with this machine's credentials. `writes`: may anything be written there?"""

    def __init__(self, address: StoreAddress, *, own: bool, writes: bool) -> None:
        self.name, self.trouble, self.writes = str(address), "", writes
        self._address, self._own = address, own
        self._answers: dict[tuple[str, frozenset[str]], tuple[Offer, ...]] = {}
        self._begun, self._since = False, time.monotonic()

    @cached_property
    def _asking(self) -> ObjectStore:
        return client(self._address, own=self._own, endurance=FIRST / 2)

    @cached_property
    def _carrying(self) -> ObjectStore:
        return client(self._address, own=self._own, endurance=ENDURANCE)

    @cached_property
    def _trying_once(self) -> ObjectStore:
        return client(self._address, own=self._own, endurance=0)

    def records(self, wanted: Mapping[str, Collection[str]]) -> Mapping[str, tuple[Offer, ...]]:
        if time.monotonic() - self._since > HOLDS:
            self._answers.clear()  # who thinks about a price, or waits for another run, is told what came meanwhile
            self._since = time.monotonic()
        asked = {key: (key, frozenset(digests)) for key, digests in wanted.items()}
        if new := [question for question in asked.values() if question not in self._answers and not self.trouble]:
            try:
                _apart(self._ask(new))
            except ReelmakeError as error:
                self.trouble = str(error)
        return {key: offers for key, question in asked.items() if (offers := self._answers.get(question))}

    async def _ask(self, new: Collection[tuple[str, frozenset[str]]]) -> None:
        """Raises StepError; what was answered until then is known."""
        try:
            async with asyncio.timeout(FIRST):
                if not await self._is_one():
                    if any(digests for _, digests in new):
                        self.trouble = entry.NONE_YET
                    return
            async with asyncio.timeout(PATIENCE):
                names = await self._names([key for key, digests in new if not digests])
                await _gathered([self._of(key, digests, names.get(key, ())) for key, digests in new])
        except TimeoutError:
            raise Transient("it does not answer in time") from None

    async def _is_one(self) -> bool:
        mark = await self._read(entry.MARK)
        if mark is not None and (why := entry.unread(mark)):
            raise LocalTool(why)
        return mark is not None

    async def _names(self, keys: Collection[str]) -> dict[str, list[str]]:
        """Those of all entries of these keys. Of many keys whole folders are listed, of which there are 256."""
        folders = {posixpath.dirname(entry.folder_of(key)) for key in keys}
        if len(keys) <= 2 * len(folders):
            folders = {entry.folder_of(key) for key in keys}
        found: dict[str, list[str]] = {}
        for names in await _gathered([self._list(f"{folder}/") for folder in sorted(folders)]):
            for name in names:
                found.setdefault(posixpath.basename(posixpath.dirname(name)), []).append(name)
        return found

    async def _of(self, key: str, digests: frozenset[str], there: Sequence[str]) -> None:
        names = [entry.name(key, digest) for digest in digests] or there[: entry.MOST_OF_A_KEY]
        found = [offer for name in names if (offer := await self._offer(name))]
        self._answers[key, digests] = tuple(found)

    async def _offer(self, name: str) -> Offer | None:
        """None if there is nothing, or nothing that can be read."""
        data = await self._read(name)
        return entry.readable(data) if data is not None else None

    async def _read(self, name: str) -> bytes | None:
        store = self._asking  # says first what is missing
        import obstore

        try:
            with _explained():
                found = await obstore.get_async(store, name)
                return bytes(await found.bytes_async()) if found.meta["size"] <= entry.MOST else b""
        except Gone:
            return None

    async def _list(self, prefix: str) -> list[str]:
        import obstore

        names: list[str] = []
        with _explained():
            async for some in obstore.list(self._asking, prefix):
                names += [each["path"] for each in some]
        return sorted(names)

    async def entries(self) -> dict[str, Offer | None]:
        """See ports.SharedStore."""
        if not await self._is_one():
            raise Gone(entry.NONE_YET)
        names = await self._list("takes/")
        offers = await _gathered([self._offer(name) for name in names])
        return dict(zip(names, offers, strict=True))

    async def fetch(self, take: Take, into: Path, tell: Tell) -> str:
        """See ports.Shelf."""
        for left in reversed(range(TRIES)):
            try:
                return await self._fetched(take, into, lambda part: tell(part, f"from {self.name}"))
            except Transient:
                if not left:
                    raise
                into.unlink(missing_ok=True)
                await asyncio.sleep(0.2 * (TRIES - left))
        raise AssertionError("the last try returns or raises")

    async def _fetched(self, take: Take, into: Path, tell: Callable[[float], None]) -> str:
        import obstore

        done, whole, summed = 0, take.facts.bytes, sha256()
        with _explained(), into.open("xb") as file:
            found = await obstore.get_async(self._carrying, entry.bytes_of(take))
            if found.meta["size"] != whole:
                raise Gone(f"it has {found.meta['size']:,} bytes, not {whole:,}")
            async for piece in found.stream(min_chunk_size=PIECE):  # however slowly; the client sees to silence
                file.write(piece)
                summed.update(piece)  # while it is at hand: to read the whole clip again costs half as much again
                done += len(piece)
                tell(done / whole)
        if done != whole:
            raise Transient(f"{self.name} broke off after {done:,} of {whole:,} bytes")
        return summed.hexdigest()

    async def put(self, offer: Offer, file: Path, *, again: bool = False) -> Put:
        """See ports.SharedStore."""
        if not self._begun:
            try:
                async with asyncio.timeout(FIRST):
                    there = await self._is_one()
            except TimeoutError:
                raise Transient("it does not answer in time") from None
            if not there:
                await self._create(entry.MARK, entry.MARKED)
            self._begun = True
        take, name = offer.take, entry.entry_of(offer.take)
        if await self._size(entry.bytes_of(take)) != take.facts.bytes or again:
            import obstore

            parts = take.facts.bytes > WHOLE
            with _explained():
                await asyncio.to_thread(entry.unharmed, take, file)
                await obstore.put_async(self._carrying, entry.bytes_of(take), file, use_multipart=parts)
        if await self._create(name, entry.written(offer)):
            return "new"
        if offer.signatures and (more := entry.also_signed(await self._read(name) or b"", offer)):
            import obstore

            with _explained():
                await obstore.put_async(self._carrying, name, more, attributes=await self._attributes(name))
            return "signed"
        return "there"

    async def _size(self, name: str) -> int:
        """-1 if there is nothing."""
        import obstore

        try:
            with _explained():
                return (await obstore.head_async(self._carrying, name))["size"]
        except Gone:
            return -1

    async def _create(self, name: str, data: bytes) -> bool:
        """False if something had that name already. A try whose answer was lost may have made it, and what others make
        has the same bytes: whose it is, a word beside it says, which is another one each time."""
        import obstore
        from obstore.exceptions import AlreadyExistsError, BaseError, NotSupportedError

        maker, lost, pause, end = {"maker": token_hex(8)}, False, 0.1, time.monotonic() + ENDURANCE
        while True:
            with _explained():
                try:
                    await obstore.put_async(self._trying_once, name, data, mode="create", attributes=maker)
                    return True
                except NotSupportedError:  # a server without conditions: what would be overwritten says the same
                    if await self._size(name) >= 0:
                        return False
                    await obstore.put_async(self._carrying, name, data)
                    return True
                except BaseError as error:
                    there, said = isinstance(error, AlreadyExistsError), str(error)
                    if there and not lost and _status(said) != 409:  # which S3 says while another one is making it, too
                        return False
                    if there and (known := await self._attributes(name)) is not None:
                        return known.get("maker") == maker["maker"]
                    if time.monotonic() > end or not (there or _passes(said)):
                        raise
                    lost = True
            await asyncio.sleep(pause)
            pause = min(2 * pause, 2.0)

    async def _attributes(self, name: str) -> Attributes | None:
        """What stands beside an object; None if there is none."""
        import obstore

        try:
            with _explained():
                return (await obstore.get_async(self._carrying, name, options={"head": True})).attributes
        except Gone:
            return None


async def _gathered(questions: Collection[Question[T]]) -> list[T]:
    """All answers, in order; the first error ends the others. Not too many at once."""
    places = asyncio.Semaphore(AT_ONCE)

    async def answered(question: Question[T]) -> T:
        async with places:
            return await question

    tasks = [asyncio.ensure_future(answered(question)) for question in questions]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()


def _apart(question: Question[T]) -> T:
    """The answer, in a loop of its own: whoever asks may be in one, and does not wait there."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, question).result()


class _explained:  # noqa: N801 (it is used as a word)
    """What obstore and the disk say in the block becomes StepError."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, asyncio.CancelledError | TimeoutError):
            leave_in_order(called_off=True)
        if error is not None and (found := _as_ours(error)) is not None:
            raise found from None


def _as_ours(error: BaseException) -> StepError | None:
    from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError

    if any(word in str(error) for word in _NO_BUCKET):
        return LocalTool("there is no such bucket")
    if isinstance(error, FileNotFoundError) and "not found" in str(error):
        return Gone("it is gone")
    if isinstance(error, OSError) and error.errno:
        return disk_full("fetch a clip") if is_full(error) else LocalTool(f"it cannot be written: {error.strerror}")
    if isinstance(error, PermissionDeniedError | UnauthenticatedError):
        return NoAccess("it gives no access")
    if isinstance(error, BaseError):
        return Transient(_why(str(error)))
    return None


def _why(said: str) -> str:
    """Of obstore's many lines the word that people can do something with."""
    if status := _status(said):
        moved = ": it is in another region, which AWS_REGION names" if status in (301, 307) else ""
        return f"it answers {status}{moved}"
    if "kind: Timeout" in said or "timed out" in said:
        return "it does not answer in time"
    if "kind: Connect" in said or "error sending request" in said:
        return "there is no connection to it"
    return said.partition("\n")[0]


def _status(said: str) -> int:
    """0 if it was no answer."""
    found = re.search(r"status code: (\d{3})", said) or re.search(r"status: (\d{3})", said)
    return int(found[1]) if found else 0


def _passes(said: str) -> bool:
    """May it be another answer soon? As obstore has it where it tries again by itself."""
    return (status := _status(said)) >= 500 or status in (408, 429) or (not status and "HTTP error" in said)
