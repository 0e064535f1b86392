"""Standard Webhooks: is this message from who knows the secret, and of just now? Pure; knows nothing of connections.

Source: the Standard Webhooks specification 1.0.0 (headers, `id.timestamp.body`, `v1,` and base64 of HMAC-SHA256,
`whsec_` and base64 for a secret, any one of several signatures suffices).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from contextlib import suppress

WINDOW = 300.0  # seconds by which a message may be old, or ahead of our clock
_PREFIX = "whsec_"


class Unsigned(Exception):
    """`str` says in a few words what is wrong; the same words for the same fault."""


def key_of(secret: str) -> bytes:
    """The bytes to sign with: those that stand as base64 after `whsec_`, else the secret itself."""
    if not secret.startswith(_PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        return secret.encode()


def verify(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> str:
    """The id of the message. `headers` by lower-case name; `now` in unix seconds. Raises Unsigned."""
    id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not id or not stamp:
        raise Unsigned("it is not signed")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        raise Unsigned("its time is not a number")
    right = hmac.new(key_of(secret), f"{id}.{stamp}.".encode() + body, hashlib.sha256).digest()
    matches = [hmac.compare_digest(right, given) for given in _signatures(headers.get("webhook-signature", ""))]
    if not any(matches):
        raise Unsigned("its signature is wrong")
    if abs(now - int(stamp)) > WINDOW:
        raise Unsigned("it is too old or from the future: are the clocks right?")
    return id


def _signatures(text: str) -> list[bytes]:
    found = []
    for word in text.split()[:32]:
        version, _, signature = word.partition(",")
        with suppress(ValueError):  # binascii.Error is one
            found += [base64.b64decode(signature, validate=True)] if version == "v1" else []
    return found
