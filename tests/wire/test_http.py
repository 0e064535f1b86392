"""The provider as the engine sees it: conversations are carried to their answers, and no secret leaves in words."""

from __future__ import annotations

import asyncio
import time
import traceback
from collections.abc import Generator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from reelmake.errors import Ambiguous, Endless, NoAccess, Refused, StepError, Transient
from reelmake.model.frame import Size
from reelmake.model.http import Auth, Request, Response
from reelmake.model.order import ClipOrder
from reelmake.model.remote import Accepted, Dead, Pending, Ready, Status, Submission
from tests.wire.loopback import Loopback, Peer, message, raw, reply
from tests.wire.talk import SECRET, provider

Steps = Generator[Request, Response, Any]


class Small:
    """A little API with every question of ports.Conversation. `closed` tells which talks were cut short."""

    auth = Auth()

    def __init__(self) -> None:
        self.closed: list[str] = []

    def submit(self, submission: Submission) -> Steps:
        try:
            upload = yield Request("POST", "/upload", form=(("name", submission.token),))
            job = yield Request(
                "POST", "/jobs", json={"prompt": submission.order.prompt, "image": upload.data["id"]}, paid=True
            )
        except GeneratorExit:
            self.closed.append("submit")
            raise
        if not job.ok:
            raise Refused(f"{job.status}: {job.text}", next_steps=(f"curl -H {job.text}",))
        return Accepted(job.data["id"])

    def poll(self, remote: str) -> Steps:
        got = yield Request("GET", f"/jobs/{remote}")
        if got.status == 401:
            raise NoAccess(f"it does not let us in: {got.text}")
        status: Status = {
            "done": Ready(Decimal("0.5")),
            "failed": Dead("RM920", got.text),
        }.get(got.data["status"], Pending(0.5, got.text, 3.0))
        return status

    def fetch(self, remote: str) -> Steps:
        got = yield Request("GET", f"/jobs/{remote}")
        yield Request("GET", got.data["url"], save=True, open=True)

    def find(self, attempt: Any) -> Steps:
        return ("v1",)
        yield

    cancel = remove = listing = poll


def order() -> Submission:
    told = {"operation": "generate", "prompt": "A kite.", "avoid": "", "size": Size(128, 72), "seconds": Fraction(4)}
    rest = {
        "seed": None,
        "variation": 1,
        "take": 1,
        "extras": {},
        "shot": "park",
        "provider": "studio",
        "tier": "final",
    }
    job = ClipOrder(dialect="small/1", model="m1", **told, **rest)  # type: ignore[arg-type]
    return Submission(job, {}, "token-1")


def test_a_conversation_of_two_requests() -> None:
    async def go() -> None:
        async with (
            Loopback(reply(200, b'{"id": "file-1"}'), reply(200, b'{"id": "v1"}')) as server,
            provider(server.url, Small()) as studio,
        ):
            assert await studio.submit(order()) == Accepted("v1")
            upload, job = server.asked
            assert b"token-1" in upload.body
            assert job.body == b'{"prompt":"A kite.","image":"file-1"}'

    asyncio.run(go())


@pytest.mark.parametrize(("lost", "kind"), [(1, Transient), (2, Ambiguous)])
def test_only_the_paid_request_of_an_order_is_ambiguous(lost: int, kind: type[StepError]) -> None:
    small = Small()

    async def go() -> None:
        acts = [reply(200, b'{"id": "file-1"}', keep=False)] * (lost - 1)
        async with Loopback(*acts, raw(b"")) as server, provider(server.url, small) as studio:
            with pytest.raises(kind):
                await studio.submit(order())
            assert len(server.asked) == lost

    asyncio.run(go())
    assert small.closed == ["submit"]


def test_a_question_that_needs_no_request() -> None:
    async def go() -> None:
        async with provider("http://127.0.0.1:9", Small()) as studio:
            assert await studio.find(None) == ("v1",)  # type: ignore[arg-type]

    asyncio.run(go())


def test_the_clip_comes_from_where_the_reply_says(tmp_path: Path) -> None:
    async def go() -> None:
        async with Loopback(reply()) as server, provider(server.url, Small()) as studio:
            server.acts = (reply(200, b'{"url": "%s/x?sig=1"}' % server.url.encode()), reply(200, b"clip"))
            await studio.fetch("v1", tmp_path / "clip.mp4", lambda *said: None, 1 << 30)
            assert (tmp_path / "clip.mp4").read_bytes() == b"clip"
            assert "authorization" not in server.asked[1].headers

    asyncio.run(go())


ECHO = f'{{"error": "bad key {SECRET} at https://me:pw123456@h.example/x?token={SECRET}", "status": "%s"}}'


async def echo(peer: Peer) -> bool:
    """A server that says everything back, as some do."""
    asked = await peer.read()
    if asked is None:
        return False
    status = {"/jobs/denied": 401, "/jobs": 400}.get(asked.target, 200)
    word = asked.target.rpartition("/")[2]
    await peer.send(message(status, (ECHO % word).replace('{"', '{"id": "f", "').encode()))
    return True


def test_no_words_leave_with_a_secret() -> None:
    async def go() -> None:
        async with Loopback(echo) as server, provider(server.url, Small()) as studio:
            with pytest.raises(NoAccess) as denied:
                await studio.poll("denied")
            with pytest.raises(Refused) as refused:
                await studio.submit(order())
            dead, pending = await studio.poll("failed"), await studio.poll("queued")
            assert isinstance(dead, Dead)
            assert isinstance(pending, Pending)
            assert (pending.fraction, pending.after) == (0.5, 3.0)
            assert str(denied.value).startswith(f"{studio.name} does not let us in: ")  # "it" has a name here
            said = [dead.message, pending.note, *refused.value.next_steps]
            said += ["".join(traceback.format_exception(each.value)) for each in (denied, refused)]
            for text in said:
                assert "bad key" in text
                assert SECRET not in text
                assert "pw123456" not in text
            assert SECRET in str(server.asked)  # it was there to be echoed

    asyncio.run(go())


def test_what_goes_wrong_on_the_way_names_no_secret() -> None:
    async def go() -> None:
        async with Loopback(raw(f"HTTP/1.1 {SECRET}\r\n\r\n".encode())) as server:
            url = server.url.replace("//", "//me:pw123456@") + f"/v1?key={SECRET}"
            async with provider(url, Small()) as studio:
                with pytest.raises(Transient) as told:
                    await studio.poll("v1")
            shown = "".join(traceback.format_exception(told.value))
            assert SECRET not in shown
            assert "pw123456" not in shown
            assert "127.0.0.1" in shown

    asyncio.run(go())


def test_a_connection_is_let_go() -> None:
    async def go() -> None:
        gone = asyncio.Event()

        async def serve(peer: Peer) -> None:
            await peer.read()
            await peer.send(message(200, b'{"status": "queued"}'))
            await peer.gone()
            gone.set()

        async with Loopback(serve) as server:
            async with provider(server.url, Small()) as studio:
                await studio.poll("v1")
                assert not gone.is_set()
            await asyncio.wait_for(gone.wait(), 5)

    asyncio.run(go())


class Within(Small):
    """Its clips come within the answer about a job."""

    def fetch(self, remote: str) -> Steps:
        got = yield Request("GET", f"/jobs/{remote}", wait=0.05)
        return bytes.fromhex(got.data["clip"])


@pytest.mark.parametrize("most", [4, 3])
def test_a_clip_that_a_conversation_returns_is_written(tmp_path: Path, most: int) -> None:
    async def go() -> None:
        async with Loopback(reply(200, b'{"clip": "00010203"}')) as server, provider(server.url, Within()) as far:
            if most < 4:
                with pytest.raises(Endless):
                    await far.fetch("j1", tmp_path / "clip", lambda *_: None, most)
                assert not (tmp_path / "clip").exists()
                return
            began = time.monotonic()
            await far.fetch("j1", tmp_path / "clip", lambda *_: None, most)
            assert (tmp_path / "clip").read_bytes() == bytes(range(4))
            assert time.monotonic() - began >= 0.05

    asyncio.run(go())
