"""What a client sent, as one mapping: JSON, or a form whose parts are texts and files. Knows no field by name."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any

from reelmake_fake.http11 import ReceivedRequest

_PARAMETER = re.compile(r';\s*([\w*]+)=("[^"]*"|[^;]*)')


class Unreadable(Exception):
    """The body is not what its type says. `status` is 400 or 415."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class FilePart:
    """A file part."""

    name: str
    kind: str
    body: bytes


@dataclass(frozen=True, slots=True)
class SentForm:
    """`fields`: text, Upload, or what JSON has; a name that stands twice has a list. `json`: it came as JSON."""

    fields: Mapping[str, Any]
    json: bool


def read(request: ReceivedRequest) -> SentForm:
    """Raises Unreadable."""
    kind, parameters = _typed(request.headers.get("content-type", ""))
    if kind == "application/json":
        return SentForm(_object(request.body), json=True)
    if kind == "multipart/form-data":
        if not parameters.get("boundary"):
            raise Unreadable("The multipart body has no boundary.")
        return SentForm(_folded(_parts(request.body, parameters["boundary"].encode("latin-1", "replace"))), json=False)
    raise Unreadable(f"Unsupported content type: '{kind}'. Use 'application/json' or 'multipart/form-data'.", 415)


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable("We could not parse the JSON body of your request.") from error
    if not isinstance(value, dict):
        raise Unreadable("The JSON body of your request must be an object.")
    return value


def _typed(text: str) -> tuple[str, dict[str, str]]:
    message = Message()
    message["content-type"] = text
    found = message.get_params([]) or [("", "")]
    return found[0][0].lower(), {name.lower(): str(value) for name, value in found[1:]}


def _parts(body: bytes, boundary: bytes) -> list[tuple[str, str | FilePart]]:
    found: list[tuple[str, str | FilePart]] = []
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary)
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise Unreadable("The multipart body does not end as it should.")
    for piece in pieces[1:-1]:
        head, gap, content = piece.partition(b"\r\n\r\n")
        if not gap:
            raise Unreadable("A part of the multipart body has no head.")
        lines = (line.partition(":") for line in head.decode("utf-8", "replace").split("\r\n"))
        headers = {name.strip().lower(): value.strip() for name, _, value in lines}
        named = {name.lower(): value for name, value in _PARAMETER.findall(headers.get("content-disposition", ""))}
        field, file = (named[name].strip('"') if name in named else None for name in ("name", "filename"))
        if field is None:
            raise Unreadable("A part of the multipart body has no name.")
        if file is not None:
            found.append((field, FilePart(file, headers.get("content-type", "application/octet-stream"), content)))
        else:
            try:
                found.append((field, content.decode()))
            except UnicodeDecodeError:  # a file without a name
                found.append((field, FilePart("", "application/octet-stream", content)))
    return found


def _folded(parts: list[tuple[str, str | FilePart]]) -> dict[str, Any]:
    """`a[b]` becomes a mapping, `a[]` and a repeated `a` a list."""
    fields: dict[str, Any] = {}
    for name, value in parts:
        nested = re.fullmatch(r"([^\[\]]+)\[([^\[\]]*)\]", name)
        if nested and nested[2]:
            inner = fields.setdefault(nested[1], {})
            if not isinstance(inner, dict):
                raise Unreadable(f"The parts '{nested[1]}' contradict each other.")
            inner[nested[2]] = value
            continue
        plain = nested[1] if nested else name
        if plain in fields:
            before = fields[plain]
            fields[plain] = [*before, value] if isinstance(before, list) else [before, value]
        else:
            fields[plain] = [value] if nested else value
    return fields
