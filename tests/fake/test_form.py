"""Bodies arrive as they were sent, to the byte."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelmake_fake.form import FilePart, SentForm, Unreadable, read
from reelmake_fake.http11 import ReceivedRequest

names = st.text(st.characters(codec="utf-8", exclude_characters='"\\\r\n[]', exclude_categories=["C"]), min_size=1)
texts = st.text(st.characters(codec="utf-8"), max_size=50)


def sent(**body: Any) -> SentForm:
    """Encoded by httpx, which knows nothing of us."""
    made = httpx.Request("POST", "http://x/", **body)
    made.read()
    return read(ReceivedRequest("POST", "/", (), dict(made.headers), made.content))


@given(st.dictionaries(names, texts), st.dictionaries(names, st.binary(max_size=200), min_size=1))
def test_forms(fields: dict[str, str], files: dict[str, bytes]) -> None:
    fields = {name: value for name, value in fields.items() if name not in files}

    form = sent(data=fields, files={name: (f"{name}.bin", body, "video/mp4") for name, body in files.items()})

    assert not form.json
    assert form.fields == {
        **fields,
        **{name: FilePart(f"{name}.bin", "video/mp4", body) for name, body in files.items()},
    }


def test_bodies_that_look_like_boundaries_stay_whole() -> None:
    body = b"\r\n--x\r\n\r\n--\r\n" * 20

    form = sent(files={"video": ("a", body)}, headers={"content-type": "multipart/form-data; boundary=xx"})

    assert form.fields["video"].body == body


@given(st.dictionaries(texts, st.none() | st.booleans() | st.integers() | texts | st.lists(texts), max_size=5))
def test_json(value: dict[str, Any]) -> None:
    assert sent(json=value) == SentForm(value, json=True)


def test_brackets_are_mappings_and_lists() -> None:
    form = sent(data={"video[id]": "v", "script[]": "a", "more": ["1", "2"], "one[]": ["1", "2"]}, files={"f": b""})

    assert {k: v for k, v in form.fields.items() if k != "f"} == {
        "video": {"id": "v"},
        "script": ["a"],
        "more": ["1", "2"],
        "one": ["1", "2"],
    }


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("application/json", b"{", 400),
        ("application/json", b"[]", 400),
        ("application/json", b"[" * 100_000, 400),
        ("multipart/form-data", b"", 400),
        ("multipart/form-data; boundary=b", b"--b\r\n\r\nx", 400),
        ("multipart/form-data; boundary=b", b"--b\r\nno head\r\n--b--", 400),
        ("application/x-www-form-urlencoded", b"prompt=x", 415),
        ("", b"", 415),
    ],
)
def test_what_cannot_be_read(kind: str, body: bytes, status: int) -> None:
    with pytest.raises(Unreadable) as refused:
        read(ReceivedRequest("POST", "/", (), {"content-type": kind}, body))
    assert refused.value.status == status


def test_json_is_json() -> None:
    assert json.loads("{}") == dict(sent(json={}).fields)
