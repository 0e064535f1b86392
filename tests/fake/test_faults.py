"""Every word of a script, and what a client meets because of it. The table is complete: see the last test."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from reelmake_fake.faults import ENDS, STAGES, WORDS
from tests.fake.conftest import Serve

Look = Callable[[httpx.Response], bool]


def error(status: int, code: str | None = None, **headers: str) -> Look:
    def look(reply: httpx.Response) -> bool:
        right = reply.status_code == status and reply.json()["error"]["code"] == code
        return right and all(reply.headers.get(k.replace("_", "-")) == v for k, v in headers.items())

    return look


def page(status: int) -> Look:
    return lambda r: r.status_code == status and r.headers["content-type"] == "text/html" and "<html>" in r.text


def video(**fields: object) -> Look:
    return lambda r: r.status_code == 200 and {k: r.json()[k] for k in fields} == fields


def broken(reply: httpx.Response) -> bool:
    try:
        reply.json()
    except ValueError:
        return reply.status_code == 200 and reply.text.startswith("{")
    return False


def no_id(reply: httpx.Response) -> bool:
    return reply.status_code == 200 and "id" not in reply.json() and reply.json()["status"] == "completed"


LOST = "the connection broke"
fine = video(status="completed", progress=100)

CREATE: list[tuple[str, Look | str, int]] = [
    ("ok", fine, 1),
    ("refuse-429", error(429, "rate_limit_exceeded", retry_after="1"), 0),
    ("refuse-429:7", error(429, "rate_limit_exceeded", retry_after="7"), 0),
    ("refuse-429:250ms", error(429, "rate_limit_exceeded", retry_after_ms="250"), 0),
    ("refuse-429:none", lambda r: r.status_code == 429 and "retry-after" not in r.headers, 0),
    ("refuse-429:date", lambda r: r.status_code == 429 and r.headers["retry-after"].endswith("GMT"), 0),
    ("busy-503:2", error(503, "server_overloaded", retry_after="2"), 0),
    ("500", error(500, "server_error"), 0),
    ("502-html", page(502), 0),
    ("400-moderation", error(400, "moderation_blocked"), 0),
    ("400-quota", error(400, "billing_hard_limit_reached"), 0),
    ("429-quota", error(429, "insufficient_quota"), 0),
    ("401", error(401, "invalid_api_key"), 0),
    ("403", error(403), 0),
    ("slow:0.01", fine, 1),
    ("drop-before", LOST, 0),
    ("drop", LOST, 1),
    ("half", LOST, 1),
    ("garbage", broken, 1),
    ("no-id", no_id, 1),
]


@pytest.mark.parametrize(("word", "look", "billed"), CREATE, ids=[row[0] for row in CREATE])
def test_at_create(serve: Serve, word: str, look: Look | str, billed: int) -> None:
    server, client = serve()

    meets(lambda: client.order(f"create:{word}"), look)
    assert len(server.bill) == billed

    again = client.order(f"create:{word}")  # the word is used up
    assert fine(again)
    assert len(server.bill) == billed + 1


POLL: list[tuple[str, Look | str]] = [
    ("ok", fine),
    ("pending", video(status="in_progress", completed_at=None)),
    ("429:3", error(429, "rate_limit_exceeded", retry_after="3")),
    ("500", error(500, "server_error")),
    ("502-html", page(502)),
    ("garbage", broken),
    ("drop", LOST),
    ("slow:0.01", fine),
    ("unknown-status:polishing", video(status="polishing")),
    ("unknown-status", video(status="processing")),
    ("nulls", video(progress=None, created_at=None, seconds=None, size=None, status="completed")),
    ("id-changes", lambda r: r.json()["id"].endswith("_polled")),
    ("gone", error(404, "video_not_found")),
]


@pytest.mark.parametrize(("word", "look"), POLL, ids=[row[0] for row in POLL])
def test_at_poll(serve: Serve, word: str, look: Look | str) -> None:
    server, client = serve()
    id = client.made(f"poll:{word}")

    meets(lambda: client.get(f"/videos/{id}"), look)
    assert fine(client.get(f"/videos/{id}"))
    named = None if word == "ok" else f"poll:{word.partition(':')[0]}"
    assert [line.get("fault") for line in server.requests] == [None, named, None]
    assert server.service.shelf.videos[id].polls == 1


def test_done_and_stall_stand_above_the_clock(serve: Serve) -> None:
    _, client = serve(takes=3600)
    id = client.made("pending", "stall:2", "done")

    seen = [client.get(f"/videos/{id}").json() for _ in range(5)]

    assert [v["status"] for v in seen] == ["in_progress", "in_progress", "in_progress", "completed", "completed"]
    assert [v["progress"] for v in seen[1:]] == [10, 10, 100, 100]
    assert client.get(f"/videos/{id}/content").status_code == 200


def test_a_lost_job_is_gone_from_everywhere(serve: Serve) -> None:
    server, client = serve()
    id = client.made("lost")

    assert [client.get(f"/videos/{id}{rest}").status_code for rest in ("", "", "/content")] == [404, 404, 404]
    assert client.get("/videos").json()["data"] == []
    assert len(server.bill) == 1


ENDINGS = [
    ("fail", 200, "failed", {"code": "server_error"}),
    ("fail:moderation_blocked", 200, "failed", {"code": "moderation_blocked"}),
    ("fail-http:422", 422, "failed", {"code": "server_error"}),
    ("expired", 200, "expired", None),
    ("cancelled", 200, "cancelled", None),
    ("no-content", 200, "completed", None),
]


@pytest.mark.parametrize(("word", "status", "said", "why"), ENDINGS, ids=[row[0] for row in ENDINGS])
def test_how_a_job_ends(serve: Serve, word: str, status: int, said: str, why: dict[str, str] | None) -> None:
    _, client = serve()
    id = client.made(word)

    for _ in range(2):  # it stays so
        reply = client.get(f"/videos/{id}")
        assert (reply.status_code, reply.json()["status"]) == (status, said)
        assert (reply.json()["error"] or {}).get("code") == (why or {}).get("code")
    assert error(404, "video_not_ready")(client.get(f"/videos/{id}/content"))


CONTENT: list[tuple[str, Look | str]] = [
    ("ok", lambda r: r.status_code == 200),
    ("404", error(404, "video_not_available")),
    ("429", error(429, "rate_limit_exceeded", retry_after="1")),
    ("500", error(500, "server_error")),
    ("502-html", page(502)),
    ("drop", LOST),
    ("cut", LOST),
    ("chunked", lambda r: r.status_code == 200 and "content-length" not in r.headers and len(r.content) > 1000),
    ("chunked-cut", LOST),
    ("too-long", LOST),
    ("too-short", lambda r: r.status_code == 200 and int(r.headers["content-length"]) == len(r.content)),
    ("redirect:http://elsewhere.example/clip", lambda r: r.headers["location"] == "http://elsewhere.example/clip"),
    ("redirect-private", lambda r: r.status_code == 302 and r.headers["location"].startswith("http://10.")),
    ("redirect-loop", lambda r: r.status_code == 302 and r.headers["location"] == r.url.path),
    ("elsewhere", lambda r: r.status_code == 400 and "http://127.0.0.1:" in r.text),
    ("html", page(200)),
    ("empty", lambda r: r.status_code == 200 and r.headers["content-type"] == "video/mp4" and r.content == b""),
    ("not-a-video", lambda r: r.headers["content-type"] == "video/mp4" and b"no video" in r.content),
    ("damaged", lambda r: r.content[4:8] == b"ftyp" and len(r.content) == int(r.headers["content-length"])),
    ("a-sound", lambda r: r.content[:4] == b"RIFF" and r.headers["content-type"] == "video/mp4"),
    ("a-gif", lambda r: r.content[:4] == b"GIF8" and r.headers["content-type"] == "video/mp4"),
    ("slow:0.02", lambda r: r.status_code == 200),
]


@pytest.mark.parametrize(("word", "look"), CONTENT, ids=[row[0] for row in CONTENT])
def test_at_content(serve: Serve, word: str, look: Look | str) -> None:
    _, client = serve()
    id = client.made(f"content:{word}")

    meets(lambda: client.get(f"/videos/{id}/content"), look)
    whole = client.get(f"/videos/{id}/content")
    assert whole.headers["content-type"] == "video/mp4"
    assert whole.content[4:8] == b"ftyp"


def test_too_short_is_less_than_there_is(serve: Serve) -> None:
    _, client = serve()
    id = client.made("too-short")

    short, whole = (client.get(f"/videos/{id}/content").content for _ in range(2))

    assert whole.startswith(short)
    assert 0 < len(short) < len(whole)


def test_elsewhere_needs_no_key_and_says_who_brought_one(serve: Serve) -> None:
    server, client = serve()
    id = client.made("redirect-self")
    place = client.get(f"/videos/{id}/content").headers["location"]

    assert place.startswith("http://127.0.0.1:")
    assert not place.startswith(server.address)
    assert httpx.get(place).content == client.get(f"/videos/{id}/content").content
    httpx.get(place, headers={"authorization": "Bearer carried along"})
    assert [line["credentials"] for line in server.requests if line["path"].startswith("/clips")] == [False, True]


@pytest.mark.parametrize(("word", "billed"), [("create:hold-before", 0), ("create:hold", 1)])
def test_a_held_order_waits_until_released(serve: Serve, word: str, billed: int) -> None:
    server, client = serve()
    with ThreadPoolExecutor(1) as other:
        waiting = other.submit(client.order, word)
        server.until(lambda s: bool(s.requests) and s.requests[-1].get("held") is True)
        assert len(server.bill) == billed
        server.release()

        assert fine(waiting.result(20))
    assert len(server.bill) == 1


def test_a_held_poll_waits_until_released(serve: Serve) -> None:
    server, client = serve()
    id = client.made("poll:hold")
    with ThreadPoolExecutor(1) as other:
        waiting = other.submit(client.get, f"/videos/{id}")
        server.until(lambda s: s.requests[-1].get("held") is True)
        server.release()
        assert fine(waiting.result(20))


def test_a_held_download_has_sent_half(serve: Serve) -> None:
    server, client = serve()
    id = client.made("content:hold")
    whole = client.get(f"/videos/{client.made()}/content")
    assert whole.status_code == 200

    with client.stream("GET", f"/videos/{id}/content") as reply:
        announced = int(reply.headers["content-length"])
        pieces = reply.iter_raw()
        got = 0
        while got < announced // 2:
            got += len(next(pieces))
        assert got == announced // 2
        server.release()
        with pytest.raises(httpx.RemoteProtocolError):
            next(pieces)


def test_rules_of_the_server_come_by_number(serve: Serve) -> None:
    server, client = serve(faults=("create:500@2", "poll:500@/2", "content:404@1-2"))

    assert [client.order().status_code for _ in range(3)] == [200, 500, 200]
    id = server.bill[0]["id"]
    assert [client.get(f"/videos/{id}").status_code for _ in range(4)] == [200, 500, 200, 500]
    assert [client.get(f"/videos/{id}/content").status_code for _ in range(3)] == [404, 404, 200]


def test_a_script_is_used_up_attempt_by_attempt_in_whatever_form_it_comes(serve: Serve) -> None:
    _, client = serve(script=("500",))
    body = {"prompt": "A tram.", "size": "64x64", "seconds": "0.5"}

    def form(script: object, name: str = "script") -> httpx.Response:
        return client.post("/videos", data={**body, "prompt": f"{name} {script}", name: script}, files={"x": b""})

    assert [client.order("refuse-429", "busy-503").status_code for _ in range(3)] == [429, 503, 200]
    assert [form('["401", "403"]').status_code for _ in range(3)] == [401, 403, 200]
    assert [form("401 403").status_code for _ in range(3)] == [401, 403, 200]
    assert [form(["401", "403"]).status_code for _ in range(3)] == [401, 403, 200]
    assert [form(["401", "403"], "script[]").status_code for _ in range(3)] == [401, 403, 200]
    assert [client.order().status_code for _ in range(2)] == [500, 200]  # brings none: the server's own


def test_a_word_that_is_not_known_is_refused_and_not_billed(serve: Serve) -> None:
    server, client = serve()

    reply = client.order("dorp")

    assert reply.status_code == 400
    assert '"dorp" is no word of a script' in reply.json()["error"]["message"]
    assert reply.json()["error"]["param"] == "script"
    assert server.bill == []


def meets(call: Callable[[], httpx.Response], look: Look | str) -> None:
    if isinstance(look, str):
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            call()
    else:
        reply = call()
        assert look(reply), f"{reply.status_code} {dict(reply.headers)} {reply.content[:300]!r}"


def test_the_tables_are_complete() -> None:
    tried = {
        "create": {word.partition(":")[0] for word, _, _ in CREATE} | {"hold", "hold-before"},
        "poll": {word.partition(":")[0] for word, _ in POLL} | {"stall", "done", "lost", "hold", *ENDS},
        "content": {word.partition(":")[0] for word, _ in CONTENT} | {"redirect-self", "hold", "redirect"},
        "webhook": {"never", "twice", "forged", "stale"},  # test_webhook.py
    }
    assert {stage: set(WORDS[stage]) for stage in STAGES} == tried
