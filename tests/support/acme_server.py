"""Acme's server, on loopback: takes orders, keeps a bill, sends clips. It does wrong what it is told to."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import time
from typing import Any

from reelmake.model.frame import Size
from tests.support.film import footage

KEY = "acme-secret-0815"


@dataclass
class Acme:
    """`bill`: bodies of the orders that were accepted. `requests`: (method, path, headers, body). `faults`: used up by
    orders in turn: lost (accepted, no answer), broke, blocked. `elsewhere`: where links to clips point, "" = here."""

    clip: bytes
    bill: list[dict[str, Any]] = field(default_factory=list)
    requests: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    elsewhere: str = ""
    url: str = ""
    polled: dict[str, int] = field(default_factory=dict)

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, Any] | None:
        """Status and JSON, or bytes; None = the connection is closed without a word."""
        self.requests.append((method, path, headers, body))
        if path.startswith("/clips/"):
            return 200, self.clip
        if headers.get("x-api-key") != KEY:
            return 200, {"err": 401, "why": "no such key"}
        if method == "POST" and path == "/v1/files":
            return 200, {"err": 0, "file": {"url": f"{self.url}/files/{len(self.requests)}"}}
        if method == "POST":
            return self._order(json.loads(body))
        if path == "/v1/models":
            return 200, {"err": 0, "models": [{"name": "m1", "lengths": [0.5, 1]}]}
        if path == "/v1/me":
            return 200, {"err": 0, "left": 120}
        if path.startswith("/v1/jobs?"):
            jobs = [{**order, "id": f"j{n}"} for n, order in enumerate(self.bill)]
            return 200, {"err": 0, "jobs": jobs[::-1]}
        return self._job(path.rpartition("/")[2])

    def _order(self, order: dict[str, Any]) -> tuple[int, Any] | None:
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "broke":
            return 200, {"err": "E8", "why": "your balance is 0"}
        if fault == "blocked":
            return 200, {"err": "E7", "why": "not this prompt"}
        self.bill.append({**order, "born": time()})
        return None if fault == "lost" else (200, {"err": 0, "job": {"id": f"j{len(self.bill) - 1}"}})

    def _job(self, id: str) -> tuple[int, Any]:
        self.polled[id] = self.polled.get(id, 0) + 1
        if self.polled[id] == 1:
            return 200, {"err": 0, "job": {"id": id, "state": "waiting", "percent": 10, "again_in": 0.1}}
        link = f"{self.elsewhere or self.url}/clips/{id}.mp4?sig=1"
        return 200, {"err": 0, "job": {"id": id, "state": "done", "clips": [link], "cents": 25}}


@contextmanager
def acme(folder: Path) -> Iterator[Acme]:
    """The server while it runs; its clips are half a second of 128x72."""
    file = footage(folder / "acme.mp4", 1, 12, size=Size(128, 72))
    world = Acme(file.read_bytes())

    class Desk(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = world.answer(self.command, self.path, headers, body)
            if answer is None:
                self.close_connection = True
                return
            status, said = answer
            sent = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("content-type", "video/mp4" if isinstance(said, bytes) else "application/json")
            self.send_header("content-length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        do_POST = do_DELETE = do_GET  # noqa: N815 - the names that http.server looks for

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    server.daemon_threads = True
    world.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield world
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
