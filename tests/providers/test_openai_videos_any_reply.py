"""Whatever a server says, a conversation ends in one of the agreed ways, and never claims what was not said."""

from __future__ import annotations

import json
import math
import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from reelmake import errors
from reelmake.model.http import Request, Response
from reelmake.model.remote import Accepted, Dead, Pending, Ready
from reelmake.model.storyboard import ProviderSpec
from reelmake.providers.openai_videos import converse
from reelmake.providers.openai_videos.conversation import Videos
from reelmake.providers.openai_videos.video import FAILED, LOST, READY
from tests.support import exchange as record

WORDS = [*READY, *FAILED, *LOST, "queued", "COMPLETED", " failed ", "in progress", "odd", "", "video", "\ud800", "\x00"]
KEYS = [
    "id", "task_id", "object", "status", "progress", "error", "code", "message", "detail", "data", "created_at",
    "expires_at", "prompt", "model", "size", "seconds", "usage", "cost", "has_more", "url", "deleted", "msg", "name",
    "generations", "failure_reason", "remixed_from_video_id", "base_resp", "type", "param", "width", "height",
]  # fmt: skip
TEXTS = [
    "video_1", "../x?y=1", "A child flies a kite.", "sora-2", "1280x720", "8", "8s", "1e400", "-1", "9" * 400,
    "https://a.example/c.mp4", '{"error": {"code": "moderation_blocked"}}', "{" * 3000, "insufficient_quota",
]  # fmt: skip
SCALARS = [None, True, False, 0, 1, 7, 200, -5, 10**300, record.AT + 9, record.AT - 9, 0.5, math.nan, -math.inf, *WORDS]
WAITS = [
    "", "1", "-1", "1e9", "nan", "inf", "6m0s", "1790000009", "Mon, 21 Sep 2026 14:13:20 GMT", "Mon, 99 Foo 2026",
    "Thu, 01 Jan 99999 00:00:00 GMT", "https://x.example/?k=1", "9" * 500,
]  # fmt: skip
HEADERS = [
    "retry-after", "retry-after-ms", "openai-poll-after-ms", "date", "location", "x-ratelimit-reset-requests",
    "x-ratelimit-remaining-requests", "x-litellm-response-cost", "llm_provider-retry-after",
]  # fmt: skip
GARBAGE = [b"", b"<html><title>x</title>", b'{"id": "v', b"[" * 5000, b"\xff\xfe", b"null", b'"' * 9]
STATUSES = [200, 200, 201, 302, 400, 401, 403, 404, 409, 410, 422, 429, 500, 502, 503]
SERVERS = ["openai", "vllm-omni", "azure-jobs"]  # the three that read answers differently


class Stranger:
    """A server that says anything, the same for the same number; near enough to the shape to be taken seriously."""

    def __init__(self, number: int) -> None:
        self.chance = random.Random(number)
        self.server = self.chance.choice(SERVERS)

    def replies(self, count: int) -> list[Response]:
        return [self.reply() for _ in range(count)]

    def reply(self) -> Response:
        chance, kind = self.chance, self.chance.random()
        status = 200 if kind < 0.4 else chance.choice(STATUSES) if kind < 0.9 else chance.randrange(100, 600)
        headers = {name: chance.choice(WAITS) for name in HEADERS if chance.random() < 0.15}
        body = chance.choice(GARBAGE) if chance.random() < 0.15 else json.dumps(self.whole()).encode()
        return Response(status, headers, body, chance.choice([0.0, record.AT]))

    def whole(self) -> Any:
        kind = self.chance.random()
        if kind < 0.4:
            return self.video()
        if kind < 0.6:
            more = {} if self.chance.random() < 0.3 else {"has_more": self.value(1)}
            return {"data": [self.video() for _ in range(self.chance.randrange(4))], **more}
        return {"data": self.video(), "code": self.value(1)} if kind < 0.7 else self.value(4)

    def video(self) -> Any:
        if self.chance.random() < 0.3:
            at = record.AT + self.chance.choice([-9, 9])
            known = {"prompt": "A child flies a kite.", "model": "sora-2", "created_at": at}
            return {"id": f"video_{self.chance.randrange(9)}", **known}
        job = {name: self.value(3) for name in KEYS if self.chance.random() < 0.5}
        fits = self.chance.random() < 0.7
        return {**job, "id": self.chance.choice(TEXTS), "status": self.chance.choice(WORDS)} if fits else job

    def value(self, depth: int) -> Any:
        kind = self.chance.random()
        if depth <= 1 or kind < 0.6:
            return self.chance.choice(SCALARS if kind < 0.4 else TEXTS)
        if kind < 0.75:
            return [self.value(depth - 1) for _ in range(self.chance.randrange(4))]
        return {self.chance.choice(KEYS): self.value(depth - 1) for _ in range(self.chance.randrange(6))}


STRANGERS = st.integers(0, 2**40).map(Stranger)


def with_(stranger: Stranger) -> Videos:
    return converse(ProviderSpec("studio", "openai-videos", options={"server": stranger.server}))


def held(talk: Any, replies: list[Response]) -> tuple[list[Request], list[Response], Any]:
    """What was asked, the replies that were used (the last one again and again), and the end."""
    asked, used = [], []
    try:
        request = next(talk)
        while True:
            assert len(asked) < 200, "it asks without end"
            asked.append(request)
            used.append(replies[min(len(used), len(replies) - 1)])
            request = talk.send(used[-1])
    except StopIteration as end:
        return asked, used, end.value
    except errors.StepError as error:
        return asked, used, error


def words_of(reply: Response) -> set[str]:
    """Every status word in a reply, as it is read."""
    found = set()
    for value in (reply.data, reply.data.get("data") if isinstance(reply.data, dict) else None):
        if isinstance(value, dict) and isinstance(value.get("status"), str):
            found.add(value["status"].strip().lower().replace(" ", "_").replace("-", "_"))
    return found


@settings(max_examples=1000, deadline=None)
@given(STRANGERS, st.sampled_from(["", "video_0"]), st.sampled_from(["generate", "remix", "extend"]))
def test_an_order(stranger: Stranger, source: str, operation: str) -> None:
    conversation, reply = with_(stranger), stranger.reply()
    order = record.order({"source": "a.mp4"}, source=source, operation=operation)
    asked, _, end = held(conversation.submit(order), [reply])
    assert sum(request.paid for request in asked) <= 1
    assert isinstance(end, Accepted | errors.StepError)
    if not asked:
        assert isinstance(end, errors.Gone | errors.Refused)  # it was never sent
    elif isinstance(end, Accepted):
        assert reply.ok
        assert end.remote.strip()
        end.remote.encode()
        assert end.cost is None or end.cost > 0
    elif reply.ok or reply.status < 200 or reply.status in (408, 502, 504) or reply.status > 503:
        assert type(end) is errors.Ambiguous
    elif reply.status == 500:
        assert type(end) in (errors.Ambiguous, errors.NoAccess)
    elif type(end) is errors.Transient:
        assert reply.status in (425, 429, 503)  # nothing else is sent again


@settings(max_examples=1000, deadline=None)
@given(STRANGERS)
def test_a_poll(stranger: Stranger) -> None:
    conversation, reply = with_(stranger), stranger.reply()
    _, _, end = held(conversation.poll("video_1"), [reply])
    if isinstance(end, Ready):
        assert reply.ok
        assert words_of(reply) & READY
    elif isinstance(end, Dead):
        assert words_of(reply) & (FAILED | LOST)
        assert end.message
        end.message.encode()
    elif isinstance(end, Pending):
        assert reply.ok
        assert end.fraction is None or 0 <= end.fraction <= 1
        assert end.after is None or 0 <= end.after < 1e10
    else:
        assert isinstance(end, errors.StepError)
        str(end).encode()
        if reply.ok or reply.status >= 500:
            assert isinstance(end, errors.Transient | errors.NoAccess) or reply.status == 501


@settings(max_examples=1000, deadline=None)
@given(STRANGERS)
def test_a_clip(stranger: Stranger) -> None:
    asked, used, end = held(with_(stranger).fetch("video_1"), stranger.replies(3))
    if end is None:
        assert asked[-1].save
        assert used[-1].status == 200
        assert not used[-1].body
    else:
        assert isinstance(end, errors.StepError)
        str(end).encode()
    assert not any(request.paid for request in asked)
    assert all(request.open for request in asked if "://" in request.url)
    assert all(request.url.startswith(("/", "http://", "https://")) for request in asked)


@settings(max_examples=1000, deadline=None)
@given(STRANGERS)
def test_a_lost_order(stranger: Stranger) -> None:
    _, used, end = held(with_(stranger).find(record.attempt("2026-09-21T14:13:20Z")), stranger.replies(3))
    if isinstance(end, tuple):
        assert used
        assert all(isinstance(id, str) and id for id in end)
        if not end:  # "it never arrived" is only said of lists that could be read
            assert all(reply.ok and isinstance(reply.data, list | dict) for reply in used)
    else:
        assert isinstance(end, errors.StepError)
        str(end).encode()


@settings(max_examples=1000, deadline=None)
@given(STRANGERS, st.sampled_from(["cancel", "remove", "listing", "known_character", "picture", "character"]))
def test_the_rest(stranger: Stranger, ask: str) -> None:
    conversation, reply = with_(stranger), stranger.reply()
    more = {"listing": (), "picture": ("video_1", "thumbnail"), "character": ("Maya", "maya.mp4")}
    _, used, end = held(getattr(conversation, ask)(*more.get(ask, ("video_1",))), [reply])
    if isinstance(end, errors.StepError):
        str(end).encode()
    elif used:
        assert used[-1].ok or (ask == "cancel" and used[-1].status == 409)
