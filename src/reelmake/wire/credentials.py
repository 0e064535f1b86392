"""The key of one provider, as the headers of a request have it: itself, or a token that it signs and that runs out.

Secrets that sign never leave this machine. Knows nothing of requests, and of origins: who sends it sees to that.
"""

from __future__ import annotations

import base64
import hmac
import json
from hashlib import sha256
from typing import Any
from urllib.parse import unquote

import httpx

from reelmake.errors import LocalTool
from reelmake.model.http import Auth

_SKEW = 60  # seconds by which their clock may be behind ours
_STEPS = ("pip install 'reelmake[vertex]'", "reelmake build")
_LEFT = 120  # seconds that a token must still hold


class Credentials:
    """`secret`: the text of a secret. One that signs is `ID:SECRET` (HS256), or the JSON of a service account (RS256);
    a text of another form is a token that somebody else has made, and goes as it is. A user name and password in `base`
    go too. `secrets`: every text that must not be read."""

    def __init__(self, base: httpx.URL, auth: Auth, secret: str) -> None:
        self._auth, self._secret = auth, secret
        self._signer = _signer(auth, secret)
        self._basic = ""
        if base.username or base.password:
            pair = f"{unquote(base.username)}:{unquote(base.password)}"
            self._basic = "Basic " + base64.b64encode(pair.encode()).decode()
        self._token, self._until = "", 0.0
        found = [secret, base.password, self._basic, self._signer.get("secret", "")]
        self.secrets = tuple(filter(None, [*found, auth.prefix + secret if secret else ""]))

    def headers(self, now: float) -> dict[str, str]:
        """`now`: unix seconds. Raises LocalTool if nothing can be signed."""
        headers = {"authorization": self._basic} if self._basic else {}
        if self._secret and self._auth.header:
            token = self._signed(now) if self._signer else self._secret
            headers[self._auth.header.lower()] = self._auth.prefix + token
        return headers

    def _signed(self, now: float) -> str:
        if self._until - _LEFT < now:
            self._until = now + 60 * self._auth.minutes
            times = {"iat": int(now), "nbf": int(now) - _SKEW, "exp": int(self._until)}
            claims = {"iss": self._signer["id"], **self._signer["claims"], **self._auth.claims, **times}
            head = {"alg": self._auth.jwt, "typ": "JWT", **self._signer["head"]}
            signed = ".".join(_text(json.dumps(part, separators=(",", ":")).encode()) for part in (head, claims))
            sign = _hs256 if self._auth.jwt == "HS256" else _rs256
            self._token = f"{signed}.{_text(sign(self._signer['secret'], signed.encode()))}"
        return self._token


def _signer(auth: Auth, secret: str) -> dict[str, Any]:
    """Who signs and with what; {} for a secret that does not."""
    if auth.jwt == "HS256" and secret.count(":") == 1:
        id, _, key = secret.partition(":")
        return {"id": id, "secret": key, "claims": {}, "head": {}}
    if auth.jwt == "RS256" and secret.lstrip().startswith("{"):
        try:
            said = json.loads(secret)
            id, key, name = (str(said[part]) for part in ("client_email", "private_key", "private_key_id"))
        except (ValueError, LookupError, TypeError):
            return {"id": "", "secret": "", "claims": {}, "head": {}}
        return {"id": id, "secret": key, "claims": {"sub": id}, "head": {"kid": name}}
    return {}


def _hs256(secret: str, message: bytes) -> bytes:
    return hmac.new(secret.encode(), message, sha256).digest()


def _rs256(secret: str, message: bytes) -> bytes:
    try:
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import padding, rsa
    except ImportError:
        raise LocalTool("a service account signs with a package that is not here", next_steps=_STEPS) from None
    if not secret:
        raise LocalTool("the secret begins as JSON, and is not that of a service account")
    try:
        key = serialization.load_pem_private_key(secret.encode(), password=None)
    except (ValueError, TypeError) as error:
        raise LocalTool(f"the private key of the service account cannot be read: {error}") from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise LocalTool("the private key of the service account is not one of RSA")
    return key.sign(message, padding.PKCS1v15(), hashes.SHA256())


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
