"""Four more APIs on loopback: Gemini's interactions, Replicate's predictions, Luma's generations; LTX, which answers
an order with the clip itself. Faults are those of tests/support/dialects.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.support.dialects import SECRET, Reply, World


class Bearing(World):
    """One whose key goes as it is."""

    def barred(self, headers: dict[str, str]) -> Reply:
        told = (headers.get("x-goog-api-key"), headers.get("authorization", "").removeprefix("Bearer "))
        return None if SECRET in told else (401, {"detail": "You did not pass a valid token", "status": 401})


class Interactions(Bearing):
    """google-genai 3.6.1: the clip is somewhere among the contents of the steps."""

    def asked(self, method: str, path: str, body: Any) -> Reply:
        if method == "POST":
            number, fault = self.take(prompt=body["input"][0]["text"])
            return self.said(fault, (200, {"id": f"v1_{number}", "status": "queued"}))
        number = int(path.rpartition("_")[2])
        if not self.done(number):
            return 200, {"id": f"v1_{number}", "status": "in_progress"}
        said = [{"type": "text", "text": "Here."}, {"type": "video", "uri": self.link(number)}]
        steps = [{"type": "thought"}, {"type": "model_output", "content": said}]
        return 200, {"id": f"v1_{number}", "status": "completed", "steps": steps}


class Predictions(Bearing):
    """replicate 1.0.7: a list with prompts, a page of one job each, newest first; the next one is an address."""

    def asked(self, method: str, path: str, body: Any) -> Reply:
        where = urlsplit(path)
        if method == "POST":
            number, fault = self.take(prompt=body["input"]["prompt"], model=body["version"])
            return self.said(fault, (201, self._told(number, "starting")))
        if where.path == "/v1/predictions":
            at = int(parse_qs(where.query).get("cursor", [str(len(self.bill) - 1)])[0])
            rest = f"https://api.replicate.example/v1/predictions?cursor={at - 1}" if at > 0 else None
            return 200, {"next": rest, "results": [self._told(at, "processing")] if self.bill else []}
        number = int(where.path.rpartition("p")[2])
        done = self.done(number)
        return 200, {**self._told(number, "succeeded" if done else "processing"), "output": [self.link(number)]}

    def _told(self, number: int, status: str) -> dict[str, Any]:
        order = self.bill[number]
        born = datetime.fromtimestamp(order["born"], UTC).isoformat()
        told = {"model": order["model"], "input": {"prompt": order["prompt"]}, "created_at": born}
        return {"id": f"p{number}", "status": status, **told}


@dataclass
class Generations(Bearing):
    """luma-agents 0.5.0: a file is pending for two looks. `ready`: files that may be used; `looks`: by file."""

    ready: set[str] = field(default_factory=set)
    looks: dict[str, int] = field(default_factory=dict)

    def asked(self, method: str, path: str, body: Any) -> Reply:
        if method == "POST" and path == "/v1/files":
            id = f"f{len(self.looks)}"
            self.looks[id] = 0
            return 201, {"id": id, "state": "pending"}
        if path.startswith("/v1/files/"):
            id = path.rpartition("/")[2]
            self.looks[id] += 1
            if self.looks[id] > 1:
                self.ready.add(id)
            return 200, {"id": id, "state": "ready" if id in self.ready else "pending"}
        if method == "POST":
            start = body["video"].get("start_frame")
            if start and start["file_id"] not in self.ready:
                return 422, {"detail": "file is not ready"}
            number, fault = self.take(prompt=body["prompt"], start=start)
            return self.said(fault, (201, {"id": f"g{number}", "state": "queued"}))
        number = int(path.rpartition("g")[2])
        if not self.done(number):
            return 200, {"id": f"g{number}", "state": "processing"}
        return 200, {"id": f"g{number}", "state": "completed", "output": [{"type": "video", "url": self.link(number)}]}


class Direct(Bearing):
    """LTX: there are no jobs."""

    def asked(self, method: str, path: str, body: Any) -> Reply:
        _, fault = self.take(prompt=body["prompt"])
        return self.said(fault, (200, self.clip))
