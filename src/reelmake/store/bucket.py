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
from typing import TYPE_CHECKING, Any, TypeVar

from reelmake.errors import Gone, LocalTool, NoAccess, ReelmakeError, StepError, Transient, disk_full, is_full
from reelmake.model.offer import Offer
from reelmake.model.store_address import StoreAddress
from reelmake.model.take import Take
from reelmake.ports import Tell
from reelmake.store import entry
from reelmake.store.bucket_client import client

if TYPE_CHECKING:
    from obstore.store import ObjectStore

T = TypeVar("T")
Question = Coroutine[Any, Any, T]
PATIENCE, FIRST = 10.0, 5.0  # seconds for all that a plan asks; for the first answer
ENDURANCE = 20.0  # seconds for which a transfer is tried again
AT_ONCE = 32  # small requests at the same time
PIECE = 4 << 20  # bytes that are written and hashed at a time: so few that nobody has to wait for that
WHOLE = 16 << 20  # bytes of a clip that are sent in one request; a larger one goes in parts
HOLDS = 15.0  # seconds for which an answer is taken for what is there
STALLED = 60.0  # seconds in which nothing comes
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
        try:
            with _explained(), into.open("xb") as file:
                found = await obstore.get_async(self._carrying, entry.bytes_of(take))
                if found.meta["size"] != whole:
                    raise Gone(f"it has {found.meta['size']:,} bytes, not {whole:,}")
                pieces = aiter(found.stream(min_chunk_size=PIECE))
                while done < whole:
                    async with asyncio.timeout(STALLED):
                        if (piece := await anext(pieces, None)) is None:
                            break
                    file.write(piece)
                    summed.update(piece)  # while it is at hand: to read the whole clip again costs half as much again
                    done += len(piece)
                    tell(done / whole)
        except TimeoutError:
            raise Transient(f"{self.name} sends nothing any more") from None
        if done != whole:
            raise Transient(f"{self.name} broke off after {done:,} of {whole:,} bytes")
        return summed.hexdigest()

    async def put(self, offer: Offer, file: Path, *, again: bool = False) -> bool:
        """See ports.SharedStore."""
        if not self._begun:
            if not await self._is_one():
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
            return True
        if offer.signatures and (more := entry.also_signed(await self._read(name) or b"", offer)):
            import obstore

            with _explained():
                await obstore.put_async(self._carrying, name, more)
        return False

    async def _size(self, name: str) -> int:
        """-1 if there is nothing."""
        import obstore

        try:
            with _explained():
                return (await obstore.head_async(self._carrying, name))["size"]
        except Gone:
            return -1

    async def _create(self, name: str, data: bytes) -> bool:
        """False if something had that name already."""
        import obstore
        from obstore.exceptions import AlreadyExistsError, NotSupportedError

        with _explained():
            try:
                await obstore.put_async(self._carrying, name, data, mode="create")
            except AlreadyExistsError:
                return False
            except NotSupportedError:  # a server without conditions: what would be overwritten says the same
                if await self._size(name) >= 0:
                    return False
                await obstore.put_async(self._carrying, name, data)
        return True


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
        if error is None or isinstance(error, StepError | asyncio.CancelledError):
            return
        if (found := _as_ours(error)) is not None:
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
    if found := re.search(r"status code: (\d{3})", said) or re.search(r"status: (\d{3})", said):
        moved = ": it is in another region, which AWS_REGION names" if found[1] in ("301", "307") else ""
        return f"it answers {found[1]}{moved}"
    if "kind: Timeout" in said or "timed out" in said:
        return "it does not answer in time"
    if "kind: Connect" in said or "error sending request" in said:
        return "there is no connection to it"
    return said.partition("\n")[0]
