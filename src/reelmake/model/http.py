"""A request and its answer as plain values, so that a provider is a pure conversation.

A conversation yields Requests and is sent Responses. It never holds a secret: whoever carries requests adds it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field
from datetime import UTC
from functools import cached_property
from pathlib import PurePath
from typing import Literal

from reelmake.model.json_value import Json
from reelmake.records import dataclass

LARGEST = 8 << 20  # bytes of an answer that is read into memory


@dataclass(frozen=True, slots=True)
class Auth:
    """Where the secret goes: `header: prefix + secret`."""

    header: str = "Authorization"
    prefix: str = "Bearer "


@dataclass(frozen=True, slots=True)
class Secret:
    """A key, and the one origin that it may be sent to."""

    text: str = field(default="", repr=False)
    origin: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """A local file as a part of a body. Its type is told from its first bytes; `name` "" = a neutral one of that type.

    In `form` it is a file part. In `json` it stands for text: its bytes as a data URL, or as bare base64.
    """

    path: PurePath
    name: str = ""
    form: Literal["data-url", "base64"] = "data-url"


@dataclass(frozen=True, slots=True)
class Request:
    """`url` is absolute, or a path below the provider's `base_url`; ids in it are percent-encoded by who made it.

    `json` (may hold Files at any depth) or `form` (multipart; values are text or File) is the body; both unset = none.
    `paid`: may be billed, so it is never repeated, and a lost answer to it is Ambiguous.
    `save`: a body answered with 200 is the file: it goes to the disk and `Response.body` stays empty.
    `open`: sent without credentials, wherever it goes (a URL that stood in a reply).
    `most`: bytes of its answer that are read; what goes beyond is cut off.
    """

    method: str
    url: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    json: object = None
    form: tuple[tuple[str, str | File], ...] = ()
    paid: bool = False
    save: bool = False
    open: bool = False
    most: int = LARGEST


@dataclass(frozen=True)
class Response:
    """`headers` by lower-case name. `at`: unix seconds when it came, by our clock. `url`: where from."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    at: float = 0.0
    url: str = ""

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def date(self) -> float | None:
        """The other side's clock, unix seconds, by its Date header; None = it does not say."""
        return moment(self.headers.get("date", ""))

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @cached_property
    def data(self) -> Json:
        """The body as JSON; None if it is not."""
        try:
            said: Json = json.loads(self.body)
            return said
        except (ValueError, RecursionError):
            return None


_WORDS = ("text/", "application/json", "application/problem", "application/xml", "application/xhtml", "multipart/")


def is_file(head: bytes, kind: str) -> bool:
    """Are these the first kilobyte of a film, a picture or a sound, and not words? `kind`: what the answer calls it,
    which is believed least: files come as text/plain, and pages as files.

    No film is without a zero there, and no text has one. Where there is none, what begins as JSON or a page is that.
    """
    begun = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if b"\0" in head:  # UTF-16 has some too, and so has a form with the file somewhere in it
        return not head.startswith((b"\xff\xfe", b"\xfe\xff", b"--"))
    return begun not in (b"{", b"[", b"<") and not kind.lower().startswith(_WORDS)


def moment(date: str) -> float | None:
    """Unix seconds of a date as headers write it; None if it is none."""
    from email.utils import parsedate_to_datetime  # 15 ms: only where a date is met

    try:
        read = parsedate_to_datetime(date)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
