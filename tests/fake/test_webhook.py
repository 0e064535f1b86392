"""The end of a job is told, signed; an independent verifier agrees."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from reelmake_fake.server import FakeServer
from reelmake_fake.settings import ServerOptions
from reelmake_fake.webhook import signature
from tests.fake.conftest import Client, Serve
from tests.support import peers

SECRET = "whsec_c2VjcmV0LW9mLXRoZS10ZXN0LW5vdC1vZi1hbnlib2R5"


class Ear:
    """Hears POSTs on loopback; answers with `statuses` in turn, then 204."""

    def __init__(self, *statuses: int) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.statuses = list(statuses)
        ear = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                ear.heard.append(({k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(ear.statuses.pop(0) if ear.statuses else 204)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                """Quiet."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"


@contextmanager
def ear(*statuses: int) -> Iterator[Ear]:
    listening = Ear(*statuses)
    thread = threading.Thread(target=listening.server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield listening
    finally:
        listening.server.shutdown()
        thread.join()
        listening.server.server_close()


def told(server: FakeServer, times: int) -> None:
    server.until(lambda s: sum(line["status"] == 204 for line in s.deliveries) >= times)


def test_a_signature_that_others_published() -> None:
    secret, id = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek"

    signed = signature(secret, id, 1614265330, b'{"test": 2432232314}')

    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_ends_are_told_with_the_id_and_nothing_else(serve: Serve) -> None:
    with ear() as listening:
        server, client = serve(webhook=listening.url, webhook_secret=SECRET)
        ids = [client.made(), client.made("fail")]
        told(server, 2)

    events = {event["data"]["id"]: event for event in (json.loads(body) for _, body in listening.heard)}
    assert [events[id]["type"] for id in ids] == ["video.completed", "video.failed"]
    assert {tuple(event) for event in events.values()} == {("id", "object", "created_at", "type", "data")}
    for headers, body in listening.heard:
        assert headers["webhook-id"] == json.loads(body)["id"]
        stamp = int(headers["webhook-timestamp"])
        assert headers["webhook-signature"] == signature(SECRET, headers["webhook-id"], stamp, body)


def test_a_job_that_is_hurried_is_told_of_at_once(serve: Serve) -> None:
    with ear() as listening:
        server, client = serve(takes=3600, webhook=listening.url)
        client.get(f"/videos/{client.made('done')}")
        told(server, 1)
    assert len(listening.heard) == 1
    assert "webhook-signature" not in listening.heard[0][0]


def test_twice_has_one_id_and_never_is_never(serve: Serve) -> None:
    with ear() as listening:
        server, client = serve(webhook=listening.url)
        client.made("never")
        twice = client.made("twice")
        told(server, 2)
    assert [json.loads(body)["data"]["id"] for _, body in listening.heard] == [twice, twice]
    assert len({headers["webhook-id"] for headers, _ in listening.heard}) == 1


def test_who_has_trouble_is_told_again(serve: Serve) -> None:
    with ear(500, 503) as listening:
        server, client = serve(webhook=listening.url)
        client.made()
        told(server, 1)
    assert [line["status"] for line in server.deliveries] == [500, 503, 204]


def test_jobs_of_an_earlier_life_are_told_of(tmp_path: Any) -> None:
    state = tmp_path / "state"
    with FakeServer(ServerOptions(takes=0.5, state=state)) as server, Client(server) as client:
        id = client.made()
    with ear() as listening, FakeServer(ServerOptions(state=state, webhook=listening.url)) as server:
        told(server, 1)
    assert json.loads(listening.heard[0][1])["data"] == {"id": id}


@pytest.mark.parametrize(("url", "secret"), [("file:///etc/passwd", ""), ("http://x/", "whsec_%%%")])
def test_addresses_and_secrets_are_looked_at_first(url: str, secret: str) -> None:
    with pytest.raises(ValueError, match=r"no address|base64|padding|Incorrect"):
        FakeServer(ServerOptions(webhook=url, webhook_secret=secret)).start()


VERIFIER = """
import json, sys
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
secret, *heard = json.load(sys.stdin)
said = []
for headers, body in heard:
    try:
        Webhook(secret).verify(body, headers)
        said.append("right")
    except WebhookVerificationError as error:
        said.append(str(error))
print(json.dumps(said))
"""


@pytest.mark.slow
def test_an_independent_verifier_agrees(serve: Serve) -> None:
    python = peers.python("standardwebhooks==1.0.0")
    with ear() as listening:
        server, client = serve(webhook=listening.url, webhook_secret=SECRET)
        for script in (("ok",), ("forged",), ("stale",)):
            client.made(*script, prompt=script[0])
            told(server, len(listening.heard) or 1)
        told(server, 3)
    heard = [SECRET, *((headers, body.decode()) for headers, body in listening.heard)]

    ended = subprocess.run(
        [str(python), "-c", VERIFIER], input=json.dumps(heard), capture_output=True, text=True, timeout=60
    )

    assert ended.returncode == 0, ended.stderr
    said = json.loads(ended.stdout)
    assert sorted(said) == ["Message timestamp too old", "No matching signature found", "right"]
