"""What schemathesis cannot know from the contract: what a picture and a clip are, and which ids exist.

Loaded by schemathesis in an environment of its own, so there is nothing of ours in it. FAKE_URL and FAKE_KEY: the
server; FAKE_CLIP: a clip; FAKE_CHARACTER: an id.
"""

from __future__ import annotations

import json
import os
import struct
import urllib.request
import zlib
from pathlib import Path
from typing import Any

import schemathesis
from schemathesis.transport.serialization import Binary


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    if not all(component.mode.is_positive for component in case.meta.components.values()):
        return  # it is meant to be wrong
    if "video_id" in case.path_parameters:
        case.path_parameters["video_id"] = new_video()
    if "character_id" in case.path_parameters:
        case.path_parameters["character_id"] = os.environ["FAKE_CHARACTER"]
    body = case.body
    if not isinstance(body, dict):
        return
    if not isinstance(body.get("input_reference", {}), dict):
        body["input_reference"] = Binary(picture(body.get("size", "720x1280")))
    if isinstance(body.get("video"), dict):
        body["video"]["id"] = new_video()
    elif "video" in body:
        body["video"] = Binary(Path(os.environ["FAKE_CLIP"]).read_bytes())
    case._sync_validated_hashes()  # as valid as before: schemathesis takes the bytes of a real clip for a wrong string


def new_video() -> str:
    headers = {"content-type": "application/json", "authorization": f"Bearer {os.environ['FAKE_KEY']}"}
    body = json.dumps({"prompt": "There to be asked for."}).encode()
    asked = urllib.request.Request(f"{os.environ['FAKE_URL']}/videos", body, headers)
    with urllib.request.urlopen(asked, timeout=20) as reply:
        return str(json.load(reply)["id"])


def picture(size: str) -> bytes:
    """A grey PNG of that size."""
    wide, high = map(int, size.split("x"))
    rows = zlib.compress((b"\0" + bytes([128]) * wide) * high)
    head = struct.pack(">IIBBBBB", wide, high, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
