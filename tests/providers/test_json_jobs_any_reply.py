"""Whatever a vendor says, a conversation ends in one of the agreed ways, and never claims what was not said."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from reelmake import catalog, errors
from reelmake.model.http import Request, Response
from reelmake.model.remote import Accepted, Dead, Pending, Ready
from reelmake.model.storyboard import ProviderSpec
from reelmake.providers.json_jobs.conversation import JsonJobs
from reelmake.providers.json_jobs.json_path import link, look, token, word
from tests.providers.test_json_jobs_exchanges import VENDORS
from tests.support import acme, gadget
from tests.support import exchange as record


def _talks(name: str) -> JsonJobs:
    spec = ProviderSpec("studio", name)
    found: JsonJobs = catalog.module(spec).converse(spec)
    return found


TALKS = {"acme": acme.talks(), "gadget": gadget.talks(), **{name: _talks(name) for name in VENDORS}}
FILES = [talks.vendor for talks in TALKS.values()]
WORDS = sorted({w for v in FILES for w in (*v.status.pending, *v.status.ready, *v.status.dead)})
CODES = sorted({c for v in FILES for c in (*v.errors, *(v.envelope.ok if v.envelope else ()))})
KEYS = [
    "id", "task_id", "request_id", "job", "data", "task", "status", "state", "word", "code", "err", "why", "msg",
    "error", "message", "base_resp", "status_code", "status_msg", "video_url", "video", "url", "content", "output",
    "clips", "file", "file_id", "download_url", "respect_moderation", "usage", "cost", "credits", "cents", "progress",
    "expires_at", "until", "flags", "jobs", "more", "models", "text", "born", "money", "left", "failureCode",
]  # fmt: skip
TEXTS = ["j1", "../x?y=1", "A child flies a kite.", "1280x720", "8s", "1e400", "-1", "9" * 400, "{" * 3000, "\x00"]
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 600), st.just(10**300), st.just(record.AT + 1), st.just("\ud800"),
    st.floats(allow_nan=True, allow_infinity=True), st.sampled_from(TEXTS), st.text(max_size=8),
)  # fmt: skip
STATUSES = st.sampled_from([200, 200, 200, 201, 302, 400, 401, 403, 404, 409, 410, 422, 429, 500, 502, 503, 599])
HEADERS = st.dictionaries(
    st.sampled_from(["retry-after", "retry-after-ms", "date", "location", "x-ratelimit-reset-requests"]),
    st.sampled_from(["", "1", "-1", "nan", "6m0s", "Mon, 21 Sep 2026 14:13:20 GMT", "Mon, 99 Foo 2026", "9" * 500]),
    max_size=2,
)
VALUES = st.one_of(SCALARS, st.sampled_from(WORDS), st.sampled_from(CODES), st.just("https://c.example/1.mp4"))
JSON = st.recursive(
    VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=8),
    max_leaves=25,
)
BODIES = st.one_of(
    st.dictionaries(st.sampled_from(KEYS), JSON, min_size=1).map(lambda value: json.dumps(value).encode()),
    JSON.map(lambda value: json.dumps(value).encode()),
    st.sampled_from([b"", b"<html><title>x</title>", b'{"id": "v', b"[" * 5000, b"\xff\xfe", b"null"]),
)
REPLIES = st.builds(Response, STATUSES, HEADERS, BODIES, st.sampled_from([0.0, record.AT]))
NAMES = st.sampled_from(sorted(TALKS))


def planted(steps: list[str], thing: Any) -> Any:
    """A reply that holds this thing at a place."""
    if not steps:
        return thing
    name, is_rule, wanted = steps[0].partition("=")
    inner = planted(steps[1:], thing)
    if is_rule:
        return [{**(inner if isinstance(inner, dict) else {}), name: wanted}]
    return [inner] if steps[0] == "*" or steps[0].isdigit() else {steps[0]: inner}


def joined(one: Any, other: Any) -> Any:
    if isinstance(one, dict) and isinstance(other, dict):
        return {**one, **{name: joined(one[name], part) if name in one else part for name, part in other.items()}}
    return other


@st.composite
def fitting(draw: st.DrawFn, talks: JsonJobs) -> Response:
    """A reply that has something at the places where this vendor has it."""
    ways, clip = talks.vendor.status, talks.vendor.clip
    value: dict[str, Any] = {}
    envelope = talks.vendor.envelope.code if talks.vendor.envelope else ()
    places = [
        *ways.word,
        *clip.url,
        *(p for places in clip.files.values() for p in places),
        *ways.code,
        *ways.message,
        *ways.progress,
        *ways.blocked,
        *envelope,
    ]
    places += [*talks.vendor.id, *(p for part in ways.cost for p in part.at), *ways.expires, *ways.error, *clip.base64]
    for place in draw(st.lists(st.sampled_from(places or ["id"]), unique=True, max_size=6)):
        value = joined(value, planted(place.split("."), draw(VALUES)))
    return Response(200, {}, json.dumps(value).encode(), record.AT)


def job(talks: JsonJobs) -> str:
    """The id of a job there, with what it keeps of its order."""
    kept = {"path": "path=/videos", "model": "model=veo-3"}
    return "j1" + "#" * bool(talks.vendor.keep) + "&".join(kept[name] for name in talks.vendor.keep)


def held(talk: Any, replies: list[Response]) -> tuple[list[Request], list[Response], Any]:
    """What was asked, the replies that were used (the last one again and again), and the end."""
    asked: list[Request] = []
    used: list[Response] = []
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


def agreed(end: Any) -> None:
    assert isinstance(end, errors.StepError)
    str(end).encode()


@settings(max_examples=200, deadline=None)
@given(st.data(), NAMES, st.sampled_from(["generate", "remix", "extend"]), st.sampled_from(["", "j0"]))
def test_an_order(data: st.DataObject, name: str, operation: str, source: str) -> None:
    talks = TALKS[name]
    seconds = {"soravideo": 10, "minimax": 6}.get(name, 8)
    size = "1366x768" if name.startswith("minimax") else "1280x720"
    order = record.order({"source": "a.mp4"}, source, operation=operation, seconds=seconds, size=size)
    replies = data.draw(st.lists(REPLIES | fitting(talks), min_size=1, max_size=3))
    asked, used, end = held(talks.submit(order), replies)
    assert sum(request.paid for request in asked) <= 1
    assert not any(request.paid for request in asked[:-1])
    if isinstance(end, Accepted):
        assert asked[-1].paid
        assert used[-1].ok
        assert end.remote.strip() or end.content
        end.remote.encode()
        return
    agreed(end)
    if asked and asked[-1].paid and type(end) is errors.Transient:
        told = word(used[-1].data, talks.vendor.envelope.code) if talks.vendor.envelope else ""
        busy = "busy" in talks.vendor.errors.values()  # such a code may stand anywhere in an error
        assert used[-1].status in (425, 429, 503) or told in ("425", "429", "503") or busy


@settings(max_examples=300, deadline=None)
@given(st.data(), NAMES)
def test_a_poll(data: st.DataObject, name: str) -> None:
    talks = TALKS[name]
    ways = talks.vendor.status
    reply = data.draw(REPLIES | fitting(talks))
    _, _, end = held(talks.poll(job(talks)), [reply])
    said = token(look(reply.data, ways.word))
    if isinstance(end, Ready):
        assert reply.ok
        assert said in ways.ready or (not said and link(reply.data, talks.vendor.clip.url))
    elif isinstance(end, Dead):
        assert reply.ok
        assert said in ways.dead or ways.blocked or look(reply.data, ways.error)
        assert end.message
        end.message.encode()
    elif isinstance(end, Pending):
        assert reply.ok
        assert said not in ways.ready | ways.dead.keys()
        assert end.fraction is None or 0 <= end.fraction <= 1
        assert end.after is None or 0 <= end.after < 1e10
    else:
        agreed(end)


@settings(max_examples=200, deadline=None)
@given(st.data(), NAMES)
def test_a_clip(data: st.DataObject, name: str) -> None:
    talks = TALKS[name]
    asked, used, end = held(
        talks.fetch(job(talks)), data.draw(st.lists(REPLIES | fitting(talks), min_size=1, max_size=3))
    )
    assert not any(request.paid for request in asked)
    for request in asked:
        assert request.url.startswith(("/", "http://", "https://"))
        assert request.open == ("://" in request.url and not talks.vendor.clip.authenticated)
    if end is None:
        assert asked[-1].save
        assert used[-1].status == 200
        assert not used[-1].body
    elif isinstance(end, bytes):
        assert talks.vendor.clip.base64
        assert end
    else:
        agreed(end)


@settings(max_examples=150, deadline=None)
@given(st.data(), st.lists(REPLIES, min_size=1, max_size=3))
def test_a_lost_order(data: st.DataObject, replies: list[Response]) -> None:
    _, used, end = held(TALKS["acme"].find(record.attempt("2026-09-21T14:13:20Z")), replies)
    if isinstance(end, tuple):
        assert all(reply.ok and isinstance(reply.data, dict) for reply in used)
    else:
        agreed(end)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["gadget", "kling"]), st.lists(REPLIES, min_size=1, max_size=3))
def test_an_order_that_is_looked_up(name: str, replies: list[Response]) -> None:
    """It is there where an answer has its id, and certainly is not where every answer says that."""
    talks = TALKS[name]
    asked, used, end = held(talks.find(record.attempt("2026-09-21T14:13:20Z", {"model": "m"})), replies)
    assert not any(request.paid for request in asked)
    if end == ():
        codes = [word(reply.data, talks.vendor.envelope.code) if talks.vendor.envelope else "" for reply in used]
        assert all(reply.status in (400, 404, 410, 422) or code for reply, code in zip(used, codes, strict=True))
    elif isinstance(end, tuple):
        assert used[-1].ok
        assert len(end) == 1
    else:
        agreed(end)


@settings(max_examples=300, deadline=None)
@given(REPLIES, NAMES, st.sampled_from(["cancel", "remove", "listing", "models", "credit"]))
def test_the_rest(reply: Response, name: str, ask: str) -> None:
    asked: list[Request]
    if getattr(TALKS[name], ask) is None:
        assert ask in ("models", "credit")
        return
    asked, used, end = held(
        getattr(TALKS[name], ask)(*((job(TALKS[name]),) if ask in ("cancel", "remove") else ())), [reply]
    )
    assert not any(request.paid for request in asked)
    if isinstance(end, errors.StepError):
        agreed(end)
    else:
        assert used[-1].ok
