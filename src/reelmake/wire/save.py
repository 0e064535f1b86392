"""A clip on its way to the disk, in constant memory. What breaks off is taken up again once where the server can.

What was sent is told by its bytes, not by what the answer calls them: clips come as text/plain, and pages as clips.
Knows nothing else of what a clip is: whether it is whole film is for those to say who can look at it.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import replace
from io import FileIO
from pathlib import Path

import httpx

from reelmake.errors import Endless, LocalTool, Transient
from reelmake.model.events import DOWNLOADING
from reelmake.model.http import Request, Response, is_file
from reelmake.ports import Tell
from reelmake.records import dataclass
from reelmake.wire.line import Line, plain
from reelmake.wire.pieces import Undecodable, pieces

PIECE = 1 << 20  # bytes that are written at a time
HEAD = 1 << 10  # bytes by which it is told what was sent
SLOWEST = 4 << 10  # bytes a second, on the average after a while
SPARE = 64 << 20  # bytes that stay free on the disk


@dataclass
class Download:
    """One clip: `into` is where it goes, `most` how many bytes it may have, `patience` for how many seconds it may be
    slow. `size`: how much of it is there; `mark` tells whether it is still the same."""

    into: Path
    tell: Tell
    most: int
    patience: float = 60.0
    size: int = 0
    mark: str = ""

    async def run(self, line: Line, request: Request) -> Response:
        """The answer: with an empty body if the clip was saved, else with what there was instead of a clip.

        Raises Transient if it broke off, LocalTool if it cannot be written, Endless if it is more than a clip can be.
        """
        try:
            try:
                return await self._piece(line, request, {})
            except Transient:
                if not self.size or not self.mark:
                    raise
            return await self._piece(line, request, {"range": f"bytes={self.size}-", "if-range": self.mark})
        except Undecodable as error:
            raise Transient(f"what was sent for the clip cannot be decoded: {error}") from None

    async def _piece(self, line: Line, request: Request, rest: Mapping[str, str]) -> Response:
        """The clip, or what is missing of it: `rest` are the headers that ask for that."""
        async with line.ask(request, {"accept-encoding": "identity", **rest}) as reply:
            body = self._in_time(reply)
            follows = reply.headers.get("content-range", "").startswith(f"bytes {self.size}-")
            if not (rest and reply.status_code == 206 and follows):
                head = await _head(body) if reply.status_code == 200 or _is_all(reply) else b""
                body = _joined(head, body)
                if not _is_clip(head, reply):
                    if rest:
                        raise Transient("the clip broke off, and what the provider sent next does not continue it")
                    return await line.read(reply, body)
                self.size, self.mark = 0, _mark(reply)
            await self._write(reply, body)
        if not self.size:
            raise Transient("the provider sent a clip without a single byte")
        return replace(plain(reply, b"", time.time()), status=200)

    async def _write(self, reply: httpx.Response, body: AsyncIterator[bytes]) -> None:
        before, held = self.size, bytearray()
        length = reply.headers.get("content-length", "")
        whole = before + int(length) if length.isdecimal() else 0
        self._room_for(whole)
        try:
            file = self.into.open("r+b" if before else "wb", buffering=0)  # nothing is left to be written on closing
        except OSError as error:
            raise LocalTool(f"the clip cannot be written: {error}") from None
        with file:
            file.seek(before)
            try:
                async for piece in body:
                    held += piece
                    there = before + reply.num_bytes_downloaded
                    if self.size + len(held) > self.most:
                        raise Endless(f"more than {self.most:,} bytes are sent, more than this clip can have")
                    if len(held) >= PIECE:
                        await asyncio.to_thread(self._append, file, held)
                        self.tell(min(1.0, there / whole) if whole > before else None, DOWNLOADING)
            except (httpx.TransportError, Transient):
                self._append(file, held)  # it can be taken up from there
                raise
            await asyncio.to_thread(self._append, file, held)
        if whole > before:
            self.tell(1.0, DOWNLOADING)

    def _append(self, file: FileIO, held: bytearray) -> None:
        """Writes what is held, and empties it."""
        try:
            written = 0
            while written < len(held):
                written += file.write(memoryview(held)[written:])
        except OSError as error:
            raise LocalTool(f"the clip cannot be written: {error}") from None
        self.size += len(held)
        held.clear()

    def _room_for(self, whole: int) -> None:
        """Raises Endless or LocalTool for a clip that need not be begun."""
        if whole > self.most:
            raise Endless(f"it says that it sends {whole:,} bytes, and this clip can have {self.most:,} at most")
        free = whole
        with suppress(OSError):  # then writing says it
            free = shutil.disk_usage(self.into.parent).free
        if whole and whole - self.size > free - SPARE:
            raise LocalTool(f"the clip has {whole:,} bytes, but only {free:,} are free on the disk")

    async def _in_time(self, reply: httpx.Response) -> AsyncIterator[bytes]:
        """What is sent. Raises Transient for who sends a byte now and then, which no waiting ends."""
        began = time.monotonic()
        async for piece in pieces(reply):
            seconds, came = time.monotonic() - began, reply.num_bytes_downloaded
            if seconds > self.patience and came < SLOWEST * seconds:
                raise Transient(f"in {seconds:.0f} seconds only {came:,} bytes arrived: too slow to finish")
            yield piece


async def _head(body: AsyncIterator[bytes]) -> bytes:
    """The first bytes, as many as tell what it is."""
    head = bytearray()
    async for piece in body:
        head += piece
        if len(head) >= HEAD:
            break
    return bytes(head)


async def _joined(head: bytes, body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    if head:
        yield head
    async for piece in body:
        yield piece


def _is_clip(head: bytes, reply: httpx.Response) -> bool:
    complete = reply.status_code == 200 or _is_all(reply)
    return complete and is_file(head[:HEAD], reply.headers.get("content-type", ""))


def _is_all(reply: httpx.Response) -> bool:
    """A part that is the whole: some send 206 whatever is asked."""
    found = re.fullmatch(r"bytes 0-(\d+)/(\d+)", reply.headers.get("content-range", ""))
    return reply.status_code == 206 and found is not None and int(found[1]) + 1 == int(found[2])


def _mark(reply: httpx.Response) -> str:
    """By which the rest can be asked for; "" if it cannot."""
    tag = reply.headers.get("etag", "")
    return tag if tag.startswith('"') and "content-encoding" not in reply.headers else ""
