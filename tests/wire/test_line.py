"""What a failure on the way means for money: certainly not sent, or nobody knows; and never a second request."""

from __future__ import annotations

import asyncio
import gzip
import socket
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reelmake.errors import Ambiguous, Astray, LocalTool, Transient
from reelmake.model.http import File, Request, Response
from tests.wire import loopback
from tests.wire.loopback import (
    Act,
    Loopback,
    chunked,
    drips,
    drips_in_the_head,
    message,
    raw,
    reply,
    reset,
    shut,
    silent,
    stalls_after,
)  # fmt: skip
from tests.wire.talk import provider, said

FAULTS: dict[str, Act] = {
    "closed at once": shut,
    "reset at once": reset,
    "closed after the request": raw(b""),
    "reset after the request": raw(b"", reset=True),
    "half a head": raw(b"HTTP/1.1 200 OK\r\nContent-Ty"),
    "half a body": reply(200, b'{"id":', length=900),
    "half a chunked body": chunked(b'{"id": "x"}', whole=False),
    "not HTTP": raw(b"\x00\x01SSH-2.0-OpenSSH_9.6\r\n"),
    "another protocol": raw(b"HTTP/3.0 nothing\r\n\r\n"),
    "a length that is none": raw(b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n{}"),
    "two lengths": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 9\r\n\r\n{}"),
    "an endless head": raw(b"HTTP/1.1 200 OK\r\n" + b"X-More: " + b"x" * 300_000),
    "no answer": silent,
    "a stall in the head": stalls_after(b"HTTP/1.1 200 OK\r\n"),
    "a stall in the body": stalls_after(message(200, b'{"id":', length=900)),
    "an answer without end": drips,
    "a head without end": drips_in_the_head,
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("paid", [True, False], ids=["paid", "free"])
def test_a_fault_after_sending(fault: str, paid: bool) -> None:
    async def go() -> None:
        async with Loopback(FAULTS[fault]) as server:
            told = await said(server.url, Request("POST", "/videos", json={"prompt": "A kite."}, paid=paid))
            assert type(told) is (Ambiguous if paid else Transient)
            assert server.connections == 1
            assert len(server.asked) <= 1

    asyncio.run(go())


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize("paid", [True, False], ids=["paid", "free"])
@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}", "http://no-such-host.invalid"])
def test_no_connection_is_not_sent(url: str, paid: bool) -> None:
    told = asyncio.run(said(url.format(port=closed_port()), Request("POST", "/videos", json={}, paid=paid)))

    assert type(told) is Transient
    assert "not sent" in str(told)


@pytest.mark.parametrize("paid", [True, False], ids=["paid", "free"])
def test_a_failed_handshake_is_not_sent(paid: bool) -> None:
    async def go() -> None:
        async def hello(peer: loopback.Peer) -> None:
            await peer.reader.read(100)
            await peer.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        async with Loopback(hello) as server:
            told = await said(server.url.replace("http:", "https:"), Request("POST", "/v", json={}, paid=paid))
            assert type(told) is Transient
            assert "not sent" in str(told)
            assert server.connections == 1

    asyncio.run(go())


@pytest.mark.parametrize(
    "base", ["", "ftp://example.org", "file:///etc", "http://", "http://[::1", "http://127.0.0.1:99999"]
)
def test_no_address_is_asked_for_nothing(base: str) -> None:
    assert type(asyncio.run(said(base, Request("POST", "/videos", json={}, paid=True)))) is Astray


@pytest.mark.parametrize("form", [True, False], ids=["form", "json"])
def test_a_file_that_cannot_be_read_is_not_sent(form: bool, tmp_path: Path) -> None:
    async def go() -> None:
        file = File(tmp_path / "gone.png")
        body: dict[str, Any] = {"form": (("input_reference", file),)} if form else {"json": {"image": [file]}}
        async with Loopback(reply()) as server:
            told = await said(server.url, Request("POST", "/videos", paid=True, **body))
            assert type(told) is LocalTool
            assert "gone.png" in str(told)
            assert server.connections == 0

    asyncio.run(go())


@pytest.mark.parametrize("status", [200, 202, 302, 400, 401, 402, 429, 500, 503, 599])
def test_an_answer_is_an_answer(status: int) -> None:
    """Whatever it says is for the conversation, also a redirect of an order, which is not followed."""

    async def go() -> None:
        async with Loopback(reply(status, b'{"a": 1}', "Location: /elsewhere", "X-Two: 1", "X-Two: 2")) as server:
            got = await said(server.url + "/v1", Request("POST", "/videos", json={}, paid=True))
            assert isinstance(got, Response)
            assert (got.status, got.data, got.headers["x-two"]) == (status, {"a": 1}, "1, 2")
            assert got.url == f"{server.url}/v1/videos"
            assert len(server.asked) == 1

    asyncio.run(go())


@pytest.mark.parametrize("paid", [True, False], ids=["paid", "free"])
def test_a_refusal_counts_even_if_its_text_is_cut_off(paid: bool) -> None:
    async def go() -> None:
        async with Loopback(reply(429, b'{"error":', "Retry-After: 7", length=900)) as server:
            got = await said(server.url, Request("POST", "/videos", json={}, paid=paid))
            assert isinstance(got, Response)
            assert (got.status, got.headers["retry-after"], got.body) == (429, "7", b'{"error":')

    asyncio.run(go())


def test_an_answer_before_the_whole_order_was_read(tmp_path: Path) -> None:
    """A server that says 413 and closes while we still send: its answer is heard, or nobody knows; never twice."""
    clip = tmp_path / "big.mp4"
    clip.write_bytes(b"\0" * (24 << 20))

    async def early(peer: loopback.Peer) -> None:
        await peer.reader.readuntil(b"\r\n\r\n")
        await peer.send(message(413, b'{"error": "too large"}', "Connection: close"))

    async def go() -> None:
        async with Loopback(early) as server:
            got = await said(server.url, Request("POST", "/v", form=(("video", File(clip)),), paid=True))
            assert isinstance(got, Ambiguous) or (isinstance(got, Response) and got.status == 413)
            assert server.connections == 1

    asyncio.run(go())


def test_an_order_never_goes_out_on_an_old_connection() -> None:
    async def go() -> None:
        async with Loopback(reply()) as server, provider(server.url) as studio:
            for request in [Request("GET", "/v"), Request("POST", "/v", json={}, paid=True)] * 3:
                await studio.hold(talk(request))
            assert [a.method for a in server.asked] == ["GET", "POST"] * 3
            assert server.connections == 4  # one for all polls, one for each order

    asyncio.run(go())


def test_a_compressed_answer() -> None:
    async def go() -> None:
        async with Loopback(reply(200, gzip.compress(b'{"id": "v1"}'), "Content-Encoding: gzip")) as server:
            got = await said(server.url, Request("GET", "/v"))
            assert isinstance(got, Response)
            assert got.data == {"id": "v1"}

    asyncio.run(go())


@pytest.mark.parametrize("paid", [True, False], ids=["paid", "free"])
def test_an_answer_that_only_says_it_is_compressed(paid: bool) -> None:
    async def go() -> None:
        async with Loopback(reply(200, b'{"id": "v1"}', "Content-Encoding: gzip")) as server:
            got = await said(server.url, Request("POST", "/v", json={}, paid=paid))
            assert isinstance(got, Response)
            assert got.data is None

    asyncio.run(go())


def test_an_answer_is_bounded() -> None:
    async def go() -> None:
        async with Loopback(reply(200, b"x" * (9 << 20))) as server:
            got = await said(server.url, Request("GET", "/v"))
            assert isinstance(got, Response)
            assert len(got.body) == 8 << 20

    asyncio.run(go())


BOMB = gzip.compress(bytes(256 << 20), 6)  # a quarter of a megabyte for a quarter of a gigabyte
ENCODED = {
    "gzip": BOMB,
    "gzip, gzip": gzip.compress(BOMB),
    "gzip,gzip": gzip.compress(BOMB),
    "deflate, gzip": gzip.compress(BOMB),
    "identity, gzip": BOMB,
}


@pytest.mark.parametrize("encoding", ENCODED)
@pytest.mark.parametrize("status", [200, 429, 500])
def test_a_few_bytes_never_become_gigabytes(encoding: str, status: int) -> None:
    """Whatever is answered, to whatever was asked: polls, lists, errors."""

    async def go() -> None:
        async with Loopback(reply(status, ENCODED[encoding], f"Content-Encoding: {encoding}")) as server:
            tracemalloc.start()
            try:
                got = await said(server.url, Request("GET", "/v"), read_timeout=30, create_timeout=30)
                _, peak = tracemalloc.get_traced_memory()
            finally:
                tracemalloc.stop()
            assert isinstance(got, Response)
            assert (got.status, got.data) == (status, None)
            assert len(got.body) <= 8 << 20
            assert peak < 40 << 20

    asyncio.run(go())


@pytest.mark.parametrize("names", [("gzip", "gzip"), ("gzip, br",), ("zstd",), ("gzip", "identity", "deflate")])
def test_only_one_encoding_at_a_time_is_read(names: tuple[str, ...]) -> None:
    async def go() -> None:
        body = gzip.compress(b'{"id": "v1"}')
        async with Loopback(reply(200, body, *(f"Content-Encoding: {name}" for name in names))) as server:
            got = await said(server.url, Request("GET", "/v"))
            assert isinstance(got, Response)
            assert (got.status, got.body) == (200, b"")

    asyncio.run(go())


def talk(request: Request) -> Iterator[Any]:
    return (yield request)


@pytest.mark.parametrize(
    ("base", "asked", "query", "target"),
    [
        ("/v1", "/videos", (), "/v1/videos"),
        ("/v1/", "videos", (), "/v1/videos"),
        ("", "/videos/a%2Fb%2B%3D%3F", (), "/videos/a%2Fb%2B%3D%3F"),
        ("/openai?api-version=preview", "/jobs", (("limit", "100"),), "/openai/jobs?api-version=preview&limit=100"),
        ("/v1", "/videos?x=%20a", (("after", "a b&c"),), "/v1/videos?x=%20a&after=a+b%26c"),
    ],
)
def test_where_a_request_goes(base: str, asked: str, query: tuple[tuple[str, str], ...], target: str) -> None:
    async def go() -> None:
        async with Loopback(reply()) as server:
            await said(server.url + base, Request("GET", asked, query))
            assert server.asked[0].target == target

    asyncio.run(go())


def test_what_is_sent_with_it() -> None:
    async def go() -> None:
        async with Loopback(reply()) as server:
            request = Request(
                "POST", "/v", headers={"Custom-Llm-Provider": "x", "Accept": "video/mp4"}, json={"a": "ü"}
            )
            await said(server.url, request)
            (asked,) = server.asked
            assert asked.body == '{"a":"ü"}'.encode()
            assert asked.headers["authorization"] == "Bearer sk-loopback-0123456789"
            assert asked.headers["accept"] == "video/mp4"
            assert asked.headers["content-type"] == "application/json"
            assert asked.headers["custom-llm-provider"] == "x"
            assert asked.headers["user-agent"].startswith("reelmake/")

    asyncio.run(go())


def test_a_user_name_and_password_in_the_address() -> None:
    async def go() -> None:
        async with Loopback(reply()) as server:
            url = server.url.replace("//", "//me:p%40ss@")
            got = await said(url, Request("GET", "/v"), secret="")
            assert server.asked[0].headers["authorization"] == "Basic bWU6cEBzcw=="
            assert isinstance(got, Response)
            assert "me" not in got.url

    asyncio.run(go())


@pytest.mark.parametrize("value", ["ü", "two\r\nX-Evil: lines", "\0"])
def test_a_header_that_cannot_be_sent(value: str) -> None:
    async def go() -> None:
        async with Loopback(reply()) as server:
            told = await said(server.url, Request("POST", "/v", headers={"X-A": value}, json={}, paid=True))
            assert type(told) is LocalTool
            assert type(await said(server.url, Request("GET", "/v"), secret=value)) is LocalTool
            assert server.connections == 0

    asyncio.run(go())
