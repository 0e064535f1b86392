"""Carries a provider's conversation over HTTP: ports.Provider for everything that is asked in requests.

A conversation says what to ask and what an answer means; the line says what a lost answer means. No text leaves
here that was not masked. Tries nothing twice: that is the engine's.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from reelmake.errors import Endless, LocalTool, StepError, Transient
from reelmake.model.http import Carriage, Secret
from reelmake.model.remote import Accepted, Dead, Pending, RemoteJob, Status, Submission
from reelmake.model.storyboard import ProviderSpec
from reelmake.model.take import Attempt
from reelmake.ports import Conversation, Talk, Tell
from reelmake.wire.line import Line
from reelmake.wire.mask import Mask
from reelmake.wire.save import Download

T = TypeVar("T")


class HttpProvider:
    """ports.Provider. An empty `secret` is not sent."""

    def __init__(self, conversation: Conversation, spec: ProviderSpec, secret: Secret) -> None:
        self.name, self.conversation = spec.name, conversation
        carriage = Carriage.of(spec.options)
        self._line = Line(spec.name, spec.base_url, conversation.auth, secret, carriage)
        self._mask = Mask(self._line.secrets)
        self._downloads, self._patience = asyncio.Semaphore(carriage.downloads), carriage.read_timeout
        known = getattr(conversation, "lag", None)
        self.lag: float | None = known if carriage.list_lag is None else carriage.list_lag
        self._date: tuple[float, float] | None = None  # as it was last heard, unix seconds, and the loop's time then
        self._asked = False
        self._asking = asyncio.Lock()

    async def clock(self) -> float | None:
        """See ports.Provider. Asked for once, and only where it counts: it lets a list say that an order never came."""
        async with self._asking:
            ask = getattr(self.conversation, "clock", None)
            if self._date is None and self.lag is not None and ask and not self._asked:
                self._asked = True
                with suppress(StepError):
                    await self.hold(ask())
        if self._date is None:
            return None
        date, at = self._date
        return date + asyncio.get_running_loop().time() - at

    async def submit(self, submission: Submission) -> Accepted:
        return await self.hold(self.conversation.submit(submission))

    async def poll(self, remote: str) -> Status:
        status = await self.hold(self.conversation.poll(remote))
        if isinstance(status, Pending):
            return replace(status, note=self._mask(status.note))
        return replace(status, message=self._mask(status.message)) if isinstance(status, Dead) else status

    async def fetch(self, remote: str, into: Path, tell: Tell, most: int) -> None:
        async with self._downloads:
            content = await self.hold(self.conversation.fetch(remote), Download(into, tell, most, self._patience))
            if isinstance(content, bytes):
                await asyncio.to_thread(_write, content, into, most)
        if not into.exists():
            raise Transient(f"{self.name}: the clip was reported ready, but none was sent")

    async def find(self, attempt: Attempt) -> tuple[str, ...]:
        return await self.hold(self.conversation.find(attempt))

    async def cancel(self, remote: str) -> None:
        await self.hold(self.conversation.cancel(remote))

    async def listing(self) -> tuple[RemoteJob, ...]:
        return await self.hold(self.conversation.listing())

    async def remove(self, remote: str) -> None:
        await self.hold(self.conversation.remove(remote))

    async def close(self) -> None:
        await self._line.close()

    def _named(self, error: StepError) -> StepError:
        """A conversation does not know what its provider is called and speaks of "it"; who reads the words does not
        know who is meant."""
        said = str(error)
        if said.startswith("it "):
            error.args = (f"{self.name} {said.removeprefix('it ')}", *error.args[1:])
        return error

    async def hold(self, talk: Talk[T], download: Download | None = None) -> T:
        """Any talk with this provider, to its answer. `download`: where a request with `save` goes.

        Raises StepError branches and nothing else, unless the talk is wrong in itself.
        """
        try:
            request = next(talk)
            while True:
                if request.wait:
                    await asyncio.sleep(request.wait)
                asked = download.run(self._line, request) if download and request.save else self._line.send(request)
                reply = await asked
                if (date := reply.date) is not None:
                    self._date = (date, asyncio.get_running_loop().time())
                request = talk.send(reply)
        except StopIteration as end:
            answer: T = end.value
            return answer
        except StepError as error:
            raise self._mask.error(self._named(error)) from None
        finally:
            talk.close()


def _write(content: bytes, into: Path, most: int) -> None:
    """Raises Endless and LocalTool."""
    if len(content) > most:
        raise Endless(f"{len(content):,} bytes were sent, more than this clip can have")
    try:
        into.write_bytes(content)
    except OSError as error:
        raise LocalTool(f"the clip cannot be written: {error}") from None
