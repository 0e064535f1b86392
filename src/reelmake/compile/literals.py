"""What looks like a secret that was written down: a guess by the name of its key, and by its own form."""

from __future__ import annotations

import re

_NAME = re.compile(r"(api[_-]?key|secret|password|passwd|token|authorization|credential)s?\Z", re.I)
_FORM = re.compile(r"(sk|pk|rk|r8|ghp|xai)[-_](?=.*\d)[A-Za-z0-9_-]{16,}\Z|Bearer\s+\S{8,}|AKIA[A-Z0-9]{16}\Z")
_PASSWORD = re.compile(r"\w+://[^/@]*:[^/@]+@")


def looks_secret(name: str, text: str) -> bool:
    """Is the value of this key likely a secret?"""
    return bool(_NAME.search(name) or _FORM.match(text))


def has_password(address: str) -> bool:
    return bool(_PASSWORD.match(address))
