"""A stranger's host: a listener under a name that is not of this machine, for as long as a block lasts.

It answers every request as a provider would that has a clip for whoever asks, and remembers all that was sent to it.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.support.folder import Folder

NAMES = Path(__file__).parent / "names"


@dataclass
class Stranger:
    """`address` is where it is, without a path; `heard`: each request in one text, headers and body."""

    host: str
    port: int
    heard: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://{self.host}:{self.port}"

    def known_to(self, project: Folder) -> None:
        """Commands of this project resolve its name."""
        project.env |= {"PYTHONPATH": str(NAMES), "FOREIGN_NAMES": self.host, "no_proxy": self.host}


@contextmanager
def stranger(host: str = "api.studio.example") -> Iterator[Stranger]:
    there = Stranger(host, 0)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            there.heard.append(f"{self.command} {self.path}\n{self.headers}\n{body.decode('latin-1')}")
            content = json.dumps({"id": "v1", "status": "failed", "error": {"message": "no"}}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_DELETE = do_PUT = do_HEAD = do_GET  # noqa: N815 - the names are http.server's

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    there.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield there
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
