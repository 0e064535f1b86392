"""Hears what providers post when a job has ended: POST, a proof that it is theirs, and the id of a job in JSON.

Nothing of a body is believed but that this job is worth a look now. Every request ends within seconds and kilobytes,
whatever comes. Knows nothing of runs; whom the ids belong to is asked of `hear`.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import field
from http import HTTPStatus
from urllib.parse import unquote

import h11

from reelmake.records import dataclass
from reelmake.wire.signature import Unsigned, verify

LARGEST_BODY, LARGEST_HEAD = 64 << 10, 16 << 10  # bytes
SLOWEST = 10.0  # seconds for a whole request
CROWD = 64  # connections at a time
REMEMBERED = 10_000  # messages that were heard, so that one which is played again does nothing


@dataclass(frozen=True, slots=True)
class Sender:
    """A provider that posts: the secret it proves to know, and where in its JSON the id of a job stands."""

    name: str
    secret: str = field(repr=False)
    id: str = "data.id"


class Refusal(Exception):
    """The status to answer with, and what was wrong, in the same words each time."""

    def __init__(self, status: HTTPStatus, why: str) -> None:
        super().__init__(why)
        self.status = status


class Webhooks:
    """ports.WebhookInbox. `refused`: how often, by what was wrong. `heard`: how many messages were taken.

    Who can sign as Standard Webhooks has it signs; who can only call an address is given `/NAME/SECRET`.
    """

    def __init__(self, host: str, port: int, senders: Sequence[Sender], now: Callable[[], float] = time.time) -> None:
        self.host, self.port, self.senders, self._now = host, port, senders, now
        self.providers: Collection[str] = [sender.name for sender in senders]
        self.heard = 0
        self.refused: dict[str, int] = {}
        self._hear: Callable[[str, str], bool] | None = None
        self._complain: Callable[[str], None] = lambda said: None
        self._messages: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._connections: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Listens from now on; `port` 0 becomes the one that was found. Raises OSError if the address cannot be had."""
        self._server = await asyncio.start_server(self._begun, self.host, self.port, limit=LARGEST_HEAD)
        self.port = self._server.sockets[0].getsockname()[1]

    def deliver(self, hear: Callable[[str, str], bool], complain: Callable[[str], None]) -> None:
        self._hear, self._complain = hear, complain

    async def close(self) -> None:
        self._hear = None
        self._server.close()
        for task in list(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    # A connection

    def _begun(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._connected(reader, writer))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if len(self._connections) <= CROWD:
                async with asyncio.timeout(SLOWEST):
                    await self._exchange(reader, writer)
        except (TimeoutError, OSError, h11.ProtocolError, asyncio.CancelledError):
            pass  # nothing was heard; whoever it was may come again
        finally:
            writer.transport.abort() if writer.transport.get_write_buffer_size() else writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wire = h11.Connection(h11.SERVER, max_incomplete_event_size=LARGEST_HEAD)
        try:
            request, body = await _read(wire, reader, writer)
            status, said = HTTPStatus.OK, self._take(request, body)
        except h11.RemoteProtocolError as error:
            status, said = HTTPStatus(error.error_status_hint), "this is not HTTP"
        except Refusal as refusal:
            status, said = refusal.status, str(refusal)
            self._count(said)
        if wire.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            text = json.dumps({"message": said}).encode()
            length = ("content-length", str(len(text)))
            headers = [("content-type", "application/json"), length, ("connection", "close")]
            for event in (h11.Response(status_code=status, headers=headers), h11.Data(text), h11.EndOfMessage()):
                writer.write(wire.send(event) or b"")
            await writer.drain()

    def _count(self, why: str) -> None:
        self.refused[why] = self.refused.get(why, 0) + 1
        if self.refused[why] == 1:
            self._complain(f"a webhook was refused: {why}")

    # A message

    def _take(self, request: h11.Request, body: bytes) -> str:
        """What to say to it. Raises Refusal."""
        if request.method != b"POST":
            raise Refusal(HTTPStatus.METHOD_NOT_ALLOWED, "only POST is accepted here")
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in request.headers}
        proven = self._proven(request.target.decode("latin-1"), headers, body)
        if any(message and (sender.name, message) in self._messages for sender, message in proven):
            return "already heard"
        ids = {sender.name: _found(body, sender.id) for sender, _ in proven}
        if self._hear is None:
            raise Refusal(HTTPStatus.SERVICE_UNAVAILABLE, "not listening at the moment")
        known = [self._hear(name, remote) for name, remote in ids.items()]
        if not any(known):
            raise Refusal(HTTPStatus.NOT_FOUND, f"{' and '.join(ids)} webhooks for jobs that are not of this run")
        self.heard += 1
        for sender, message in proven:
            self._messages[sender.name, message] = None
        while len(self._messages) > REMEMBERED:
            self._messages.popitem(last=False)
        return "heard"

    def _proven(self, target: str, headers: Mapping[str, str], body: bytes) -> list[tuple[Sender, str]]:
        """Who may have sent it, and the id of the message, "" if it has none. Two providers may have one secret."""
        found, wrong = [], "it is not signed"
        given = unquote(target.partition("?")[0]).encode()
        for sender in self.senders:
            try:
                found.append((sender, verify(sender.secret, headers, body, self._now())))
            except Unsigned as error:
                wrong = str(error)
                if hmac.compare_digest(given, f"/{sender.name}/{sender.secret}".encode()):
                    found.append((sender, ""))
        if not found:
            raise Refusal(HTTPStatus.UNAUTHORIZED, wrong)
        return found


async def _read(
    wire: h11.Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> tuple[h11.Request, bytes]:
    request, body = None, bytearray()
    while True:
        event = wire.next_event()
        if event is h11.NEED_DATA:
            if wire.they_are_waiting_for_100_continue:
                writer.write(wire.send(h11.InformationalResponse(status_code=100, headers=[])) or b"")
            wire.receive_data(await reader.read(LARGEST_HEAD))
        elif isinstance(event, h11.Request):
            request = event
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > LARGEST_BODY:
                raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "it is larger than any webhook")
        elif isinstance(event, h11.EndOfMessage) and request is not None:
            return request, bytes(body)
        else:
            raise ConnectionResetError("it disconnected before it sent anything")


def _found(body: bytes, place: str) -> str:
    """The id at a place of the JSON. Raises Refusal."""
    try:
        value = json.loads(body)
        for key in place.split("."):
            value = value[key]
    except (ValueError, LookupError, TypeError, RecursionError):
        value = None
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not 0 < len(value) <= 1000:
        raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, f"it has no id of a job at {place}")
    return value
