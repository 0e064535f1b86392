"""A clip on its way to the disk, in constant memory. What breaks off is taken up again once where the server can.

Knows nothing of what a clip is: whether it is whole film is for those to say who can look at it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

import httpx

from reelmake.errors import LocalTool, Transient
from reelmake.model.http import Request, Response
from reelmake.ports import Tell
from reelmake.wire.line import Line, plain

PIECE = 1 << 20  # bytes that are written at a time
_WORDS = ("text/", "application/json", "application/problem", "application/xml", "application/xhtml")


@dataclass
class Download:
    """One clip: `into` is where it goes, `size` how much of it is there, `mark` tells whether it is still the same."""

    into: Path
    tell: Tell
    size: int = 0
    mark: str = ""

    async def run(self, line: Line, request: Request) -> Response:
        """The answer: with an empty body if the clip was saved, else with what there was instead of a clip.

        Raises Transient if it broke off, LocalTool if it cannot be written.
        """
        try:
            return await self._piece(line, request, {})
        except Transient:
            if not self.size or not self.mark:
                raise
        return await self._piece(line, request, {"range": f"bytes={self.size}-", "if-range": self.mark})

    async def _piece(self, line: Line, request: Request, rest: Mapping[str, str]) -> Response:
        """The clip, or what is missing of it: `rest` are the headers that ask for that."""
        async with line.ask(request, {"accept-encoding": "identity", **rest}) as reply:
            follows = reply.headers.get("content-range", "").startswith(f"bytes {self.size}-")
            if reply.status_code == 206 and rest and follows:
                pass
            elif reply.status_code == 200 and not reply.headers.get("content-type", "").lower().startswith(_WORDS):
                self.size = 0
                tag = reply.headers.get("etag", "")
                self.mark = tag if tag.startswith('"') and "content-encoding" not in reply.headers else ""
            elif rest:
                raise Transient("the clip broke off, and what the provider sent next does not follow on")
            else:
                return await line.read(reply)
            await self._write(reply)
        if not self.size:
            raise Transient("the provider sent a clip without a single byte")
        return plain(reply, b"", time.time())

    async def _write(self, reply: httpx.Response) -> None:
        before = self.size
        whole = before + int(reply.headers.get("content-length") or 0)
        try:
            file = self.into.open("r+b" if before else "wb", buffering=0)  # nothing is left to be written on closing
        except OSError as error:
            raise LocalTool(f"the clip cannot be written: {error}") from None
        with file:
            file.seek(before)
            async for piece in reply.aiter_bytes(PIECE):
                await asyncio.to_thread(self._append, file, piece)
                there = before + reply.num_bytes_downloaded
                self.tell(min(1.0, there / whole) if whole > before else None, "downloading")

    def _append(self, file: FileIO, piece: bytes) -> None:
        left = memoryview(piece)
        try:
            while left:
                left = left[file.write(left) :]
        except OSError as error:
            raise LocalTool(f"the clip cannot be written: {error}") from None
        self.size += len(piece)
