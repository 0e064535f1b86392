"""A request and its answer as plain values, so that a provider is a pure conversation; where an address leads, and what
the first bytes of an answer or a file tell of its kind. Carriage: how requests are carried, whatever is spoken.

A conversation yields Requests and is sent Responses. It never holds a secret: whoever carries requests adds it. An
origin is told by the letters of an address alone; no name is resolved.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import field
from datetime import UTC
from functools import cached_property
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import PurePath
from typing import Any, Literal
from urllib.parse import urlsplit

from reelmake.model.json_value import Json
from reelmake.records import dataclass

LARGEST = 8 << 20  # bytes of an answer that is read into memory


@dataclass(frozen=True, slots=True)
class Auth:
    """Where the secret goes: `header: prefix + secret`.

    `jwt`: it signs a token that goes there in its place, by this algorithm, with these `claims` and for so many
    `minutes`; "" = the secret itself goes.
    """

    header: str = "Authorization"
    prefix: str = "Bearer "
    jwt: Literal["", "HS256", "RS256"] = ""
    claims: Mapping[str, str] = field(default_factory=dict)
    minutes: float = 30.0


@dataclass(frozen=True, slots=True)
class Secret:
    """A key, and the one origin that it may be sent to."""

    text: str = field(default="", repr=False)
    origin: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """A local file as a part of a body. Its type is told from its first bytes; `name` "" = a neutral one of that type.

    In `form` it is a file part, as `raw` the whole body. In `json` it stands for text: its bytes as a data URL, or as
    bare base64; its media type; or a name with the ending of its type.
    """

    path: PurePath
    name: str = ""
    form: Literal["data-url", "base64", "type", "name"] = "data-url"


@dataclass(frozen=True, slots=True)
class Request:
    """`url` is absolute, or a path below the provider's `base_url`; ids in it are percent-encoded by who made it.

    `json` (may hold Files at any depth), `form` (multipart; values are text or File) or `raw` is the body; none of them
    set = none. `wait`: seconds to wait before it is sent.
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
    raw: File | None = None
    wait: float = 0.0
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


_PORTS = {"http": 80, "https": 443}
_PLAIN = re.compile(r"[\x21-\x5b\x5d-\x7e]+")  # what every reader of addresses reads alike: no space, no backslash
_NAME = re.compile(r"[a-z0-9_.-]+")
_LOOPBACK = IPv6Address("::1")


def origin(address: str) -> str:
    """ "https://api.studio.example", "http://127.0.0.1:8901": of default ports without them; "" if it has none.

    A name with letters beyond ASCII has none: two readers may spell it differently. Its `xn--` form has one.
    """
    if not _PLAIN.fullmatch(address):
        return ""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if parts.scheme not in _PORTS or port == 0 or not host:
        return ""
    if ":" in host:
        try:
            host = f"[{IPv6Address(host).compressed}]"
        except ValueError:
            return ""
    elif not _NAME.fullmatch(host):
        return ""
    return f"{parts.scheme}://{host}" + ("" if port in (None, _PORTS[parts.scheme]) else f":{port}")


def loopback(origin: str) -> bool:
    """Is it this machine, said by its literal name: 127.0.0.0/8, [::1], localhost?"""
    host = urlsplit(origin).hostname or ""
    try:
        found = ip_address(host)
    except ValueError:
        return host == "localhost"
    return found.is_loopback if isinstance(found, IPv4Address) else found == _LOOPBACK


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
    (0, b"\xff\xfb", "audio/mpeg", "mp3"),
    (0, b"\xff\xf3", "audio/mpeg", "mp3"),
    (0, b"\xff\xf2", "audio/mpeg", "mp3"),
    (0, b"OggS", "audio/ogg", "ogg"),
)


def sniff(head: bytes) -> tuple[str, str]:
    """The media type that the first bytes of a file tell, and the suffix that goes with it."""
    for at, sign, kind, suffix in _SIGNS:
        if head[at : at + len(sign)] == sign:
            return kind, suffix
    return "application/octet-stream", "bin"


@dataclass(frozen=True, slots=True)
class Carriage:
    """Times are in seconds; OPTIONS says the same to authors.

    connect_timeout: until there is a connection. read_timeout: for an answer, and for each next piece of a clip.
    create_timeout: for the answer to a paid request. downloads: at once, at most. allow_private: a link in a reply may
    lead to any address of this machine or its network, not only within the provider's own. list_lag: after which a job
    that was taken is in the provider's list; None = as the kind knows it.
    """

    connect_timeout: float = 10.0
    read_timeout: float = 60.0
    create_timeout: float = 120.0
    downloads: int = 4
    allow_private: bool = False
    list_lag: float | None = None

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Carriage:
        """Of a provider's options, which may hold others; raises TypeError or ValueError for what is no number."""
        said = {name: options[name] for name in OPTIONS if name in options}
        for name in said.keys() & {"connect_timeout", "read_timeout", "create_timeout", "list_lag"}:
            said[name] = float(said[name])
        return cls(**said)


def _seconds(title: str, description: str, default: float) -> dict[str, Any]:
    number = {"type": "number", "exclusiveMinimum": 0, "maximum": 86400}
    return {"title": title, "description": description, "default": default, "examples": [2 * default], **number}


OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "connect_timeout": _seconds("Time to connect", "Seconds to wait for a connection.", 10),
    "read_timeout": _seconds("Time to answer", "Seconds to wait for an answer, and for each next piece of a clip.", 60),
    "create_timeout": _seconds(
        "Time to answer an order", "Seconds to wait; after that it is unknown whether the order was accepted.", 120
    ),
    "downloads": {
        "title": "Downloads", "description": "How many clips are downloaded at the same time.", "type": "integer",
        "minimum": 1, "maximum": 1000, "default": 4, "examples": [8],
    },
    "allow_private": {
        "title": "Private addresses", "default": False, "examples": [True], "type": "boolean",
        "description": "May a link in a reply lead into a private network that the provider itself is not in?",
    },
    "list_lag": {
        "title": "Lag of the list", "type": "number", "minimum": 0, "maximum": 86400, "examples": [60],
        "description": "Seconds after which a job that was taken is in the provider's list. An order whose answer "
        "was lost is sent again when the list has not shown it for that long; where it is not known, a person decides.",
    },
}  # fmt: skip
"""Every option of Carriage as JSON Schema has a property."""
