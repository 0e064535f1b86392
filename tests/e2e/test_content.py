"""Clips as servers hand them out: under any name, not at once, over another port. Each is paid for once, and had."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from reelmake.model.frame import Size
from tests.support.film import footage
from tests.support.folder import Folder

pytestmark = pytest.mark.slow

CALLED = ("text/plain", "text/html; charset=utf-8", "application/json", "application/xml", "video/mp4")
LATE = (400, 403, 404, 409, 422, 423, 425, 500)
NOT_YET = {"error": {"message": "Task is not completed yet, current status: IN_PROGRESS"}}


class Studio(ThreadingHTTPServer):
    """A /v1/videos whose jobs are done at once. A prompt says how its clip comes: `called N` in CALLED, or
    `late STATUS` at the first look."""

    daemon_threads = True

    def __init__(self, clip: bytes) -> None:
        super().__init__(("127.0.0.1", 0), Desk)
        self.clip, self.orders, self.looks = clip, list[str](), Counter[str]()


class Desk(BaseHTTPRequestHandler):
    server: Studio
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def say(self, status: int, body: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers["content-length"])).decode()
        way = re.findall(r"(?:called|late) \d+", asked)[0].replace(" ", "-")
        self.server.orders.append(way)
        self.say(200, json.dumps({"id": way, "object": "video", "status": "queued"}).encode())

    def do_GET(self) -> None:
        way = self.path.split("/")[3]
        if not self.path.endswith("/content"):
            return self.say(200, json.dumps({"id": way, "object": "video", "status": "completed"}).encode())
        self.server.looks[way] += 1
        word, _, number = way.partition("-")
        if word == "late" and self.server.looks[way] == 1:
            return self.say(int(number), json.dumps(NOT_YET).encode())
        return self.say(200, self.server.clip, CALLED[int(number)] if word == "called" else "video/mp4")


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    server = Studio(footage(tmp_path / "clip.mp4", 1, 24, size=Size(320, 180)).read_bytes())
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_every_clip_is_had_and_paid_for_once(project: Folder, studio: Studio) -> None:
    ways = [*(f"called {n}" for n in range(len(CALLED))), *(f"late {status}" for status in LATE)]
    shots = "".join(f"  s{n}: {{prompt: A kite. {way}}}\n" for n, way in enumerate(ways))
    project.write(
        "storyboard.yaml",
        f"reelmake: 1\nproviders:\n  s: {{kind: openai-videos, base_url: 'http://127.0.0.1:{studio.server_port}/v1'}}\n"
        "tiers: {t: {provider: s, model: m, price: 0.1}}\n"
        f"defaults: {{tier: t, size: 320x180, seconds: 1}}\nshots:\n{shots}",
    )

    assert project.build("--yes")["generated"] == len(ways)
    assert sorted(studio.orders) == sorted(way.replace(" ", "-") for way in ways)
    assert {way: looks for way, looks in studio.looks.items() if looks != (2 if "late" in way else 1)} == {}
