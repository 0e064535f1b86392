"""A shared store (store/entry) on a web server: it is only read, and only what is asked for by its digest is found.

A storyboard says where it is. So no address of this machine or of its network is asked, and no redirect leads there,
unless its owner has allowed the place. Knows nothing of what is believed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import httpx

from reelmake.errors import Astray, Gone, LocalTool, NoAccess, StepError, Transient, disk_full, is_full
from reelmake.model.http import Auth, Carriage, Request, Secret
from reelmake.model.offer import Offer
from reelmake.model.store_address import StoreAddress
from reelmake.model.take import Take
from reelmake.ports import Tell
from reelmake.store import entry
from reelmake.wire.line import Line
from reelmake.wire.pieces import Undecodable, pieces

PATIENCE = 10.0  # seconds for all that a plan asks
AT_ONCE = 8
STALLED = 30.0  # seconds in which nothing comes


class WebShelf:
    """ports.Shelf. `inside`: may it be on this machine or in its network?"""

    def __init__(self, address: StoreAddress, *, inside: bool) -> None:
        self.name, self.trouble = str(address), ""
        self._carriage = Carriage(connect_timeout=5.0, read_timeout=STALLED, allow_private=inside)
        self._answers: dict[str, Offer | None] = {}

    def records(self, wanted: Mapping[str, Collection[str]]) -> Mapping[str, tuple[Offer, ...]]:
        names = {key: [entry.name(key, digest) for digest in digests] for key, digests in wanted.items()}
        new = [name for each in names.values() for name in each if name not in self._answers]
        if new and not self.trouble:
            from concurrent.futures import ThreadPoolExecutor

            try:
                with ThreadPoolExecutor(1) as thread:  # whoever asks may be in a loop, and does not wait there
                    thread.submit(asyncio.run, self._ask(new)).result()
            except StepError as error:
                self.trouble = str(error)
        found = {key: tuple(filter(None, map(self._answers.get, each))) for key, each in names.items()}
        return {key: offers for key, offers in found.items() if offers}

    async def _ask(self, names: Collection[str]) -> None:
        line, places = self._line(), asyncio.Semaphore(AT_ONCE)

        async def ask(name: str) -> None:
            async with places:
                found = await self._read(line, name)
                self._answers[name] = entry.readable(found) if found is not None else None

        try:
            async with asyncio.timeout(PATIENCE):
                mark = await self._read(line, entry.MARK)
                if why := "no shared store is there" if mark is None else entry.unread(mark):
                    raise LocalTool(why)
                await asyncio.gather(*map(ask, names))
        except TimeoutError:
            raise Transient("it does not answer in time") from None
        finally:
            await line.close()

    def _line(self) -> Line:
        """It has no home: every address is looked at like one that stood in a reply."""
        return Line("", "", Auth(), Secret(), self._carriage)

    def _request(self, name: str) -> Request:
        return Request("GET", f"{self.name}/{quote(name)}", open=True, most=entry.MOST + 1)

    async def _read(self, line: Line, name: str) -> bytes | None:
        try:
            reply = await line.send(self._request(name))
        except StepError as error:
            raise _plain(error) from None
        if reply.status in (404, 410):
            return None
        _judge(reply.status)
        return reply.body

    async def fetch(self, take: Take, into: Path, tell: Tell) -> str:
        """See ports.Shelf."""
        line, done, whole, summed = self._line(), 0, take.facts.bytes, sha256()
        try:
            async with line.ask(self._request(entry.bytes_of(take)), {"accept-encoding": "identity"}) as reply:
                _judge(reply.status_code)
                with into.open("xb") as file:
                    async for piece in pieces(reply):
                        done += len(piece)
                        if done > whole:
                            raise Gone(f"it has more than {whole:,} bytes")
                        summed.update(piece)
                        await asyncio.to_thread(file.write, piece)
                        tell(done / whole, f"from {self.name}")
        except OSError as error:
            raise disk_full(f"fetch the {take.kind}") if is_full(error) else LocalTool(str(error)) from None
        except (httpx.TransportError, Undecodable) as error:
            raise Transient(f"{self.name} broke off: {error}") from None
        except Gone:
            raise
        except StepError as error:
            raise _plain(error) from None
        finally:
            await line.close()
        if done != whole:
            raise Gone(f"it has {done:,} bytes, not {whole:,}")
        return summed.hexdigest()


def _judge(status: int) -> None:
    """Raises StepError for an answer that brings nothing."""
    if status in (404, 410):
        raise Gone("it is gone")
    if status in (401, 403):
        raise NoAccess("it gives no access")
    if status != 200:
        raise Transient(f"it answers {status}")


def _plain(error: StepError) -> StepError:
    """In the words of this place: nobody's reply led here."""
    if isinstance(error, Astray):
        inside = "it is on this machine or in its network, where no storyboard leads"
        return Astray(inside if "leads to" in str(error) else str(error).removeprefix(": "))
    if isinstance(error, Transient):
        return Transient(str(error).removeprefix(": ").removeprefix("not sent: "))
    return error
