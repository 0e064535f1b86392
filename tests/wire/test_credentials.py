"""Keys that sign: what goes over the line is a token that runs out, and is renewed; the secret stays here."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
from hashlib import sha256
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from reelmake.errors import LocalTool
from reelmake.model.http import Auth, Carriage, Request, Secret, origin
from reelmake.wire.credentials import Credentials
from reelmake.wire.line import Line
from reelmake.wire.mask import Mask
from tests.wire.loopback import Loopback, reply

BASE = httpx.URL("https://api.acme.example")
NOW = 1_790_000_000.0
PAIR = "access-0815:secret-4711-and-more"
HS = Auth(jwt="HS256", claims={"use": "video"}, minutes=30)


def parts(header: str) -> tuple[dict[str, Any], dict[str, Any], bytes, bytes]:
    """Of "Bearer TOKEN": head, claims, what was signed, signature."""
    head, claims, sign = header.removeprefix("Bearer ").split(".")
    read = [base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in (head, claims, sign)]
    return json.loads(read[0]), json.loads(read[1]), f"{head}.{claims}".encode(), read[2]


def test_a_pair_signs_a_token() -> None:
    head, claims, signed, sign = parts(Credentials(BASE, HS, PAIR).headers(NOW)["authorization"])
    assert head == {"alg": "HS256", "typ": "JWT"}
    assert claims.pop("nbf") < NOW
    assert claims == {"iss": "access-0815", "use": "video", "iat": int(NOW), "exp": int(NOW) + 1800}
    assert sign == hmac.new(b"secret-4711-and-more", signed, sha256).digest()


def test_a_token_is_renewed_before_it_runs_out() -> None:
    key = Credentials(BASE, HS, PAIR)
    first = key.headers(NOW)
    assert key.headers(NOW + 1600) == first
    for later in (1700, 1801, 90_000):
        _, claims, _, _ = parts(key.headers(NOW + later)["authorization"])
        assert claims["exp"] > NOW + later + 100


@pytest.mark.parametrize("auth", [HS, Auth(jwt="RS256")])
def test_what_does_not_sign_is_a_token_and_goes_as_it_is(auth: Auth) -> None:
    assert Credentials(BASE, auth, "ya29.token").headers(NOW) == {"authorization": "Bearer ya29.token"}
    assert Credentials(BASE, auth, "").headers(NOW) == {}


def account() -> tuple[str, rsa.RSAPublicKey]:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    said = {"client_email": "film@acme.example", "private_key": pem, "private_key_id": "k1", "type": "service_account"}
    return json.dumps(said), private.public_key()


def test_a_service_account_signs_for_itself() -> None:
    secret, public = account()
    key = Credentials(BASE, Auth(jwt="RS256", claims={"scope": "https://acme.example/cloud"}), secret)
    head, claims, signed, sign = parts(key.headers(NOW)["authorization"])
    assert head == {"alg": "RS256", "typ": "JWT", "kid": "k1"}
    assert (claims["iss"], claims["sub"], claims["scope"]) == (
        "film@acme.example", "film@acme.example", "https://acme.example/cloud",
    )  # fmt: skip
    public.verify(sign, signed, padding.PKCS1v15(), hashes.SHA256())
    assert json.loads(secret)["private_key"] in key.secrets


@pytest.mark.parametrize(
    "secret", ["{}", "{", '{"client_email": "a", "private_key": "x", "private_key_id": "k"}', '{"private_key": 1}']
)
def test_a_broken_service_account_is_said_and_not_sent(secret: str) -> None:
    key = Credentials(BASE, Auth(jwt="RS256"), secret)
    with pytest.raises(LocalTool):
        key.headers(NOW)


def test_no_token_is_read_in_a_message() -> None:
    token = Credentials(BASE, HS, PAIR).headers(NOW)["authorization"].removeprefix("Bearer ")
    masked = Mask(Credentials(BASE, HS, PAIR).secrets)(f"wrong token {token}, or secret-4711-and-more")
    assert masked == "wrong token ***, or ***"


def test_on_the_line_the_secret_is_never_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    async def go() -> None:
        async with Loopback(reply()) as server:
            line = Line("acme", server.url, HS, Secret(PAIR, origin(server.url)), Carriage())
            times = iter([NOW, NOW + 60, NOW + 3600])
            for at in times:
                monkeypatch.setattr("reelmake.wire.line.time.time", lambda at=at: at)
                await line.send(Request("GET", "/jobs/1"))
            await line.close()
            sent = [asked.headers["authorization"] for asked in server.asked]
            assert sent[0] == sent[1] != sent[2]
            assert "secret-4711" not in "".join(f"{asked.headers}" for asked in server.asked)

    asyncio.run(go())
