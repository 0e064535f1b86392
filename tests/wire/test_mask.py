"""No secret leaves in words, however a server spells it; what is left can still be read."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelmake.errors import Transient
from reelmake.wire.mask import Mask

SECRET = 'k9/"+=%& long\\secret'


@pytest.mark.parametrize("spell", [str, quote, lambda text: quote(text, safe=""), quote_plus, json.dumps])
def test_a_secret_in_every_spelling(spell: Callable[[str], str]) -> None:
    masked = Mask([SECRET])(f"Incorrect key: {spell(SECRET)}. Try again")

    assert "secret" not in masked
    assert masked.startswith("Incorrect key: ")
    assert masked.endswith(". Try again")


@given(st.text(min_size=6).filter(str.strip), st.text(max_size=50), st.text(max_size=50))
def test_any_secret_in_any_text(secret: str, before: str, after: str) -> None:
    if secret not in "***":
        assert secret not in Mask([secret])(before + secret + after) or secret in "***…"


def test_a_placeholder_is_not_struck_out_of_words() -> None:
    assert Mask(["none", ""])("none of these models") == "none of these models"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Authorization: Bearer abc.def-123", "Authorization: Bearer ***"),
        ("authorization: abcdef", "authorization: ***"),
        ("got 'Basic bWU6cEBzcw=='", "got 'Basic ***'"),
        ('{"api_key": "abc123", "a": 1}', '{"api_key": "***", "a": 1}'),
        ("see https://cdn.example/a/b.mp4?X-Amz-Signature=ff&x=1 now", "see https://cdn.example/a/b.mp4?*** now"),
        ("https://me:pass@host:8000/v1#frag", "https://host:8000/v1?***"),
        (r"https:\/\/cdn.example\/b.mp4?sig=ff", r"https:\/\/cdn.example\/b.mp4?***"),
        ("HTTP://A.EXAMPLE?token=1", "HTTP://A.EXAMPLE?***"),
        ("/b.mp4?Expires=17&Signature=ab%2B&Key-Pair-Id=K1", "/b.mp4?Expires=***&Signature=***&Key-Pair-Id=***"),
        ("/b.mp4?X-Goog-Credential=me@x&X-Goog-Date=1", "/b.mp4?X-Goog-Credential=***&X-Goog-Date=***"),
        ("token=abc, sig: def", "token=***, sig: ***"),
        ("Incorrect API key provided: sk-proj-abcdefgh12345678.", "Incorrect API key provided: ***."),
        ("AKIAABCDEFGHIJKLMNOP", "***"),
        ("no such model: wan-2.6 (expires in 2027, 16 tokens)", "no such model: wan-2.6 (expires in 2027, 16 tokens)"),
        ("http://localhost:8000/v1/videos", "http://localhost:8000/v1/videos"),
        ("", ""),
    ],
)
def test_what_works_like_a_secret(text: str, masked: str) -> None:
    assert Mask()(text) == masked


def test_an_error_keeps_what_it_knows() -> None:
    error = Transient("wait, Bearer abcdef", after=7.0, next_steps=("curl https://a.example/?key=1",))

    masked = Mask().error(error)

    assert masked is error
    assert str(error) == "wait, Bearer ***"
    assert (error.after, error.next_steps) == (7.0, ("curl https://a.example/?***",))


def test_a_very_long_text_is_cut_off() -> None:
    masked = Mask(["secret-at-the-end"])("x" * 1990 + "secret-at-the-end" + "y" * 9_000_000)

    assert len(masked) == 2000
    assert "secret" not in masked
