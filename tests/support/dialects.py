"""Three APIs on loopback, each as its primary source has it: fal's queue, Kling's tasks, Google's operations.

Each keeps a bill in memory (a line an order that it took), gives one clip, and does wrong what it is told to: `lost`
(taken, and the connection closed without a word), `held` (taken, and not answered until the world ends), `gateway` (not
taken, 502), `never` (not taken, no word), and what a dialect adds.
"""

from __future__ import annotations

import base64
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = "access-0815:secret-4711-and-more"
Reply = tuple[int, Any] | None
"""Status, and JSON or bytes; None = the connection is closed without a word."""


@dataclass
class World:
    """`takes`: seconds of a job. `requests`: (method, path, headers). `polls`: how often a job was asked about."""

    clip: bytes
    takes: float = 0.3
    bill: list[dict[str, Any]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    polls: int = 0
    url: str = ""
    over: threading.Event = field(default_factory=threading.Event)
    held: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, method: str, path: str, headers: dict[str, str], body: Any) -> Reply:
        self.requests.append((method, path, headers))
        if path.startswith("/files/"):
            return 200, self.clip
        barred = self.barred(headers)
        return barred or self.asked(method, path, body)

    def barred(self, headers: dict[str, str]) -> Reply:
        """What is answered to a request without a key that is right."""
        raise NotImplementedError

    def asked(self, method: str, path: str, body: Any) -> Reply:
        raise NotImplementedError

    def take(self, **order: Any) -> tuple[int, str]:
        """Takes an order and bills it, unless it shall not; its number, and what shall go wrong."""
        with self._lock:
            fault = self.faults.pop(0) if self.faults else ""
            if fault in ("gateway", "never"):
                return -1, fault
            self.bill.append({**order, "born": time.time()})
            return len(self.bill) - 1, fault

    def said(self, fault: str, reply: tuple[int, Any]) -> Reply:
        """The answer to an order, as the fault has it."""
        if fault == "held":
            self.held.set()
            self.over.wait(60)
        if fault in ("lost", "held", "never"):
            return None
        return (502, {"error": "bad gateway"}) if fault == "gateway" else reply

    def done(self, number: int) -> bool:
        self.polls += 1
        return time.time() >= self.bill[number]["born"] + self.takes

    def link(self, number: int) -> str:
        return f"{self.url}/files/{number}.mp4?sig=1"


class Queue(World):
    """fal-client 1.0.3: addresses are returned; there is no list and no token. More faults: `failed` (COMPLETED with an
    error), `empty` (COMPLETED, and the result is an error)."""

    def barred(self, headers: dict[str, str]) -> Reply:
        right = headers.get("authorization") == f"Key {SECRET}"
        return None if right else (401, {"detail": "Authentication is required"})

    def asked(self, method: str, path: str, body: Any) -> Reply:
        if method == "POST":
            app = "/".join(path.strip("/").split("/")[:2])
            number, fault = self.take(app=app, prompt=body["prompt"], fault=self.faults[0] if self.faults else "")
            at = f"{self.url}/{app}/requests/r{number}"
            urls = {"response_url": at, "status_url": f"{at}/status", "cancel_url": f"{at}/cancel"}
            return self.said(fault, (200, {"request_id": f"r{number}", **urls}))
        *app, requests, id, what = [*path.strip("/").split("/"), ""][:5]
        number = int(id.removeprefix("r"))
        if requests != "requests" or "/".join(app) != self.bill[number]["app"]:
            return 404, {"detail": f"Path {path} not found"}
        fault = self.bill[number]["fault"]
        if what == "status":
            if not self.done(number):
                return 202, {"status": "IN_PROGRESS", "logs": None}
            error = {"error": "it broke", "error_type": "runner_error"} if fault == "failed" else {}
            return 200, {"status": "COMPLETED", "logs": None, "metrics": {}, **error}
        if fault == "empty":
            return 422, {"detail": [{"loc": ["body", "prompt"], "msg": "flagged", "type": "content_policy_violation"}]}
        return 200, {"video": {"url": self.link(number)}}


class Tasks(World):
    """Kling's guides: a task is asked about where it was ordered, by its id or by ours, with a token that was signed.

    `holds`: seconds after it was signed at which a token is told to have run out."""

    holds: float = 1800.0
    refusals: int = 0

    def barred(self, headers: dict[str, str]) -> Reply:
        access, _, secret = SECRET.partition(":")
        try:
            signed, _, sign = headers.get("authorization", "").removeprefix("Bearer ").rpartition(".")
            good = hmac.new(secret.encode(), signed.encode(), sha256).digest()
            claims = json.loads(_plain(signed.partition(".")[2]))
            right = _plain(sign) == good and claims["iss"] == access and claims["exp"] > time.time()
        except (ValueError, LookupError):
            return 401, {"code": 1002, "message": "Authorization is invalid"}
        if right and time.time() < claims["iat"] + self.holds:
            return None
        self.refusals += 1
        return 401, {"code": 1004, "message": "Authorization token has expired" if right else "not signed by us"}

    def asked(self, method: str, path: str, body: Any) -> Reply:
        kind, _, id = path.removeprefix("/v1").strip("/").removeprefix("videos/").partition("/")
        if method == "POST":
            number, fault = self.take(kind=kind, prompt=body["prompt"], tag=body["external_task_id"])
            return self.said(fault, self._told(number, "submitted"))
        found = [n for n, o in enumerate(self.bill) if o["kind"] == kind and id in (f"t{n}", o["tag"])]
        if not found:
            return 404, {"code": 1203, "message": "task not found", "request_id": "r"}
        done = self.done(found[0])
        result = {"task_result": {"videos": [{"url": self.link(found[0])}]}} if done else {}
        return self._told(found[0], "succeed" if done else "processing", **result)

    def _told(self, number: int, word: str, **more: Any) -> tuple[int, Any]:
        return 200, {"code": 0, "message": "SUCCEED", "data": {"task_id": f"t{number}", "task_status": word, **more}}


class Operations(World):
    """google-genai 3.6.1: the id is a path, `done` is true or not there. By GET it is as in the Gemini API, by POST as
    on Vertex, where the clip stands in the answer. More faults: `failed`, `filtered`."""

    def barred(self, headers: dict[str, str]) -> Reply:
        right = SECRET in (headers.get("x-goog-api-key"), headers.get("authorization", "").removeprefix("Bearer "))
        return None if right else (403, {"error": {"code": 403, "message": "no", "status": "PERMISSION_DENIED"}})

    def asked(self, method: str, path: str, body: Any) -> Reply:
        model = path.partition("/models/")[2].partition("/")[0].partition(":")[0]
        if path.endswith(":predictLongRunning"):
            prompt, fault = body["instances"][0]["prompt"], self.faults[0] if self.faults else ""
            number, fault = self.take(model=model, prompt=prompt, fault=fault)
            return self.said(fault, (200, {"name": f"models/{model}/operations/o{number}"}))
        name = body["operationName"] if method == "POST" else path.removeprefix("/v1/")
        number = int(name.rpartition("/o")[2])
        if name != f"models/{self.bill[number]['model']}/operations/o{number}" or model != self.bill[number]["model"]:
            return 404, {"error": {"code": 404, "message": f"{name} not found", "status": "NOT_FOUND"}}
        if not self.done(number):
            return 200, {"name": name}
        fault = self.bill[number]["fault"]
        if fault == "failed":
            return 200, {"name": name, "done": True, "error": {"code": 13, "message": "internal"}}
        if method == "POST":
            clip = {"bytesBase64Encoded": base64.b64encode(self.clip).decode(), "mimeType": "video/mp4"}
            return 200, {"name": name, "done": True, "response": {"videos": [clip]}}
        samples: dict[str, Any] = {"generatedSamples": [{"video": {"uri": self.link(number)}}]}
        if fault == "filtered":
            samples = {"raiMediaFilteredCount": 1, "raiMediaFilteredReasons": ["the prompt names a person"]}
        return 200, {"name": name, "done": True, "response": {"generateVideoResponse": samples}}


def _plain(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@contextmanager
def serving(world: World) -> Iterator[None]:
    """The world on loopback while it is entered."""

    class Desk(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            text = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            is_json = headers.get("content-type") == "application/json"
            answer = world.answer(self.command, self.path, headers, json.loads(text) if is_json else None)
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

        do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 - the names that http.server looks for

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    server.daemon_threads = True
    world.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield
    finally:
        world.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
