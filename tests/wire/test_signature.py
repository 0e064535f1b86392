"""Who may post: signatures of Standard Webhooks, held against the official package and against every change."""

from __future__ import annotations

import base64
import datetime
import hashlib
import hmac

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook

from reelmake.wire.signature import WINDOW, Unsigned, key_of, verify

NOW = 1_800_000_000.0
SECRET = "whsec_" + base64.b64encode(b"twenty-four secret bytes").decode()


def signed(secret: str, body: bytes, id: str = "msg_1", at: float = NOW) -> dict[str, str]:
    mac = hmac.new(key_of(secret), f"{id}.{int(at)}.".encode() + body, hashlib.sha256)
    signature = "v1," + base64.b64encode(mac.digest()).decode()
    return {"webhook-id": id, "webhook-timestamp": str(int(at)), "webhook-signature": signature}


def test_the_example_of_the_specification() -> None:
    """Secret, id, time and body, and the signature that goes with them, as the reference implementations have them."""
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    assert verify(secret, headers, b'{"test": 2432232314}', 1614265330.0) == "msg_p5jXN8AQM9LWM0D4loKWxJek"


@settings(deadline=None)
@given(st.binary(max_size=400), st.text("abcXYZ_0189-", min_size=1, max_size=40))
def test_what_the_official_package_signs_is_taken(body: bytes, id: str) -> None:
    stamp = datetime.datetime.fromtimestamp(NOW, tz=datetime.UTC)
    text = body.decode("latin-1")
    signature = Webhook(SECRET).sign(id, stamp, text)
    headers = {"webhook-id": id, "webhook-timestamp": str(int(NOW)), "webhook-signature": signature}
    assert verify(SECRET, headers, text.encode(), NOW) == id


@settings(deadline=None)
@given(st.binary(max_size=400), st.text("abcXYZ_0189-", min_size=1, max_size=40), st.floats(-WINDOW + 1, WINDOW - 1))
def test_any_secret_of_any_form_is_understood(body: bytes, secret: str, off: float) -> None:
    for form in (secret, "whsec_" + base64.b64encode(secret.encode()).decode()):
        assert verify(form, signed(form, body, at=NOW + off), body, NOW) == "msg_1"


@settings(deadline=None)
@given(st.binary(min_size=1, max_size=60), st.integers(0, 10_000), st.integers(1, 255))
def test_no_other_body_is_taken(body: bytes, at: int, flip: int) -> None:
    headers, other = signed(SECRET, body), bytearray(body)
    other[at % len(body)] ^= flip
    with pytest.raises(Unsigned, match="wrong"):
        verify(SECRET, headers, bytes(other), NOW)


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
@settings(deadline=None)
@given(value=st.text(max_size=60))
@example(value="")
def test_no_other_header_is_taken(name: str, value: str) -> None:
    headers = signed(SECRET, b"{}")
    if value.split() == headers[name].split():
        return
    with pytest.raises(Unsigned):
        verify(SECRET, {**headers, name: value}, b"{}", NOW)


@pytest.mark.parametrize("off", [-WINDOW - 1, WINDOW + 1, -1e6, 1e6])
def test_only_the_present_is_taken(off: float) -> None:
    with pytest.raises(Unsigned, match="too old or from the future"):
        verify(SECRET, signed(SECRET, b"{}", at=NOW + off), b"{}", NOW)


def test_one_right_signature_of_several_is_enough() -> None:
    headers = signed(SECRET, b"{}")
    right = headers["webhook-signature"]
    for all_of_them in (f"v1,AAAA {right}", f"v1a,{right[3:]} {right}", f"v1,!!! v2 {right} v1,"):
        assert verify(SECRET, {**headers, "webhook-signature": all_of_them}, b"{}", NOW) == "msg_1"
    with pytest.raises(Unsigned):
        verify(SECRET, {**headers, "webhook-signature": f"v2,{right[3:]}"}, b"{}", NOW)
