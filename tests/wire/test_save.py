"""Clips on their way to the disk: whole, or an error that says what to do; in constant memory; not all at once."""

from __future__ import annotations

import asyncio
import gzip
import subprocess
import sys
import time
import tracemalloc
import zlib
from pathlib import Path

import pytest

from reelmake.errors import Endless, LocalTool, StepError, Transient
from reelmake.model.http import Request
from tests.wire.loopback import Act, Loopback, Peer, chunked, message, redirect, reply, stalls_after
from tests.wire.talk import Asks, provider

CLIP = bytes(range(256)) * 16384  # 4 MB
CALLED = (  # what servers call a clip
    "application/octet-stream", "text/plain", "text/html; charset=utf-8", "application/json", "application/xml",
    "video/quicktime", "multipart/form-data",
)  # fmt: skip
CONTENT = Request("GET", "/content", save=True)
MP4 = "Content-Type: video/mp4"


async def fetched(
    server: Loopback, into: Path, request: Request = CONTENT, most: int = 1 << 30, **options: object
) -> Asks | StepError:
    """The conversation after it has fetched, with the answers that it saw; or the error."""
    asks = Asks(request)
    async with provider(server.url, asks, options=options) as studio:
        try:
            await studio.fetch("v1", into, lambda fraction, word: None, most)
        except StepError as error:
            return error
    return asks


def bare_deflate(content: bytes) -> bytes:
    return zlib.compress(content)[2:-4]


@pytest.mark.parametrize(
    "act",
    [
        reply(200, CLIP, MP4),
        reply(200, CLIP),
        *(reply(200, CLIP, f"Content-Type: {kind}") for kind in CALLED),
        reply(200, gzip.compress(CLIP), MP4, "Content-Encoding: gzip"),
        reply(200, zlib.compress(CLIP), MP4, "Content-Encoding: deflate"),
        reply(200, bare_deflate(CLIP), MP4, "Content-Encoding: deflate"),
        reply(200, CLIP, MP4, "Content-Encoding: identity"),
        reply(206, CLIP, MP4, f"Content-Range: bytes 0-{len(CLIP) - 1}/{len(CLIP)}"),
        chunked(CLIP[:1000], CLIP[1000:]),
        chunked(CLIP[:7], CLIP[7:9], CLIP[9:]),
    ],
    ids=["mp4", "no type", *CALLED, "gzip", "zlib", "deflate", "identity", "all of it as 206", "chunked", "bit by bit"],
)
def test_a_clip_is_saved(act: Act, tmp_path: Path) -> None:
    async def go() -> None:
        async with Loopback(act) as server:
            done = await fetched(server, tmp_path / "clip.mp4")
            assert isinstance(done, Asks)
            (got,) = done.got
            assert (got.status, got.body) == (200, b"")
            assert (tmp_path / "clip.mp4").read_bytes() == CLIP
            assert server.asked[0].headers["accept-encoding"] == "identity"

    asyncio.run(go())


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[float | None, str]] = []

    async def go() -> None:
        async with Loopback(reply(200, CLIP, MP4)) as server, provider(server.url, Asks(CONTENT)) as studio:
            await studio.fetch("v1", tmp_path / "clip.mp4", lambda *said: told.append(said), 1 << 30)

    asyncio.run(go())
    fractions = [fraction for fraction, _ in told if fraction is not None]
    assert len(fractions) >= 4
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert {word for _, word in told} == {"downloading"}


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, "application/json"), (200, "text/html; charset=utf-8"), (200, "text/plain"), (200, "Application/JSON"),
        (200, "application/problem+json"), (200, "application/xml"), (404, "video/mp4"), (400, "application/json"),
        (202, "video/mp4"), (206, "video/mp4"), (500, "text/html"), (200, "video/mp4"), (200, "image/webp"),
    ],
)  # fmt: skip
def test_what_is_no_clip_is_handed_to_the_conversation(status: int, kind: str, tmp_path: Path) -> None:
    async def go() -> None:
        async with Loopback(reply(status, b' {"error": "x"}', f"Content-Type: {kind}")) as server:
            asks = Asks(CONTENT)
            async with provider(server.url, asks) as studio:
                with pytest.raises(Transient, match="none was sent"):  # this conversation is content with anything
                    await studio.fetch("v1", tmp_path / "clip.mp4", lambda *said: None, 1 << 30)
            assert [(got.status, got.data) for got in asks.got] == [(status, {"error": "x"})]
            assert not (tmp_path / "clip.mp4").exists()

    asyncio.run(go())


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<!DOCTYPE html><title>Sign in</title>", "video/mp4"), (b"\xef\xbb\xbf\n <html>", ""), (b"[]", "video/mp4"),
        (b"not yet", "text/plain"), ("<html>".encode("utf-16"), "video/mp4"), (b"<?xml version='1.0'?>", "video/mp4"),
        (b"--b\r\nContent-Type: video/mp4\r\n\r\n" + CLIP[:300] + b"--b--", "multipart/form-data"),
    ],
    ids=["a page", "a page with a mark", "a list", "words", "UTF-16", "XML", "a form with a clip in it"],
)  # fmt: skip
def test_words_are_no_clip_whatever_they_are_called(body: bytes, kind: str, tmp_path: Path) -> None:
    async def go() -> None:
        async with Loopback(reply(200, body, *([f"Content-Type: {kind}"] if kind else []))) as server:
            asks = Asks(CONTENT)
            async with provider(server.url, asks) as studio:
                with pytest.raises(Transient, match="none was sent"):
                    await studio.fetch("v1", tmp_path / "clip.mp4", lambda *said: None, 1 << 30)
            assert [got.body for got in asks.got] == [body]

    asyncio.run(go())


@pytest.mark.parametrize(
    "act",
    [
        reply(200, CLIP[:-1], MP4, length=len(CLIP)),
        reply(200, b"", MP4, length=len(CLIP)),
        reply(200, b"", MP4),
        chunked(CLIP[:1000], CLIP[1000:], whole=False),
        stalls_after(message(200, CLIP[:9000], MP4, length=len(CLIP))),
        reply(200, gzip.compress(CLIP)[:-9], MP4, "Content-Encoding: gzip"),
        reply(200, gzip.compress(gzip.compress(CLIP)), MP4, "Content-Encoding: gzip, gzip"),
        reply(200, CLIP, MP4, "Content-Encoding: br"),
    ],
    ids=["short by a byte", "nothing of it", "empty", "chunks cut off", "stall", "gzip cut off", "gzip twice", "br"],
)
def test_a_clip_that_is_not_whole(act: Act, tmp_path: Path) -> None:
    async def go() -> None:
        async with Loopback(act) as server:
            told = await fetched(server, tmp_path / "clip.mp4")
            assert type(told) is Transient
            assert len(server.asked) == 1  # without a mark it cannot be taken up again

    asyncio.run(go())


def cut(at: int, tag: str = '"v1"') -> Act:
    return reply(200, CLIP[:at], MP4, f"ETag: {tag}", length=len(CLIP))


def rest(peer_from: int, status: int = 206) -> Act:
    span = f"Content-Range: bytes {peer_from}-{len(CLIP) - 1}/{len(CLIP)}"
    return reply(status, CLIP[peer_from:], MP4, span, 'ETag: "v1"')


def test_what_breaks_off_is_taken_up_again(tmp_path: Path) -> None:
    half = 2 << 20

    async def go() -> None:
        async with Loopback(cut(half), rest(half)) as server:
            done = await fetched(server, tmp_path / "clip.mp4")
            assert isinstance(done, Asks)
            assert [got.status for got in done.got] == [200]  # a clip that is there, for who asked for it
            assert (tmp_path / "clip.mp4").read_bytes() == CLIP
            first, again = server.asked
            assert "range" not in first.headers
            assert (again.headers["range"], again.headers["if-range"]) == (f"bytes={half}-", '"v1"')

    asyncio.run(go())


def test_what_has_changed_meanwhile_is_taken_whole(tmp_path: Path) -> None:
    async def go() -> None:
        async with Loopback(cut(3 << 20), reply(200, CLIP[: 2 << 20], MP4, 'ETag: "v2"')) as server:
            assert isinstance(await fetched(server, tmp_path / "clip.mp4"), Asks)
            assert (tmp_path / "clip.mp4").read_bytes() == CLIP[: 2 << 20]

    asyncio.run(go())


@pytest.mark.parametrize(
    "second",
    [rest(1 << 20), rest(3 << 20), cut(100), reply(404), reply(416), reply(206, CLIP), redirect("file:///x")],
    ids=["from elsewhere", "with a gap", "breaks off too", "gone", "out of range", "no range", "away"],
)
def test_it_is_taken_up_once_and_only_where_it_follows_on(second: Act, tmp_path: Path) -> None:
    async def go() -> None:
        async with Loopback(cut(2 << 20), second) as server:
            assert isinstance(await fetched(server, tmp_path / "clip.mp4"), StepError)
            assert len(server.asked) == 2

    asyncio.run(go())


def test_a_weak_mark_is_none(tmp_path: Path) -> None:
    async def go() -> None:
        async with Loopback(cut(2 << 20, 'W/"v1"'), rest(2 << 20)) as server:
            assert type(await fetched(server, tmp_path / "clip.mp4")) is Transient
            assert len(server.asked) == 1

    asyncio.run(go())


def test_over_a_redirect_without_credentials(tmp_path: Path) -> None:
    async def go() -> None:
        async with Loopback(cut(2 << 20), rest(2 << 20)) as cdn, Loopback(redirect(f"{cdn.url}/x?sig=1")) as vendor:
            assert isinstance(await fetched(vendor, tmp_path / "clip.mp4", allow_private=True), Asks)
            assert (tmp_path / "clip.mp4").read_bytes() == CLIP
            assert ["authorization" in a.headers for a in (*vendor.asked, *cdn.asked)] == [True, True, False, False]

    asyncio.run(go())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is always full is Linux's")
@pytest.mark.parametrize("size", [100, len(CLIP)])
def test_a_full_disk(size: int) -> None:
    async def go() -> None:
        async with Loopback(reply(200, CLIP[:size], MP4, 'ETag: "v1"')) as server:
            told = await fetched(server, Path("/dev/full"))
            assert type(told) is LocalTool
            assert "space" in str(told)
            assert len(server.asked) == 1

    asyncio.run(go())


@pytest.mark.parametrize("size", [1 << 40, 1 << 60])
def test_a_disk_without_room_for_it_is_not_filled(size: int, tmp_path: Path) -> None:
    async def go() -> None:
        async with Loopback(stalls_after(message(200, CLIP[:2000], MP4, length=size))) as server:
            told = await fetched(server, tmp_path / "clip.mp4", most=1 << 62)
            assert type(told) is LocalTool
            assert "are free on the disk" in str(told)
            assert not (tmp_path / "clip.mp4").exists()

    asyncio.run(go())


async def endless(peer: Peer) -> None:
    await peer.read()
    await peer.send(b'HTTP/1.1 200 OK\r\nETag: "v1"\r\nTransfer-Encoding: chunked\r\n\r\n')
    while True:
        await peer.send(b"10000\r\n" + bytes(1 << 16) + b"\r\n")


@pytest.mark.parametrize(
    ("act", "there"),
    [
        (endless, True),
        (reply(200, gzip.compress(bytes(64 << 20)), MP4, "Content-Encoding: gzip"), True),
        (reply(200, CLIP, MP4), False),
        (stalls_after(message(200, CLIP[:2000], MP4, length=1 << 40)), False),
    ],
    ids=["without an end", "a bomb", "too large", "it says so"],
)
def test_a_clip_that_is_more_than_was_ordered(act: Act, there: bool, tmp_path: Path) -> None:
    """Nobody asks a second time: it would be the same again."""

    async def go() -> None:
        async with Loopback(act) as server:
            told = await fetched(server, tmp_path / "clip.mp4", most=3 << 20)
            assert type(told) is Endless
            assert len(server.asked) == 1
            assert (tmp_path / "clip.mp4").exists() == there
            assert not there or (tmp_path / "clip.mp4").stat().st_size <= 3 << 20

    asyncio.run(go())


@pytest.mark.parametrize("head", [CLIP[:2000], b""], ids=["in the middle", "from the first byte"])
def test_a_byte_now_and_then_is_not_waited_for_for_ever(head: bytes, tmp_path: Path) -> None:
    async def drips(peer: Peer) -> None:
        await peer.read()
        await peer.send(message(200, head, MP4, length=len(CLIP)))
        while True:
            await peer.send(b"\0")
            await asyncio.sleep(0.02)

    async def go() -> None:
        async with Loopback(drips) as server:
            began = time.monotonic()
            told = await fetched(server, tmp_path / "clip.mp4")
            assert type(told) is Transient
            assert "too slow" in str(told)
            assert time.monotonic() - began < 5

    asyncio.run(go())


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    async def go() -> None:
        async with Loopback(reply(200, CLIP, MP4)) as server:
            assert type(await fetched(server, tmp_path / "gone" / "clip.mp4")) is LocalTool

    asyncio.run(go())


LIMITED = """\
import asyncio, resource, sys
from pathlib import Path
from tests.wire.test_save import CLIP, MP4, fetched
from tests.wire.loopback import Loopback, reply

async def go():
    sys.dont_write_bytecode = True  # what is imported from here on would be cut short as well
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
    async with Loopback(reply(200, CLIP, MP4)) as server:
        told = await fetched(server, Path(sys.argv[1]))
        print(type(told).__name__, told)

asyncio.run(go())
"""


@pytest.mark.slow
def test_a_file_that_may_not_grow(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path / "clip.mp4")],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=60,
    )  # fmt: skip

    assert ran.stdout.startswith("LocalTool the clip cannot be written"), ran.stderr
    assert (tmp_path / "clip.mp4").stat().st_size <= 1 << 20


@pytest.mark.parametrize("limit", [1, 4])
def test_no_more_downloads_at_once_than_allowed(limit: int, tmp_path: Path) -> None:
    async def go() -> None:
        waiting, go_on, enough = [], asyncio.Event(), asyncio.Event()

        async def serve(peer: Peer) -> bool:
            asked = await peer.read()
            if asked is None:
                return False
            if asked.target == "/content":
                waiting.append(asked)
                if len(waiting) == limit:
                    enough.set()
                await go_on.wait()
            await peer.send(message(200, b"clip", MP4))
            return True

        options = {"downloads": limit, "read_timeout": 30}
        async with Loopback(serve) as server, provider(server.url, Asks(CONTENT), options=options) as studio:
            fetches = [studio.fetch(f"v{n}", tmp_path / f"{n}", lambda *said: None, 1 << 30) for n in range(12)]
            all_done = asyncio.gather(*fetches)
            await enough.wait()
            for _ in range(20):  # whoever else was on the way would have arrived meanwhile
                await studio.hold(Asks(Request("GET", "/other")).submit())
            assert len(waiting) == limit
            go_on.set()
            await all_done
            assert len(waiting) == 12

    asyncio.run(go())


@pytest.mark.slow
@pytest.mark.parametrize("way", ["length", "chunked"])
def test_a_large_clip_takes_no_memory(way: str, tmp_path: Path) -> None:
    piece, count = bytes(1 << 20), 200

    async def serve(peer: Peer) -> None:
        await peer.read()
        size = f"Content-Length: {count << 20}" if way == "length" else "Transfer-Encoding: chunked"
        await peer.send(f"HTTP/1.1 200 OK\r\n{MP4}\r\n{size}\r\n\r\n".encode())
        for _ in range(count):
            await peer.send(piece if way == "length" else b"100000\r\n" + piece + b"\r\n")
        if way == "chunked":
            await peer.send(b"0\r\n\r\n")

    async def go() -> None:
        async with Loopback(serve) as server:
            tracemalloc.start()
            try:
                done = await fetched(server, tmp_path / "clip.mp4", read_timeout=60)
                _, peak = tracemalloc.get_traced_memory()
            finally:
                tracemalloc.stop()
            assert isinstance(done, Asks)
            assert (tmp_path / "clip.mp4").stat().st_size == count << 20
            assert peak < 16 << 20

    asyncio.run(go())
