"""Atelier: a vendor of clips, stills, speech and music, as a user would describe one, and its server on loopback.

Stills come as base64 within the reply, speech is the reply itself, clips and music are jobs. It keeps a bill on disk (a
line an order, written before it answers), so that it outlives whoever orders; and does wrong what it is told to.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import time
from typing import Any

from reelmake.compile.vendor_file import read_vendor
from reelmake.diagnostics import Report, Source
from reelmake.model.frame import Size
from reelmake.model.medium import MEDIA, MediumName, Price
from reelmake.model.order import ClipOrder, Order
from reelmake.model.step import Input, Step
from reelmake.model.vendor import Vendor
from reelmake.providers.json_jobs.conversation import JsonJobs
from tests.support.answers import picture, tone
from tests.support.film import footage

KEY = "atelier-secret-0815"
FILE = """\
provider: 1
title: Atelier
dialect: atelier/1
forms: {seconds: {as: "8"}}
create:
  text: {path: /clips, body: {text: $prompt, seconds: $seconds, size: $size, tag: $token}}
  still:
    path: /stills
    body: {model: $model, text: $prompt, size: $size, seed: $seed, pictures: [$reference], tag: $token}
    answer: {base64: [data.0.b64, picture]}
  edit:
    path: /edits
    body: {text: $prompt, image: $image, tag: $token}
    answer: {base64: data.0.b64}
  speech:
    path: /voices/$voice/speech
    body: {model: $model, input: $prompt, how: $style, language: $language, tag: $token}
    answer: body
  music: {path: /music, body: {text: $prompt, seconds: $seconds, tag: $token}}
accepted: {id: [job.id, request], cost: {at: cents, per: 100}}
status:
  {path: /jobs/$id, word: state, pending: [busy], ready: [done], dead: {lost: failed}, cost: {at: cents, per: 100}}
clip: {url: link}
list: {path: /jobs, items: jobs, id: id, prompt: prompt, created: born, next: more, cursor: page, lag: 0}
errors: {moderated: [blocked], no_credit: [broke]}
models:
  pen: {medium: still, price: 0.04, sizes: [64x48]}
  voice: {medium: speech, price: 0.5, characters: 4096, voices: [alloy]}
  band: {medium: music, price: 0.01}
  film: {price: 0.1}
"""
TELLING = FILE.replace("path: /voices/$voice/speech", "path: /voices/$voice/told").replace(
    "answer: body",
    "answer: {base64: sound, times: {characters: told.text, begin: told.begin, end: told.end, per: 1000}}",
)
"""The same with speech that comes within a reply that tells when each character is said."""
CENTS = {"clips": 20, "stills": 4, "edits": 4, "music": 3}  # speech costs 50 for 1000 characters


def vendor(text: str = FILE) -> Vendor:
    report = Report()
    found = read_vendor(Source("atelier.yaml", text), "atelier.yaml", report)
    assert found is not None, [f"{d.span}: {d.message}" for d in report.items]
    return found


def talks(text: str = FILE) -> JsonJobs:
    return JsonJobs(vendor(text))


MODELS: Mapping[MediumName, str] = {"clip": "film", "still": "pen", "speech": "voice", "music": "band"}


def ordered(medium: MediumName, prompt: str, **changes: Any) -> Order:
    """An order for Atelier; a clip or music of a second, a still of 64x48."""
    said: dict[str, Any] = {"dialect": "atelier/1", "model": MODELS[medium], "prompt": prompt, "provider": "atelier"}
    said |= {"shot": prompt.split()[0], "tier": "t", "price": Price(Decimal("0.5"), MEDIA[medium].per)}
    if medium == "clip":
        clip = {"operation": "generate", "avoid": "", "size": Size(64, 36), "seconds": Fraction(1)}
        return ClipOrder(**{**said, **clip, **changes})
    own = {"still": {"size": Size(64, 48)}, "speech": {"voice": "alloy"}, "music": {"seconds": Fraction(1)}}
    return Order(medium=medium, **{**said, **own[medium], **changes})


def step(medium: MediumName, prompt: str, *inputs: Input, **changes: Any) -> Step:
    order, kind = ordered(medium, prompt, **changes), MEDIA[medium]
    return Step(f"{kind.kind}:{order.shot}", kind.kind, order, inputs, pool="atelier", shots=(order.shot,))


@dataclass
class Atelier:
    """`bill`: where it writes what it charges. `faults`: used up by orders in turn: lost (charged, no answer), cut
    (charged, half an answer), empty, page, spoiled (charged, no file), blocked, broke (not charged)."""

    bill: Path
    clip: bytes
    faults: list[str] = field(default_factory=list)
    heads: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)  # path, headers of orders
    polled: dict[str, int] = field(default_factory=dict)
    url: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def charged(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.bill.read_text().splitlines()] if self.bill.exists() else []

    @property
    def dollars(self) -> Decimal:
        return sum((Decimal(line["cents"]) / 100 for line in self.charged), Decimal(0))

    def order(self, path: str, body: dict[str, Any], fault: str) -> tuple[int, bytes] | None:
        """Status and body; None = the connection is closed without a word."""
        if fault in ("blocked", "broke"):
            return 400, json.dumps({"error": {"code": fault, "message": "no"}}).encode()
        what = path.rpartition("/")[2]
        said = body.get("text") or body["input"]
        cents = CENTS[what] if what in CENTS else str(Decimal(len(said)) / 20)
        line = {
            "what": what,
            "prompt": said,
            "tag": body["tag"],
            "cents": cents,
            "picture": body.get("image"),
            "voice": body.get("voice"),
            "born": time(),
        }
        with self._lock:
            number = len(self.charged)
            with self.bill.open("a") as out:
                out.write(json.dumps(line) + "\n")
        if fault == "lost":
            return None
        if fault in ("empty", "page"):
            return 200, b"{}" if fault == "empty" else b"<html>soon</html>"
        if what in ("clips", "music"):
            return 200, json.dumps({"job": {"id": f"{what}-{number}"}}).encode()
        if what == "speech":
            return 200, tone()
        if what == "told":
            begin = [20 * n for n in range(len(said))]
            told = {"text": list(said), "begin": begin, "end": [at + 20 for at in begin]}
            return 200, json.dumps({"sound": base64.b64encode(tone()).decode(), "told": told}).encode()
        made = picture("WEBP" if what == "edits" else "PNG")
        made = made[:-40] if fault == "spoiled" else made
        return 200, json.dumps({"cents": CENTS[what], "data": [{"b64": base64.b64encode(made).decode()}]}).encode()

    def get(self, path: str) -> tuple[int, bytes]:
        if path.startswith("/files/"):
            return 200, tone(1.0) if "music" in path else self.clip
        if path == "/jobs":
            made = [(n, line) for n, line in enumerate(self.charged) if line["what"] in ("clips", "music")]
            return 200, json.dumps({"jobs": [{"id": f"{j['what']}-{n}", **j} for n, j in made][::-1]}).encode()
        id = path.rpartition("/")[2]
        self.polled[id] = self.polled.get(id, 0) + 1
        done = {"state": "done", "link": f"{self.url}/files/{id}", "cents": CENTS[id.partition("-")[0]]}
        return 200, json.dumps(done if self.polled[id] > 1 else {"state": "busy"}).encode()


@contextmanager
def atelier(folder: Path) -> Iterator[Atelier]:
    """The server while it runs; its clips are half a second of 64x36."""
    clip = footage(folder / "atelier.mp4", 1, 12, size=Size(64, 36)).read_bytes()
    world = Atelier(folder / "bill", clip)

    class Desk(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)))
            world.heads.append((self.path, dict(self.headers.items())))
            fault = world.faults.pop(0) if world.faults else ""
            answer = world.order(self.path, body, fault)
            self._say(answer, cut=fault == "cut")

        def do_GET(self) -> None:
            self._say(world.get(self.path))

        def _say(self, answer: tuple[int, bytes] | None, *, cut: bool = False) -> None:
            self.close_connection = answer is None or cut
            if answer is None:
                return
            status, said = answer
            self.send_response(status)
            kind = (
                "application/json"
                if said.startswith(b"{")
                else "audio/wav"
                if said.startswith(b"RIFF")
                else "text/html"
            )
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said[: len(said) // 2] if cut else said)

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
