"""A secret goes to its provider and nowhere else: everything that commands say and write is searched for it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from reelmake_fake.server import FakeServer
from reelmake_fake.settings import ServerOptions
from tests.support.folder import Folder

pytestmark = pytest.mark.slow

SECRET = "sk-e2e/7f+3a9c1b=0d4e5f60718293a4b5"
PASSWORD = "pw-7c6b5a49382716"

FILM = """\
reelmake: 1
providers:
  studio: {{kind: openai-videos, base_url: "{base_url}", api_key: "${{env:STUDIO_KEY}}"}}
tiers: {{final: {{provider: studio, model: m1, price: 0.50}}}}
defaults: {{tier: final, size: 128x72, seconds: 0.5}}
shots:
  good: {{prompt: A kite.}}
  again: {{remix: good, prompt: The kite at dusk.}}
  moderated: {{prompt: A knife., extras: {{script: [400-moderation]}}}}
  failed: {{prompt: A tram., extras: {{script: ["poll:fail:server_error"]}}}}
  garbage: {{prompt: The sea., extras: {{script: ["poll:garbage", "content:500"]}}}}
  away: {{prompt: A hill., extras: {{script: ["content:redirect-self"]}}}}
"""


def look_everywhere(project: Folder, *commands: tuple[str, ...]) -> str:
    """Runs commands, then searches all they said and every file there is; what was said comes back."""
    said = "".join(ran.stdout + ran.stderr for ran in (project.run(*command) for command in commands))
    assert "Traceback" not in said
    files = [path for path in project.root.parent.rglob("*") if path.is_file()]
    assert any("journal" in path.name for path in files)  # something was ordered
    for secret in (SECRET, PASSWORD, "7f%2B3a9c1b", "7f\\u002b3a9c1b"):
        assert secret not in said
        assert [path for path in files if secret.encode() in path.read_bytes()] == []
    return said


BUILDS = (("build", "--yes", "--events", "events.jsonl"), ("build", "--json", "--yes"))
LOOKS = (("status",), ("status", "--json"), ("log", "--json"), ("jobs", "ls", "studio", "--json"))
REST = (("check",), ("plan", "--json"), ("doctor",), ("providers", "--json"), ("takes",), ("explain", "moderated"))


def test_with_a_server_that_behaves(project: Folder, tmp_path: Path) -> None:
    options = ServerOptions(key=SECRET, takes=0.1, bill=tmp_path / "bill", state=tmp_path / "state")
    with FakeServer(options) as server:
        project.write("storyboard.yaml", FILM.format(base_url=server.base_url))
        project.env |= {"STUDIO_KEY": SECRET}

        said = look_everywhere(project, *BUILDS, *LOOKS, *REST)

        assert SECRET not in json.dumps(server.requests) + json.dumps(server.bill)
        assert len(server.bill) >= 4  # it was let in, so the secret did go there
    assert "STUDIO_KEY" in said


class Echo(BaseHTTPRequestHandler):
    """Says back everything it was told, in the worst places."""

    protocol_version = "HTTP/1.1"
    seen: list[str]

    def do_GET(self) -> None:
        self.seen.append(str(self.headers))
        self.rfile.read(int(self.headers.get("content-length", 0)))
        key = self.headers.get("authorization", "").removeprefix("Bearer ")
        words = f"bad key {key}: {dict(self.headers)!s}, see https://x:{PASSWORD}@h.example/?token={key}"
        status, body = self.answer(key, words)
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-Request-Id", key)
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_DELETE = do_GET  # noqa: N815 - the names are http.server's

    def answer(self, key: str, words: str) -> tuple[int, Any]:
        raise NotImplementedError

    def log_message(self, *_: object) -> None:
        pass


class Denies(Echo):
    def answer(self, key: str, words: str) -> tuple[int, Any]:
        return 401, {"error": {"message": words, "code": words, "type": words}}


class Refuses(Echo):
    def answer(self, key: str, words: str) -> tuple[int, Any]:
        return 422, {"detail": [{"loc": ["header", key], "msg": words}]}


class Fails(Echo):
    def answer(self, key: str, words: str) -> tuple[int, Any]:
        if self.command == "POST":
            return 200, {"id": "v1", "status": words}
        return 200, {"id": "v1", "status": "failed", "error": {"code": key, "message": words}}


@contextmanager
def serving(kind: type[Echo]) -> Iterator[tuple[str, list[str]]]:
    seen: list[str] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Seeing", (kind,), {"seen": seen}))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize("kind", [Denies, Refuses, Fails])
def test_with_a_server_that_says_everything_back(kind: type[Echo], project: Folder) -> None:
    with serving(kind) as (base_url, seen):
        project.write("storyboard.yaml", FILM.format(base_url=base_url))
        project.env |= {"STUDIO_KEY": SECRET}

        said = look_everywhere(project, *BUILDS, *LOOKS)

    assert any(SECRET in headers for headers in seen)
    assert "***" in said  # its words were shown, without what is nobody's business
