"""A ComfyUI on loopback, as its server.py is (from memory, 2026-11-30): a queue and a history in memory, and files.

It carries out one prompt after another, a step at each question about its queue, and counts each. It does wrong what it
is told to, and kills whoever asks it at the moment that it is told.
"""

from __future__ import annotations

import json
import os
import re
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import time
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import uuid4

from reelmake.model.frame import Size
from tests.support.film import footage
from tests.support.pictures import png

Answer = tuple[int, Any] | None
MOMENTS = ("asked", "taken", "answered", "queue", "history", "view", "viewed")
"""When a client may be killed: before its order is taken, after it, and at whatever it asks then."""


@dataclass
class Comfy:
    """`executions`: the id of every prompt that was begun. `faults`: used up by prompts in turn. `slow`: questions that
    each waits in the queue. `stuck`: what has begun goes on for ever. `own_ids`: an older server, which gives ids of
    its its own. `tokens`: those of orders, by the ids of their executions. `kill`: (moment, process)."""

    clip: bytes
    picture: bytes
    url: str = ""
    slow: int = 1
    own_ids: bool = False
    stuck: bool = False
    faults: list[str] = field(default_factory=list)
    executions: list[str] = field(default_factory=list)
    prompts: list[dict[str, Any]] = field(default_factory=list)
    uploads: list[bytes] = field(default_factory=list)
    posted: list[tuple[str, Any]] = field(default_factory=list)
    running: list[list[Any]] = field(default_factory=list)
    waiting: list[list[Any]] = field(default_factory=list)
    history: dict[str, Any] = field(default_factory=dict)
    number: int = 0
    looked: int = 0
    kill: tuple[str, int] = ("", 0)
    broken: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def restart(self) -> None:
        """What is on disk stays."""
        with self.lock:
            self.running, self.waiting, self.history, self.number = [], [], {}, 0

    def remember(self, seconds: float) -> None:
        """Something that somebody else had made, so long ago."""
        with self.lock:
            at = int((time() - seconds) * 1000)
            self.history["00000000-0000-4000-8000-000000000000"] = {
                "prompt": [0, "00000000-0000-4000-8000-000000000000", {}, {"create_time": at}, ["1"]],
                "outputs": {},
                "status": {"status_str": "success", "completed": True, "messages": []},
            }

    def answer(self, method: str, path: str, body: bytes) -> Answer:
        """Status and JSON, or bytes; None = the connection is closed without a word."""
        with self.lock:
            return self._answer(method, path, body)

    def _answer(self, method: str, path: str, body: bytes) -> Answer:
        parts = urlsplit(path)
        query = {name: said[0] for name, said in parse_qs(parts.query).items()}
        match method, parts.path:
            case "POST", "/prompt":
                return self._prompt(json.loads(body))
            case "POST", "/upload/image":
                self.uploads.append(body)
                name = re.search(rb'filename="([^"]+)"', body)
                file = Path(name[1].decode() if name else "x.png")
                said = f"{file.stem} ({len(self.uploads)}){file.suffix}"
                return 200, {"name": said, "subfolder": "", "type": "input"}
            case "POST", other:
                self.posted.append((other, json.loads(body)))
                return self._told(other, json.loads(body))
            case _, "/queue":
                self._die("queue")
                self._work()
                return 200, {"queue_running": self.running, "queue_pending": self.waiting}
            case _, "/history":
                return 200, dict(list(self.history.items())[-int(query.get("max_items", "1000")) :])
            case _, "/view":
                return self._view(query)
            case _, "/system_stats":
                return 200, {"system": {"comfyui_version": "0.9.1"}, "devices": []}
        if parts.path.startswith("/history/"):
            id = unquote(parts.path.removeprefix("/history/"))
            if id in self.history:
                self._die("history")
            return 200, {id: self.history[id]} if id in self.history else {}
        return 404, "404: Not Found"

    def _prompt(self, body: dict[str, Any]) -> Answer:
        self._die("asked")
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "deaf":
            return None
        first = {"type": "value_not_in_list", "message": "Value not in list", "details": "ckpt: 'a' not in ['b']"}
        errors = [{**first, "extra_info": {"input_name": "unet_name"}}]
        wrong = {"errors": errors, "dependent_outputs": ["9"], "class_type": "UNETLoader"}
        if fault == "invalid":
            said = {"type": "prompt_outputs_failed_validation", "message": "Prompt outputs failed validation"}
            return 400, {"error": said, "node_errors": {"1": wrong}}
        nodes = body["prompt"]
        for node in nodes.values():
            for value in node["inputs"].values():
                assert not isinstance(value, list) or value[0] in nodes, value
        id = str(uuid4()) if self.own_ids else body.get("prompt_id") or str(uuid4())
        outputs = [name for name, node in nodes.items() if node["class_type"].startswith("Save")]
        extra = {**body.get("extra_data", {}), "client_id": body.get("client_id"), "create_time": int(time() * 1000)}
        if fault == "half valid":
            return 200, {"prompt_id": id, "number": self.number, "node_errors": {"1": wrong}}
        self.waiting.append([self.number, id, nodes, extra, outputs])
        self.number += 1
        self.prompts.append(nodes)
        self.tokens[id] = extra["reelmake"]["token"]
        self.looked = 0
        if fault:
            self.broken[id] = fault
        self._die("taken")
        return None if fault == "lost" else (200, {"prompt_id": id, "number": self.number - 1, "node_errors": {}})

    def _told(self, path: str, body: Any) -> Answer:
        if path == "/queue":
            self.waiting = [item for item in self.waiting if item[1] not in body["delete"]]
        if path == "/interrupt":
            for item in [item for item in self.running if item[1] == body["prompt_id"]]:
                self._end(item, "execution_interrupted")
        return 200, {}

    def _work(self) -> None:
        """One step: what waited long enough begins, what has begun ends."""
        self.looked += 1
        if self.looked < self.slow or (self.running and self.stuck):
            return
        if self.running:
            self._end(self.running[0], self.broken.get(self.running[0][1], ""))
        elif self.waiting:
            self.running = [self.waiting.pop(0)]
            self.executions.append(self.running[0][1])
            if self.broken.get(self.running[0][1]) == "restart":
                self.restart()

    def _end(self, item: list[Any], fault: str) -> None:
        self.running.remove(item)
        said = {
            "prompt_id": item[1], "node_id": "6", "node_type": "KSampler", "timestamp": int(time() * 1000),
            "exception_type": "torch.OutOfMemoryError", "exception_message": "Allocation on device 0\n",
        }  # fmt: skip
        messages: list[Any] = [["execution_start", {"prompt_id": item[1], "timestamp": int(time() * 1000)}]]
        failed = fault in ("execution_error", "execution_interrupted")
        messages += [[fault, said]] if failed else []
        kind = "images"
        saved = {kind: [{"filename": f"reelmake_{item[0]:05}_.mp4", "subfolder": "video", "type": "output"}],
                 "animated": [True]}  # fmt: skip
        self.history[item[1]] = {
            "prompt": item,
            "outputs": {} if failed or fault == "empty" else dict.fromkeys(item[4], saved),
            "status": {"status_str": "error" if failed else "success", "completed": not failed, "messages": messages},
        }

    def _view(self, query: dict[str, str]) -> Answer:
        self._die("view")
        assert query["type"] == "output"
        assert query["subfolder"] == "video"
        return 200, self.clip if "SaveVideo" in json.dumps(self.prompts[-1]) else self.picture

    def _die(self, moment: str) -> None:
        """Kills the client, if this is the moment."""
        if moment == self.kill[0]:
            victim, self.kill = self.kill[1], ("", 0)
            os.kill(victim, signal.SIGKILL)


@contextmanager
def comfy(folder: Path) -> Iterator[Comfy]:
    """The server while it runs; its clips are half a second of 128x72."""
    file = footage(folder / "comfy.mp4", 1, 12, size=Size(128, 72))
    world = Comfy(file.read_bytes(), png(128, 72))

    class Desk(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            answer = world.answer(self.command, self.path, body)
            if answer is None:
                self.close_connection = True
                return
            status, said = answer
            sent = (
                said
                if isinstance(said, bytes)
                else said.encode()
                if isinstance(said, str)
                else json.dumps(said).encode()
            )
            self.send_response(status)
            self.send_header("content-type", "application/json" if isinstance(said, dict) else "video/mp4")
            self.send_header("content-length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)
            if self.command == "POST" and self.path == "/prompt":
                world._die("answered")
            if self.path.startswith("/view"):
                world._die("viewed")

        do_POST = do_GET  # noqa: N815 - the name that http.server looks for

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
