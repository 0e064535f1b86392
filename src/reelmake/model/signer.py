"""Signers: whose word is taken for what an order gave, by their public keys as OpenSSH writes them.

Only Ed25519: one algorithm, without parameters that somebody could choose badly. Knows nothing of signatures.
"""

from __future__ import annotations

import binascii
from collections.abc import Mapping

TYPE = "ssh-ed25519"
_HEAD = b"\0\0\0\x0bssh-ed25519\0\0\0 "  # what stands before the 32 bytes of such a key: two lengths and the name

Signers = Mapping[str, str]
"""By public key: what its owner is called."""


class BadKey(ValueError):
    """`str`: why it is none, to go on behind the key. `sort`: it is a key, but of a type that is not read."""

    def __init__(self, why: str, *, sort: bool = False) -> None:
        super().__init__(why)
        self.sort = sort


def public_key(said: str) -> str:
    """ "ssh-ed25519 AAAA…", without the comment that may stand behind it. Raises BadKey."""
    sort, code = (*said.split(maxsplit=2)[:2], "", "")[:2]
    if sort != TYPE:
        raise BadKey(f"is of the type {sort}; only {TYPE} keys are read", sort=True)
    try:
        data = binascii.a2b_base64(code, strict_mode=True)
    except (binascii.Error, ValueError):
        data = b""
    if len(data) != len(_HEAD) + 32 or not data.startswith(_HEAD):
        raise BadKey("is not a whole key: it begins with AAAAC3NzaC1lZDI1NTE5AAAAI and has 68 characters")
    return f"{TYPE} {binascii.b2a_base64(data, newline=False).decode()}"


def raw(key: str) -> bytes:
    """The 32 bytes of what `public_key` returned."""
    return binascii.a2b_base64(key.partition(" ")[2])[len(_HEAD) :]
