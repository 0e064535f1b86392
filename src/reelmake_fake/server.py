"""The server itself: sockets, an event loop in a thread of its own, and a way to ask it what it saw.

`with FakeServer(Options(takes=0.1)) as server:` serves at `server.base_url` until the block ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any, Self, TypeVar

from reelmake_fake import http11
from reelmake_fake.http11 import BadRequest, ReceivedRequest, Reply, as_json
from reelmake_fake.service import Service
from reelmake_fake.settings import ServerOptions
from reelmake_fake.webhook import Courier

T = TypeVar("T")


class FakeServer:
    """Serves in a thread between `start` and `stop`; every property may be read from any other thread."""

    def __init__(self, options: ServerOptions | None = None) -> None:
        self.options = options or ServerOptions()
        self._changed = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="reelmake serve-fake", daemon=True)
        self._connections: set[asyncio.Task[None]] = set()
        self._listening: list[asyncio.Server] = []

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def start(self) -> None:
        """Raises OSError if the port cannot be had, ValueError if a script or fault has a word that is not known."""
        self._thread.start()
        try:
            self.service: Service = self._do(self._open())
        except BaseException:
            self._end()
            raise

    def stop(self) -> None:
        """Closes every connection, finished or not."""
        self._do(self._close())
        self._end()
        self.service.shelf.close()

    @property
    def base_url(self) -> str:
        """What a provider's `base_url` is to be."""
        return f"http://{self._place(0)}{self.service.dialect.prefixes[0]}"

    @property
    def address(self) -> str:
        """Where /_fake is: `http://host:port`."""
        return f"http://{self._place(0)}"

    @property
    def bill(self) -> list[dict[str, Any]]:
        """A mapping for each order that was paid, oldest first."""
        return list(self.service.shelf.bill)

    @property
    def requests(self) -> list[dict[str, Any]]:
        """A mapping for each request, oldest first; see traffic.py."""
        return [dict(line) for line in list(self.service.traffic.requests)]

    @property
    def peaks(self) -> dict[str, int]:
        return dict(self.service.traffic.peaks)

    @property
    def violations(self) -> list[dict[str, Any]]:
        return list(self.service.traffic.violations)

    @property
    def deliveries(self) -> list[dict[str, Any]]:
        """A mapping for each try to tell that a job ended."""
        return list(self.courier.sent)

    def instruct(self, *script: str, faults: tuple[str, ...] = ()) -> None:
        """From now on this script holds for jobs that bring none, and these rules for all. Raises ValueError."""
        self._do(_soon(lambda: self.service.instruct(script, faults)))

    def release(self) -> None:
        """Whoever is on hold goes on."""
        self._do(_soon(self.service.release))

    def reset(self) -> None:
        """Forgets every job, request and bill."""
        self._do(_soon(self._forget))

    def until(self, met: Callable[[Self], bool], timeout: float = 60.0) -> None:
        """Waits until something is so; asked after each step of each request. Raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: met(self), timeout):
                raise TimeoutError(f"that did not happen within {timeout} s")

    async def _open(self) -> Service:
        service = Service(self.options)
        try:
            self.courier = Courier(self.options, service.clock, self._tell)
            for port in (self.options.port, 0):  # the second is where clips are without a key
                listening = await asyncio.start_server(
                    self._connected, self.options.host, port, limit=http11.LARGEST_HEAD, backlog=1024
                )
                self._listening.append(listening)
        except BaseException:
            service.shelf.close()
            raise
        service.elsewhere = f"http://{self._place(1)}"
        service.stirred, service.dropped, service.noted = self.courier.follow, self.courier.forget, self._tell
        for video in service.shelf.videos.values():  # of an earlier life
            if not video.finished(service.clock()):
                self.courier.follow(video)
        return service

    async def _close(self) -> None:
        for server in self._listening:
            server.close()
        for task in list(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self.courier.close()
        await self.service.studio.close()

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _place(self, which: int) -> str:
        host, port = self._listening[which].sockets[0].getsockname()[:2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            while await self._exchange(reader, writer):
                pass
        except (ConnectionError, TimeoutError):
            pass  # the client has gone: its own affair
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            self._connections.discard(task)
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                writer.close()
                await writer.wait_closed()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request and its reply; True if another may follow."""
        released = self.service.released
        try:
            request = await http11.read(reader, writer)
        except BadRequest as error:
            await http11.write(writer, as_json(error.status, {"error": str(error)}), close=True, released=released)
            return False
        if request is None:
            return False
        line = self.service.traffic.arrived(request, time.time(), writer.get_extra_info("sockname")[1])
        self._tell()
        reply = await self._answered(request, line)
        line["status"] = reply.status if reply.manner != "nothing" else None
        line["manner"] = reply.manner
        self._tell()
        again = await http11.write(writer, reply, close=not request.keep_alive, released=self.service.released)
        line["ended"] = time.time()
        self._tell()
        return again

    async def _answered(self, request: ReceivedRequest, line: dict[str, Any]) -> Reply:
        match request.segments:
            case ("_fake", *rest):
                return self._backstage(request, rest)
            case ("clips", name):
                return await self.service.open_content(request, name.removesuffix(".mp4"))
        try:
            return await self.service.answer(request, line)
        except Exception as error:
            line["bug"] = repr(error)
            raise

    def _backstage(self, request: ReceivedRequest, rest: list[str]) -> Reply:
        """/_fake: what a test or a person asks the server about itself."""
        service, traffic = self.service, self.service.traffic
        match (request.method, *rest):
            case ("GET", "bill"):
                usd = round(sum(line["usd"] for line in service.shelf.bill), 4)
                return as_json(200, {"bill": service.shelf.bill, "usd": usd})
            case ("GET", "requests"):
                seen = {"in_flight": service.in_flight, "peaks": traffic.peaks, "violations": traffic.violations}
                return as_json(200, {"requests": list(traffic.requests), **seen})
            case ("POST", "reset"):
                self._forget()
            case ("POST", "release"):
                service.release()
            case ("POST", "script"):
                try:
                    asked = json.loads(request.body)
                    service.instruct(asked.get("script", ()), asked.get("faults", ()))
                except (ValueError, AttributeError, TypeError) as error:
                    return as_json(400, {"error": str(error)})
            case _:
                return as_json(404, {"error": "GET bill, requests; POST reset, release, script"})
        return as_json(200, {"ok": True})

    def _forget(self) -> None:
        for id in self.service.shelf.videos:
            self.courier.forget(id)
        self.courier.sent.clear()
        self.service.shelf.reset()
        self.service.traffic.clear()
        self.service.instruct(self.options.script, self.options.faults)

    def _tell(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)


async def _soon(act: Callable[[], None]) -> None:
    act()
