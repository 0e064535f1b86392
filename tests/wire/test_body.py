"""Bodies as a server reads them: parts in order, files by what they are and not by their names."""

from __future__ import annotations

import asyncio
import base64
import email
import email.policy
import json
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import pytest

from reelmake.model.http import File, Request, sniff
from tests.wire.loopback import Asked, Loopback, reply
from tests.wire.talk import said

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 40


def sent(request: Request) -> Asked:
    async def go() -> Asked:
        async with Loopback(reply()) as server:
            await said(server.url, request)
            return server.asked[0]

    return asyncio.run(go())


def parts(asked: Asked) -> list[EmailMessage]:
    head = f"content-type: {asked.headers['content-type']}\r\n\r\n".encode()
    whole = email.message_from_bytes(head + asked.body, policy=email.policy.HTTP)
    assert whole.get_content_type() == "multipart/form-data"
    return cast("list[EmailMessage]", list(whole.iter_parts()))


def test_a_form(tmp_path: Path) -> None:
    image = tmp_path / "any name.jpeg"  # it says jpeg and is not
    image.write_bytes(PNG)
    form: tuple[tuple[str, str | File], ...] = (
        ("prompt", "Zwölf\nLinien"),
        ("seconds", "8"),
        ("input_reference", File(image)),
        ("images", File(image, "a.png")),
        ("images", File(image, "b.png")),
    )

    asked = sent(Request("POST", "/videos", form=form, paid=True))

    found = parts(asked)
    names = [p.get_param("name", header="content-disposition") for p in found]
    assert names == ["prompt", "seconds", "input_reference", "images", "images"]
    assert found[0].get_payload(decode=True) == "Zwölf\nLinien".encode()
    assert found[0].get_filename() is None
    assert found[2].get_filename() == "image.png"
    assert found[2].get_content_type() == "image/png"
    assert found[2].get_payload(decode=True) == PNG
    assert [p.get_filename() for p in found[3:]] == ["a.png", "b.png"]
    assert int(asked.headers["content-length"]) == len(asked.body)


def test_a_form_without_files_is_a_form() -> None:
    (part,) = parts(sent(Request("POST", "/videos", form=(("prompt", "A kite."),))))

    assert part.get_payload(decode=True) == b"A kite."


def test_files_in_json(tmp_path: Path) -> None:
    image = tmp_path / "x"
    image.write_bytes(JPEG)
    body: dict[str, Any] = {"a": [{"url": File(image)}], "b": File(image, form="base64"), "c": ("é", 1, None, True)}

    asked = sent(Request("POST", "/videos", json=body))

    text = base64.b64encode(JPEG).decode()
    said = {"a": [{"url": f"data:image/jpeg;base64,{text}"}], "b": text, "c": ["é", 1, None, True]}
    assert json.loads(asked.body) == said
    assert asked.headers["content-type"] == "application/json"


@pytest.mark.parametrize("value", [{}, [], 0, False, ""])
def test_an_empty_body_is_one(value: Any) -> None:
    assert json.loads(sent(Request("POST", "/videos", json=value)).body) == value


def test_no_body() -> None:
    asked = sent(Request("GET", "/videos"))

    assert asked.body == b""
    assert "content-type" not in asked.headers


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"RIFF\0\0\0\0WAVEfmt ", "audio/wav"),
        (b"\0\0\0\x20ftypisom", "video/mp4"),
        (b"\0\0\0\x14ftypqt  ", "video/quicktime"),
        (b"\0\0\0\x1cftypavif", "image/avif"),
        (b"\x1a\x45\xdf\xa3", "video/webm"),
        (b"", "application/octet-stream"),
        (b"hello", "application/octet-stream"),
    ],
)
def test_a_type_by_its_first_bytes(head: bytes, kind: str) -> None:
    assert sniff(head)[0] == kind


def test_a_whole_file_and_what_is_said_of_one(tmp_path: Path) -> None:
    image = tmp_path / "a.png"  # it says png and is not
    image.write_bytes(JPEG)
    asked = sent(Request("PUT", "/files/1", raw=File(image)))
    assert (asked.method, asked.body, asked.headers["content-type"]) == ("PUT", JPEG, "image/jpeg")
    said_of = {"type": File(image, form="type"), "name": File(image, form="name"), "own": File(image, "b", "name")}
    asked = sent(Request("POST", "/uploads", json=said_of))
    assert json.loads(asked.body) == {"type": "image/jpeg", "name": "image.jpg", "own": "b"}
