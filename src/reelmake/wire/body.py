"""The body of a request: JSON or a form, with files told by their first bytes.

Files of a form are read while they are sent; in JSON they are text, so they are read whole.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, TypeAlias, TypedDict

from reelmake.errors import LocalTool
from reelmake.model.http import File, Request

_SIGNS = (  # offset, bytes, type, suffix
    (0, b"\xff\xd8\xff", "image/jpeg", "jpg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (8, b"WEBP", "image/webp", "webp"),
    (8, b"WAVE", "audio/wav", "wav"),
    (0, b"GIF8", "image/gif", "gif"),
    (4, b"ftypavi", "image/avif", "avif"),
    (4, b"ftyphei", "image/heic", "heic"),
    (4, b"ftypqt", "video/quicktime", "mov"),
    (4, b"ftypM4A", "audio/mp4", "m4a"),
    (4, b"ftyp", "video/mp4", "mp4"),
    (0, b"\x1a\x45\xdf\xa3", "video/webm", "webm"),
    (0, b"fLaC", "audio/flac", "flac"),
    (0, b"ID3", "audio/mpeg", "mp3"),
    (0, b"OggS", "audio/ogg", "ogg"),
)


Part: TypeAlias = "tuple[None, bytes] | tuple[str, BinaryIO, str]"
"""Of a form: text, or a file with its name and its media type."""


class Body(TypedDict, total=False):
    """Arguments of httpx's build_request. Neither `content` nor `files` = no body."""

    content: bytes
    files: list[tuple[str, Part]]
    headers: dict[str, str]


def encode(request: Request, files: ExitStack) -> Body:
    """The body of a request; opened files are closed with `files`.

    Raises LocalTool if a file cannot be read.
    """
    try:
        if request.form:
            return {"files": [(name, _part(value, files)) for name, value in request.form]}
        if request.json is None:
            return {}
        text = json.dumps(_plain(request.json), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return {"content": text.encode(), "headers": {"content-type": "application/json"}}
    except OSError as error:
        raise LocalTool(f"a file that was to be sent cannot be read: {error}") from None


def sniff(head: bytes) -> tuple[str, str]:
    """The media type that the first bytes of a file tell, and the suffix that goes with it."""
    for at, sign, kind, suffix in _SIGNS:
        if head[at : at + len(sign)] == sign:
            return kind, suffix
    return "application/octet-stream", "bin"


def _part(value: str | File, files: ExitStack) -> Part:
    if isinstance(value, str):
        return None, value.encode()
    file = Path(value.path).open("rb")  # noqa: SIM115 - sent later, closed with `files`
    files.callback(file.close)
    kind, suffix = sniff(file.read(32))
    file.seek(0)
    return value.name or f"{kind.split('/')[0].replace('application', 'file')}.{suffix}", file, kind


def _plain(value: object) -> object:
    """JSON with every File as the text that stands for it."""
    if isinstance(value, File):
        content = Path(value.path).read_bytes()
        text = base64.b64encode(content).decode()
        return text if value.form == "base64" else f"data:{sniff(content[:32])[0]};base64,{text}"
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value
