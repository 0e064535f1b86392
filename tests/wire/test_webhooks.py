"""The server for webhooks over real sockets: who is heard, who is not, and that nobody can keep it busy."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from reelmake.wire import webhooks as module
from reelmake.wire.webhooks import Sender, Webhooks
from tests.wire.test_signature import NOW, SECRET, signed


@dataclass
class Run:
    """Somebody who listens: what was heard, and what was complained about."""

    jobs: set[tuple[str, str]] = field(default_factory=lambda: {("studio", "video_1")})
    heard: list[tuple[str, str]] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def hear(self, provider: str, remote: str) -> bool:
        self.heard.append((provider, remote))
        return (provider, remote) in self.jobs


SENDERS = (Sender("studio", SECRET), Sender("other", "plain secret", "task.ids.0"), Sender("caller", "s/e", "task_id"))


def scene(play: Callable[[Webhooks, Run], Awaitable[None]], senders: tuple[Sender, ...] = SENDERS) -> Run:
    async def whole() -> Run:
        server, run = Webhooks("127.0.0.1", 0, senders, now=lambda: NOW), Run()
        await server.open()
        try:
            server.deliver(run.hear, run.complaints.append)
            async with asyncio.timeout(20):
                await play(server, run)
        finally:
            await server.close()
        return run

    return asyncio.run(whole())


async def says(server: Webhooks, text: bytes) -> bytes:
    """Everything that comes back for it, until the other side closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(text)
    try:
        return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


async def posts(server: Webhooks, body: bytes, headers: dict[str, str], target: str = "/", method: str = "POST") -> int:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = f"{method} {target} HTTP/1.1\r\nHost: here\r\nContent-Length: {len(body)}\r\n{lines}\r\n"
    answer = await says(server, head.encode() + body)
    return int(answer.split()[1])


def event(remote: str = "video_1") -> bytes:
    return json.dumps({"type": "video.completed", "data": {"id": remote}}).encode()


def test_a_signed_message_is_heard_once() -> None:
    async def play(server: Webhooks, run: Run) -> None:
        headers = signed(SECRET, event())
        assert await posts(server, event(), headers) == 200
        assert await posts(server, event(), headers) == 200  # played again
        assert run.heard == [("studio", "video_1")]
        assert await posts(server, event(), signed(SECRET, event(), id="msg_2")) == 200
        assert server.heard == 2
        assert server.refused == {}

    assert scene(play).complaints == []


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        (401, event(), {}),
        (401, event(), signed("whsec_d3Jvbmc=", event())),
        (401, event("video_2"), signed(SECRET, event())),
        (401, event(), signed(SECRET, event(), at=NOW - 3600)),
        (404, event("video_9"), signed(SECRET, event("video_9"))),
        (422, b"not JSON", signed(SECRET, b"not JSON")),
        (422, b'{"data": {"id": null}}', signed(SECRET, b'{"data": {"id": null}}')),
        (422, b"[" * 5000, signed(SECRET, b"[" * 5000)),
        (413, b"x" * (module.LARGEST_BODY + 1), signed(SECRET, b"x")),
        (400, event(), {"transfer-encoding": "bogus"}),
        (431, event(), {"x-long": "a" * 40_000}),
    ],
)
def test_what_is_not_taken_says_why_and_complains_once(status: int, body: bytes, headers: dict[str, str]) -> None:
    async def play(server: Webhooks, run: Run) -> None:
        for _ in range(3):
            found = await posts(server, body, headers)
            assert found == status or (status in (400, 431) and found in (400, 431, 501))
        assert server.heard == 0
        assert await posts(server, event(), signed(SECRET, event())) == 200  # and goes on hearing others

    run = scene(play)
    assert len(run.complaints) == (0 if status in (400, 431) else 1)
    assert SECRET not in "".join(run.complaints)


def test_what_is_compressed_is_not_unpacked() -> None:
    """So a few kilobytes stay a few kilobytes; nobody who posts compresses."""

    async def play(server: Webhooks, run: Run) -> None:
        for body in (gzip.compress(event()), gzip.compress(gzip.compress(bytes(64 << 20)))):
            headers = signed(SECRET, body) | {"Content-Encoding": "gzip, gzip"}
            assert await posts(server, body, headers) == 422
        assert run.heard == []

    scene(play)


def test_only_posts_are_heard() -> None:
    async def play(server: Webhooks, run: Run) -> None:
        for method in ("GET", "PUT", "DELETE"):
            assert await posts(server, event(), signed(SECRET, event()), method=method) == 405
        assert run.heard == []

    scene(play)


def test_an_unknown_job_may_be_posted_again_once_it_is_known() -> None:
    async def play(server: Webhooks, run: Run) -> None:
        headers = signed(SECRET, event("video_7"))
        assert await posts(server, event("video_7"), headers) == 404
        run.jobs.add(("studio", "video_7"))
        assert await posts(server, event("video_7"), headers) == 200

    assert scene(play).heard == [("studio", "video_7")] * 2


def test_every_provider_has_its_own_secret_and_its_own_place_of_the_id() -> None:
    async def play(server: Webhooks, run: Run) -> None:
        run.jobs |= {("other", "t1"), ("caller", "42")}
        body = b'{"task": {"ids": {"0": "t1"}}}'
        assert await posts(server, body, signed("plain secret", body)) == 200
        assert await posts(server, b'{"task_id": 42}', {}, target="/caller/s/e?try=1") == 200
        assert await posts(server, b'{"task_id": 42}', {}, target="/caller/s%2Fe") == 200
        assert await posts(server, b'{"task_id": 42}', {}, target="/caller/wrong") == 401
        assert await posts(server, b'{"task_id": 42}', {}, target="/other/s/e") == 401

    assert scene(play).heard == [("other", "t1"), ("caller", "42"), ("caller", "42")]


def test_two_providers_with_one_secret_are_both_asked() -> None:
    async def play(server: Webhooks, run: Run) -> None:
        run.jobs = {("b", "video_1")}
        assert await posts(server, event(), signed(SECRET, event())) == 200

    assert scene(play, (Sender("a", SECRET), Sender("b", SECRET))).heard == [("a", "video_1"), ("b", "video_1")]


def test_whoever_is_slow_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SLOWEST", 0.2)

    async def play(server: Webhooks, run: Run) -> None:
        for text in (b"", b"POST / HT", b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 9\r\n\r\n{"):
            assert await says(server, text) == b""
        assert await posts(server, event(), signed(SECRET, event())) == 200

    scene(play)


def test_a_crowd_is_not_let_in_and_leaves_room_when_it_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CROWD", 3)

    async def play(server: Webhooks, run: Run) -> None:
        idle = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(3)]
        assert await says(server, b"POST / HTTP/1.1\r\n") == b""
        for _, writer in idle:
            writer.close()
        while server._connections:
            await asyncio.sleep(0)
        assert await posts(server, event(), signed(SECRET, event())) == 200

    scene(play)


@pytest.mark.parametrize("text", [b"\x16\x03\x01\x02\x00", b"hello\r\n\r\n", b"POST / HTTP/9.9\r\n\r\n", b"\r\n" * 50])
def test_what_is_not_http_does_no_harm(text: bytes) -> None:
    async def play(server: Webhooks, run: Run) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(text)
        writer.write_eof()
        answer = await reader.read()
        assert answer == b"" or answer.split()[1] != b"200"
        writer.close()
        assert await posts(server, event(), signed(SECRET, event())) == 200

    scene(play)


def test_nobody_listening_is_not_the_senders_fault() -> None:
    async def whole() -> None:
        server = Webhooks("127.0.0.1", 0, SENDERS, now=lambda: NOW)
        await server.open()
        assert await posts(server, event(), signed(SECRET, event())) == 503
        await server.close()

    asyncio.run(whole())


def test_a_port_in_use_is_said_at_once() -> None:
    async def play(server: Webhooks, run: Run) -> None:
        with pytest.raises(OSError, match="in use"):
            await Webhooks("127.0.0.1", server.port, SENDERS).open()

    scene(play)


def test_no_secret_is_shown() -> None:
    assert SECRET not in repr(SENDERS)
