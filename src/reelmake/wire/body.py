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
from reelmake.model.http import File, Request, sniff

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
        if request.raw is not None:
            content = Path(request.raw.path).read_bytes()
            return {"content": content, "headers": {"content-type": sniff(content[:32])[0]}}
        if request.form:
            return {"files": [(name, _part(value, files)) for name, value in request.form]}
        if request.json is None:
            return {}
        text = json.dumps(_plain(request.json), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return {"content": text.encode(), "headers": {"content-type": "application/json"}}
    except OSError as error:
        raise LocalTool(f"a file that was to be sent cannot be read: {error}") from None


def _part(value: str | File, files: ExitStack) -> Part:
    if isinstance(value, File) and value.form in ("type", "name"):
        value = str(_plain(value))
    if isinstance(value, str):
        return None, value.encode()
    file = Path(value.path).open("rb")  # noqa: SIM115 - sent later, closed with `files`
    files.callback(file.close)
    kind, suffix = sniff(file.read(32))
    file.seek(0)
    return value.name or _called(kind, suffix), file, kind


def _called(kind: str, suffix: str) -> str:
    """A neutral name for a file of this media type."""
    return f"{kind.split('/')[0].replace('application', 'file')}.{suffix}"


def _plain(value: object) -> object:
    """JSON with every File as the text that stands for it."""
    if isinstance(value, File):
        with Path(value.path).open("rb") as file:
            kind, suffix = sniff(file.read(32))
            if value.form in ("type", "name"):
                return kind if value.form == "type" else value.name or _called(kind, suffix)
            file.seek(0)
            text = base64.b64encode(file.read()).decode()
        return text if value.form == "base64" else f"data:{kind};base64,{text}"
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value
