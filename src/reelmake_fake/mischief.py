"""What each word of a script does to a reply. Pure; knows nothing of when it is its turn."""

from __future__ import annotations

import json
import wave
from dataclasses import replace
from email.utils import formatdate
from io import BytesIO
from typing import Any

from PIL import Image

from reelmake_fake.complaint import Complaint
from reelmake_fake.faults import Fault
from reelmake_fake.http11 import Manner, ReceivedRequest, Reply, as_json
from reelmake_fake.job import Video

_PAGE = b"<html>\n<head><title>502 Bad Gateway</title></head>\n<body><h1>502 Bad Gateway</h1></body>\n</html>\n"
_NOTHING = Reply(500, manner="nothing")


def too_many(after: float) -> Complaint:
    return Complaint(
        429,
        "Rate limit reached. Please try again later.",
        kind="requests",
        code="rate_limit_exceeded",
        headers={"retry-after": f"{max(0.0, after):.3f}".rstrip("0").rstrip(".")},
    )


def before(fault: Fault) -> Reply | None:
    """What is said instead of accepting the order; None = it is accepted. Raises Complaint."""
    _common(fault)
    match fault.name:
        case "400-moderation":
            raise Complaint(400, "Your request was blocked by our moderation system.", code="moderation_blocked")
        case "400-quota":
            raise Complaint(400, "Billing hard limit has been reached.", code="billing_hard_limit_reached")
        case "429-quota":
            message = "You exceeded your current quota, please check your plan and billing details."
            raise Complaint(429, message, kind="insufficient_quota", code="insufficient_quota")
        case "401":
            raise Complaint(401, "Incorrect API key provided.", code="invalid_api_key")
        case "403":
            raise Complaint(403, "Your organization must be verified to use this model.", code=None)
        case "502-html":
            return _page(502)
        case "drop-before":
            return _NOTHING
    return None


def after(fault: Fault, reply: Reply) -> Reply:
    """What becomes of the answer to an order that was accepted."""
    match fault.name:
        case "drop":
            return _NOTHING
        case "half":
            return replace(reply, manner="half")
        case "garbage":
            return _garbage(reply)
        case "no-id" if reply.headers.get("content-type") != "application/json" or b'"id"' not in _bytes(reply)[:100]:
            return as_json(200, {})  # what is answered with a file has no id: there is nothing in the answer at all
        case "no-id":
            return _changed(reply, id=None)
    return reply


def polled(fault: Fault, video: Video, reply: Reply) -> Reply:
    """What becomes of the answer to a question for the status. Raises Complaint."""
    _common(fault)
    match fault.name:
        case "502-html":
            return _page(502)
        case "drop":
            return _NOTHING
        case "garbage":
            return _garbage(reply)
        case "gone" | "lost":
            raise Complaint(404, f"Video with id '{video.id}' not found.", param="video_id", code="video_not_found")
        case "pending":
            return _changed(reply, status="in_progress", progress=50, completed_at=None, expires_at=None)
        case "stall":
            return _changed(reply, status="in_progress", progress=10, completed_at=None, expires_at=None)
        case "unknown-status":
            return _changed(reply, status=fault.argument or "processing")
        case "nulls":
            return _changed(reply, **dict.fromkeys(("progress", "created_at", "seconds", "size")))
        case "id-changes":
            return _changed(reply, id=f"{video.id}_polled")
    return reply


def content(fault: Fault, request: ReceivedRequest, reply: Reply, elsewhere: str) -> Reply:
    """What becomes of a download. `elsewhere`: where the clip is without a key. Raises Complaint."""
    _common(fault)
    manners: dict[str, Manner] = {
        "cut": "cut",
        "chunked": "chunked",
        "chunked-cut": "chunked-cut",
        "too-long": "too-long",
        "too-short": "too-short",
        "hold": "half-held",
        "drop": "nothing",
    }
    match fault.name:
        case name if name in manners:
            return replace(reply, manner=manners[name])
        case "404":
            raise Complaint(404, "The content of this video is not available.", code="video_not_available")
        case "502-html":
            return _page(502)
        case "html":
            return _page(200)
        case "empty":
            return replace(reply, body=b"", start=0, headers={"content-type": "video/mp4"})
        case "not-a-video":
            return replace(reply, body=b"this is no video\n" * 2000, start=0, headers={"content-type": "video/mp4"})
        case "damaged":
            return replace(reply, body=_damaged(reply), headers={**reply.headers, "accept-ranges": "none"})
        case "a-sound" | "a-gif":
            body = _sound() if fault.name == "a-sound" else _gif()
            return Reply(200, body, {"content-type": "video/mp4"})
        case "slow":
            return replace(reply, slow=fault.number(1))
        case "elsewhere":
            raise Complaint(400, f"Video has been uploaded to cloud storage: {elsewhere}", code=None)
        case "redirect" | "redirect-self" | "redirect-private" | "redirect-loop":
            private = "http://10.255.255.1/clip.mp4"
            places = {"redirect-self": elsewhere, "redirect-private": private, "redirect-loop": request.path}
            return Reply(302, b"", {"location": places.get(fault.name, fault.argument)})
    return reply


def _damaged(reply: Reply) -> bytes:
    """The same clip with nothing where its pictures should be: its boxes and its length are as they were."""
    data = bytearray(reply.body if isinstance(reply.body, bytes) else reply.body.read_bytes())
    found = data.find(b"mdat")
    pictures = found + 4 if found >= 0 else len(data) // 2
    data[pictures:] = bytes(len(data) - pictures)
    return bytes(data[reply.start :])


def _sound() -> bytes:
    """A second of silence."""
    into = BytesIO()
    with wave.open(into, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(16000))
    return into.getvalue()


def _gif() -> bytes:
    into = BytesIO()
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("red", "blue")]
    frames[0].save(into, "GIF", save_all=True, append_images=frames[1:], duration=100)
    return into.getvalue()


def _common(fault: Fault) -> None:
    """Refusals that every stage knows."""
    if fault.name in ("refuse-429", "429"):
        raise _waiting(429, "Rate limit reached. Please try again later.", "rate_limit_exceeded", fault.argument)
    if fault.name == "busy-503":
        raise _waiting(503, "The server is overloaded. Please try again later.", "server_overloaded", fault.argument)
    if fault.name == "500":
        message = "The server had an error while processing your request."
        raise Complaint(500, message, kind="server_error", code="server_error")


def _waiting(status: int, message: str, code: str, argument: str) -> Complaint:
    """`argument`: seconds, "500ms", "date" (an HTTP date) or "none"."""
    if argument == "none":
        headers = {}
    elif argument == "date":
        headers = {"retry-after": formatdate(usegmt=True)}
    elif argument.endswith("ms"):
        headers = {"retry-after-ms": argument.removesuffix("ms")}
    else:
        headers = {"retry-after": argument or "1"}
    kind = "requests" if status == 429 else "server_error"
    return Complaint(status, message, kind=kind, code=code, headers=headers)


def _page(status: int) -> Reply:
    return Reply(status, _PAGE, {"content-type": "text/html"})


def _garbage(reply: Reply) -> Reply:
    return replace(reply, body=_bytes(reply)[: len(_bytes(reply)) // 2])


def _bytes(reply: Reply) -> bytes:
    assert isinstance(reply.body, bytes)
    return reply.body


def _changed(reply: Reply, **fields: Any) -> Reply:
    assert isinstance(reply.body, bytes)
    value = {**json.loads(reply.body), **fields}
    return replace(reply, body=json.dumps({k: v for k, v in value.items() if k != "id" or v is not None}).encode())
