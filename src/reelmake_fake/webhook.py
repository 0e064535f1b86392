"""Tells an address when a job ends: `video.completed` or `video.failed`, signed as Standard Webhooks has it.

The body has the id and nothing else of the video. Knows nothing of who listens.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from typing import Any

from reelmake_fake.job import Video
from reelmake_fake.settings import ServerOptions

TRIES = 3
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy has no business on loopback
STALE = 3600  # seconds: far outside of the window that receivers allow


def signature(secret: str, id: str, timestamp: int, body: bytes) -> str:
    """`v1,` and the base64 of the HMAC. `secret`: raw, or `whsec_` and base64."""
    key = (
        base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        if secret.startswith("whsec_")
        else secret.encode()
    )
    mac = hmac.new(key, f"{id}.{timestamp}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(mac.digest()).decode()


class Courier:
    """`sent`: a mapping for each delivery that was tried: id, type, video, status (None = nobody answered).

    Raises ValueError if the address is not http or https, or the secret cannot be read.
    """

    def __init__(self, options: ServerOptions, clock: Callable[[], float], told: Callable[[], None]) -> None:
        if options.webhook and not options.webhook.startswith(("http://", "https://")):
            raise ValueError(f'"{options.webhook}" is no address to tell: it should begin with http:// or https://')
        signature(options.webhook_secret, "", 0, b"")
        self.options = options
        self.clock = clock
        self.told = told
        self.sent: list[dict[str, Any]] = []
        self._waiting: dict[str, asyncio.Task[None]] = {}

    def follow(self, video: Video) -> None:
        """Tells when this one ends; asked again, it goes by what the video has become."""
        self.forget(video.id)
        if self.options.webhook:
            self._waiting[video.id] = asyncio.create_task(self._tell(video))

    def forget(self, id: str) -> None:
        before = self._waiting.pop(id, None)
        if before:
            before.cancel()

    async def close(self) -> None:
        tasks = list(self._waiting.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _tell(self, video: Video) -> None:
        await asyncio.sleep(max(0.0, video.ends - self.clock()))
        word = next((fault.name for fault in video.faults if fault.stage == "webhook"), "ok")
        if word == "never":
            return
        kind = "video.completed" if video.status(max(self.clock(), video.ends)) == "completed" else "video.failed"
        id = f"evt_{uuid.uuid4().hex}"
        event = {"id": id, "object": "event", "created_at": int(video.ends), "type": kind, "data": {"id": video.id}}
        for _ in range(2 if word == "twice" else self.options.webhook_times):
            await self._deliver(id, event, word)

    async def _deliver(self, id: str, event: dict[str, Any], word: str) -> None:
        body = json.dumps(event).encode()
        timestamp = int(time.time()) - (STALE if word == "stale" else 0)
        headers = {"content-type": "application/json", "webhook-id": id, "webhook-timestamp": str(timestamp)}
        if self.options.webhook_secret:
            secret = "forged" if word == "forged" else self.options.webhook_secret
            headers["webhook-signature"] = signature(secret, id, timestamp, body)
        for attempt in range(TRIES):
            status = await asyncio.to_thread(_post, self.options.webhook, body, headers)
            self.sent.append({"id": id, "type": event["type"], "video": event["data"]["id"], "status": status})
            self.told()
            if status is not None and status < 500:
                return
            await asyncio.sleep(0.2 * 2**attempt)


def _post(url: str, body: bytes, headers: dict[str, str]) -> int | None:
    try:
        with _DIRECT.open(urllib.request.Request(url, body, headers), timeout=10) as reply:  # noqa: S310 (see Courier)
            return int(reply.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    except OSError:
        return None
