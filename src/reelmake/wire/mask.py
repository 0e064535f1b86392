"""Strikes out of a text what must not be read: secrets, and the parts of addresses that work like one.

Everything in words that leaves wire/ goes through here. Knows nothing of where a text came from.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import TypeVar
from urllib.parse import quote, quote_plus

from reelmake.errors import ReelmakeError

STRUCK = "***"
LONGEST = 2000  # characters of a text that leaves; nobody reads on
SHORTEST = 6  # characters; a shorter "secret" is a placeholder for a server without keys, and part of many a word

_ADDRESS = re.compile(r"(https?:(?:\\?/){2})(?:[^\s\"'<>/?#\\@]*@)?([^\s\"'<>?#]*)([?#][^\s\"'<>]*)?", re.I)
_SCHEME = re.compile(r"\b(Bearer|Basic)(\s+|%20|\+)[^\s\"',;<>\\]{4,}", re.I)
_FIELD = re.compile(
    r"""(?<![\w-])((?:x-(?:amz|goog|oss|cos)-[\w-]+|(?:x-)?api[-_]?key|access[-_]?token|token|secret|signature|sig
    |key-pair-id|policy|expires|googleaccessid|awsaccesskeyid|authorization)["']?\s*(?:=|:\s)\s*["']?)
    (?!\*\*\*|Bearer\b|Basic\b)[^\s&"',;<>\\)}]+""",
    re.I | re.X,
)
_KEY = re.compile(
    r"\b(?:sk|pk|rk|r8|ghp|xai)[-_](?=[\w-]*\d)[\w-]{16,}|\bAKIA[A-Z0-9]{16}\b"
    r"|\beyJ[\w-]{8,}\.eyJ[\w-]{8,}(?:\.[\w-]*)?"  # a token that was signed
)

Failed = TypeVar("Failed", bound=ReelmakeError)


class Mask:
    """Of one provider, with its secrets in every spelling in which a server may give them back."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        spelled = set()
        for secret in secrets:
            if len(secret) >= SHORTEST:
                spelled |= {secret, quote(secret, safe=""), quote(secret), quote_plus(secret), json.dumps(secret)[1:-1]}
        self._secrets = sorted(spelled, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """The text without secrets, and cut off where it is very long; addresses keep their host and path."""
        for secret in self._secrets:
            text = text.replace(secret, STRUCK)
        text = text[: 10 * LONGEST]
        text = _ADDRESS.sub(lambda m: m[1] + m[2] + ("?" + STRUCK if m[3] else ""), text)
        text = _SCHEME.sub(lambda m: f"{m[1]}{m[2]}{STRUCK}", text)
        text = _FIELD.sub(lambda m: m[1] + STRUCK, text)
        text = _KEY.sub(STRUCK, text)
        return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"

    def error(self, error: Failed) -> Failed:
        """The same error, its words masked."""
        error.args = tuple(self(a) if isinstance(a, str) else a for a in error.args)
        error.next_steps = tuple(self(step) for step in error.next_steps)
        return error
