"""A raw server on loopback that answers each request by the next of its acts: replies of bytes, and every fault that a
network has. It counts what reached it.

    async with Loopback(reply(200, b"{}"), cut) as server: … server.url … server.asked
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Asked:
    """One request as it came. `headers` by lower-case name."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Peer:
    """The server's end of one connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    asked: list[Asked]
    waiting: Asked | None = None

    async def more(self) -> bool:
        """Waits for another request on this connection; False if the client has gone."""
        self.waiting = await self.read()
        return self.waiting is not None

    async def read(self) -> Asked | None:
        """The next request, whole; None if the client has gone."""
        if self.waiting:
            asked, self.waiting = self.waiting, None
            return asked
        try:
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            line, *lines = head.rstrip("\r\n").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (each.partition(":") for each in lines)}
            method, target, _ = line.split(" ")
            body = await self.reader.readexactly(int(headers.get("content-length", "0")))
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
        asked = Asked(method, target, headers, body)
        self.asked.append(asked)
        return asked

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    def reset(self) -> None:
        """Ends the connection by RST instead of FIN."""
        self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    async def gone(self) -> None:
        """Waits until the client closes."""
        with suppress(ConnectionError):
            while await self.reader.read(65536):
                pass


Act = Callable[[Peer], Awaitable[bool | None]]
"""Deals with one request, or with a connection before one; True = the connection stays open for the next."""


class Loopback:
    """`acts` are still to come; `asked` and `connections` tell what did."""

    url: str
    port: int

    def __init__(self, *acts: Act, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        self.acts, self.tls, self.host = acts, tls, host
        self.asked: list[Asked] = []
        self.connections = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Loopback:
        self._server = await asyncio.start_server(self._connected, self.host, 0, ssl=self.tls, limit=1 << 20)
        self.port = self._server.sockets[0].getsockname()[1]
        self.url = f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"
        return self

    async def __aexit__(self, *_: Any) -> None:
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.ensure_future(self._serve(Peer(reader, writer, self.asked)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, peer: Peer) -> None:
        try:
            while await self._next()(peer) and await peer.more():
                pass
        except ConnectionError:
            pass  # the client had seen enough
        finally:
            peer.writer.close()
            with suppress(ConnectionError, ssl.SSLError):
                await peer.writer.wait_closed()

    def _next(self) -> Act:
        """The next act; the last one stays."""
        act, *left = self.acts
        self.acts = tuple(left) or self.acts
        return act


def message(status: int, body: bytes = b"", *headers: str, length: int | None = None) -> bytes:
    size = f"Content-Length: {len(body) if length is None else length}"
    return "\r\n".join((f"HTTP/1.1 {status} So", *headers, size, "", "")).encode() + body


def reply(status: int = 200, body: bytes = b"{}", *headers: str, length: int | None = None, keep: bool = True) -> Act:
    """Reads a request and answers it; a `length` that is not the body's is a lie that ends the connection."""

    async def act(peer: Peer) -> bool:
        if await peer.read() is None:
            return False
        await peer.send(message(status, body, *headers, length=length))
        return keep and length is None

    return act


def redirect(place: str, status: int = 302) -> Act:
    return reply(status, b"", f"Location: {place}")


def raw(data: bytes, *, reset: bool = False) -> Act:
    """Reads a request, sends these bytes and closes."""

    async def act(peer: Peer) -> None:
        await peer.read()
        if data:
            await peer.send(data)
        if reset:
            peer.reset()

    return act


async def shut(peer: Peer) -> None:
    """Closes before it has read anything."""


async def reset(peer: Peer) -> None:
    peer.reset()


async def silent(peer: Peer) -> None:
    """Reads a request and never answers."""
    await peer.read()
    await peer.gone()


def stalls_after(data: bytes) -> Act:
    async def act(peer: Peer) -> None:
        await peer.read()
        await peer.send(data)
        await peer.gone()

    return act


async def drips(peer: Peer) -> None:
    """Begins an answer and goes on with it for ever, a byte at a time."""
    await peer.read()
    await peer.send(message(200, b"", length=1 << 20))
    while True:
        await peer.send(b" ")
        await asyncio.sleep(0.01)


async def drips_in_the_head(peer: Peer) -> None:
    """Says that it is still at work, for ever."""
    await peer.read()
    while True:
        await peer.send(b"HTTP/1.1 102 Processing\r\n\r\n")
        await asyncio.sleep(0.01)


def chunked(*pieces: bytes, whole: bool = True) -> Act:
    body = b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in pieces) + (b"0\r\n\r\n" if whole else b"")
    return raw(b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nTransfer-Encoding: chunked\r\n\r\n" + body)
