"""GitHub and GitLab on loopback, as far as comments on one change go (from memory, 2026-11-30): lists in pages,
authors, rights, limits. It does wrong what it is told to.
"""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN = "ghs_planted-2b7e1516"
BOT = "github-actions[bot]"
Answer = tuple[int, Any]


@dataclass
class ForgeServer:
    """`comments`: id, author, body, in order. `asked`: method and path of every request. `writes`: may the token write?
    `faults`: status and headers of the next answers to requests that begin with (method); used up in turn. `twin`:
    another run writes the same comment at the moment that ours is written. `permissions`: of logins. `head`: what the
    change is at."""

    url: str = ""
    comments: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    writes: bool = True
    faults: list[tuple[str, int, dict[str, str]]] = field(default_factory=list)
    twin: bool = False
    permissions: dict[str, str] = field(default_factory=dict)
    head: str = "b" * 40
    labels: list[str] = field(default_factory=list)
    me: str = BOT
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(1000))

    def comment(self, author: str, body: str) -> dict[str, Any]:
        made = {"id": next(self.ids), "user": {"login": author}, "author": {"username": author}, "body": body}
        self.comments.append(made)
        return made

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, token: str) -> Answer:
        parts = [unquote(part) for part in path.strip("/").split("/")]
        if parts == ["graphql"]:
            return 200, {"data": {"viewer": {"login": self.me}}}
        if parts == ["user"]:
            return 200, {"username": self.me}
        if not token:
            return 401, {"message": "Bad credentials"}
        if parts[-1] == "permission":
            return 200, {"permission": self.permissions.get(parts[-2], "read")}
        if "labels" in parts:
            if not self.writes:
                return 403, {"message": "Resource not accessible by integration"}
            self.labels.remove(parts[-1])
            return 200, []
        if parts[-2] == "pulls":
            return 200, {"head": {"sha": self.head}}
        return self._comments(method, parts, query, body)

    def _comments(self, method: str, parts: list[str], query: dict[str, str], body: Any) -> Answer:
        if method == "GET":
            size, page = min(int(query["per_page"]), 100), int(query["page"])
            return 200, self.comments[(page - 1) * size : page * size]
        if not self.writes:
            return 403, {"message": "Resource not accessible by integration"}
        if method == "POST":
            if self.twin:
                self.twin = False
                self.comment(self.me, body["body"])
            return 201, self.comment(self.me, body["body"])
        found = next((c for c in self.comments if str(c["id"]) == parts[-1]), None)
        if found is None:
            return 404, {"message": "Not Found"}
        if method == "DELETE":
            self.comments.remove(found)
            return 204, None
        found["body"] = body["body"]
        return 200, found


@contextmanager
def forge() -> Iterator[ForgeServer]:
    here = ForgeServer()
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def _answered(self) -> None:
            parts = urlsplit(self.path)
            size = int(self.headers.get("content-length", 0))
            body = json.loads(self.rfile.read(size)) if size else None
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            token = self.headers.get("authorization", "").removeprefix("Bearer ") or self.headers.get(
                "private-token", ""
            )
            with lock:
                here.asked.append(f"{self.command} {parts.path}")
                fault = next((f for f in here.faults if f[0] == self.command), None)
                if fault:
                    here.faults.remove(fault)
                    status, value, headers = fault[1], {"message": "told to"}, fault[2]
                else:
                    (status, value), headers = here.answer(self.command, parts.path, query, body, token), {}
            data = b"" if value is None else json.dumps(value).encode()
            self.send_response(status)
            for name, text in headers.items():
                self.send_header(name, text)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _answered  # noqa: N815

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
