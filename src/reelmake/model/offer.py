"""Offer: what a further shelf says of a take, and who has put their name to it.

An offer may be forged. Knows nothing of who is believed, or of how offers are kept.
"""

from __future__ import annotations

from typing import Literal

from reelmake.model.take import Take
from reelmake.records import dataclass

Put = Literal["new", "signed", "there"]  # what pushing one did


@dataclass(frozen=True, slots=True)
class Signature:
    """`key`: the public key as OpenSSH writes it, "ssh-ed25519 AAAA…", without a comment. `signature`: base64."""

    key: str
    signature: str


@dataclass(frozen=True, slots=True)
class Offer:
    """`take`: without its id at the provider and without what hangs on that. `text`: what was read as `take`, to the
    letter, for it is what was signed; "" = it is no shared store's, and nobody can have signed it."""

    take: Take
    text: str = ""
    signatures: tuple[Signature, ...] = ()
