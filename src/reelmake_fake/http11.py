"""HTTP/1.1 for a server that must be able to misbehave: requests off a stream, replies onto it, whole or spoilt.

Bodies are read whole. Knows nothing of videos.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote

LARGEST_HEAD = 64 * 1024
LARGEST_BODY = 256 * 1024 * 1024
_CHUNK = 256 * 1024

Manner = Literal["whole", "nothing", "half", "half-held", "cut", "chunked", "chunked-cut", "too-long", "too-short"]
"""How a reply is written. `nothing`: the connection is closed instead. `half`: half of everything, head included.
`half-held`: half of the body, then silence until released. `cut`: half of the body. `too-long`, `too-short`: the length
that is announced is not that of the body."""


class BadRequest(Exception):
    """Not HTTP that we read; the connection ends after the answer. `status`: 400, 413, 431 or 501."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class ReceivedRequest:
    """`segments`: the decoded parts of the path. `headers` by lower-case name."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes = b""
    keep_alive: bool = True

    @property
    def segments(self) -> tuple[str, ...]:
        return tuple(unquote(part) for part in self.path.strip("/").split("/"))

    def asked(self, name: str) -> str | None:
        """The first value of a query parameter."""
        return next((value for key, value in self.query if key == name), None)


@dataclass(frozen=True, slots=True)
class Reply:
    """`body`: bytes, or a file that is sent from `start` on. `slow`: seconds over which the body is spread."""

    status: int
    body: bytes | Path = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    manner: Manner = "whole"
    start: int = 0
    slow: float = 0.0


def as_json(status: int, value: Any, headers: Mapping[str, str] | None = None) -> Reply:
    body = json.dumps(value, ensure_ascii=False).encode()
    return Reply(status, body, {"content-type": "application/json", **(headers or {})})


def as_file(request: ReceivedRequest, place: Path, kind: str) -> Reply:
    """A file, or the rest of it if the client has its beginning."""
    tag, size = f'"{place.stem}"', place.stat().st_size
    headers = {"content-type": kind, "accept-ranges": "bytes", "etag": tag}
    asked = re.fullmatch(r"bytes=(\d+)-", request.headers.get("range", ""))
    if asked is None or request.headers.get("if-range", tag) != tag:
        return Reply(200, place, headers)
    start = int(asked[1])
    if start >= size:
        return Reply(416, b"", {"content-range": f"bytes */{size}"})
    return Reply(206, place, {**headers, "content-range": f"bytes {start}-{size - 1}/{size}"}, start=start)


async def read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> ReceivedRequest | None:
    """The next request; None if the client has gone. Raises BadRequest."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    except asyncio.LimitOverrunError as error:
        raise BadRequest(431, "the head of the request is too long") from error
    first, *lines = head[:-4].decode("latin-1").split("\r\n")
    try:
        method, target, version = first.split(" ")
        headers = dict(_field(line) for line in lines)
    except ValueError as error:
        raise BadRequest(400, "the head of the request is not HTTP") from error
    path, _, query = target.partition("?")
    try:
        body = await _body(reader, writer, headers)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    keep = version != "HTTP/1.0" and "close" not in headers.get("connection", "").lower()
    return ReceivedRequest(method, path, tuple(parse_qsl(query, keep_blank_values=True)), headers, body, keep)


async def write(writer: asyncio.StreamWriter, reply: Reply, *, close: bool, released: asyncio.Event) -> bool:
    """Sends a reply in its manner; True if the connection may be used again. `released` ends a `half-held` one."""
    if reply.manner == "nothing":
        return False
    length = (reply.body.stat().st_size if isinstance(reply.body, Path) else len(reply.body)) - reply.start
    head = [f"HTTP/1.1 {reply.status} {_phrase(reply.status)}"]
    head += [f"{name}: {value}" for name, value in reply.headers.items()]
    chunked = reply.manner in ("chunked", "chunked-cut")
    announced = length + {"too-long": 1000, "too-short": -(length // 3)}.get(reply.manner, 0)
    if reply.status not in (204, 304):
        head.append("transfer-encoding: chunked" if chunked else f"content-length: {announced}")
    if close or reply.manner not in ("whole", "chunked"):
        head.append("connection: close")
    top = ("\r\n".join(head) + "\r\n\r\n").encode("latin-1")
    if reply.manner == "half" and length < 4096:
        whole = top + _part(reply.body, 0, length)
        writer.write(whole[: len(whole) // 2 + 1])
        await writer.drain()
        return False
    writer.write(top)
    spoilt = reply.manner in ("half", "half-held", "cut", "chunked-cut", "too-short")
    end = announced if reply.manner == "too-short" else length // 2 if spoilt else length
    await _send(writer, reply, end, chunked=chunked)
    if reply.manner == "half-held":
        await released.wait()
    if reply.manner == "chunked":
        writer.write(b"0\r\n\r\n")
    await writer.drain()
    return reply.manner in ("whole", "chunked") and not close


async def _send(writer: asyncio.StreamWriter, reply: Reply, end: int, *, chunked: bool) -> None:
    step = max(1, min(_CHUNK, end // 20)) if reply.slow else _CHUNK
    for at in range(0, end, step):
        piece = _part(reply.body, reply.start + at, min(step, end - at))
        writer.write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
        await writer.drain()
        if reply.slow:
            await asyncio.sleep(reply.slow * step / end)


def _part(body: bytes | Path, start: int, length: int) -> bytes:
    if isinstance(body, bytes):
        return body[start : start + length]
    with body.open("rb") as file:
        file.seek(start)
        return file.read(length)


async def _body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, headers: Mapping[str, str]) -> bytes:
    if headers.get("expect", "").lower() == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        await writer.drain()
    if "transfer-encoding" in headers:
        if headers["transfer-encoding"].lower() != "chunked":
            raise BadRequest(501, "only chunked transfer encoding is read")
        return await _chunks(reader)
    text = headers.get("content-length", "0")
    if not text.isascii() or not text.isdigit():
        raise BadRequest(400, "content-length is not a number")
    if int(text) > LARGEST_BODY:
        raise BadRequest(413, "the body is too large")
    return await reader.readexactly(int(text))


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = bytearray()
    while True:
        line = await reader.readline()
        try:
            size = int(line.split(b";")[0].strip(), 16)
        except ValueError as error:
            raise BadRequest(400, "the length of a chunk is not a number") from error
        if not 0 <= size <= LARGEST_BODY - len(body):
            raise BadRequest(413, "the body is too large")
        if size == 0:
            while (await reader.readline()).strip():  # trailers
                pass
            return bytes(body)
        body += await reader.readexactly(size)
        await reader.readexactly(2)


def _field(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or not name or name != name.strip():
        raise ValueError(line)
    return name.lower(), value.strip()


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
