"""Belief: which word of others is taken for what an order gave, and for how long.

Whoever can write to a shelf can say that any bytes are the answer to any order. So an offer is believed if the lock
file names its key and its digest, or else if somebody has signed it who is trusted; and what was brought for that
reason is used only as long as it holds. Otherwise a branch that trusts itself, built once, would be believed by all.
Knows nothing of shelves.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import field, replace
from typing import TYPE_CHECKING

from reelmake.model.take import PINNED, Facts, Take
from reelmake.plan.key import digest as key_of
from reelmake.records import dataclass

if TYPE_CHECKING:
    from reelmake.model.offer import Offer
    from reelmake.model.signer import Signers


@dataclass(frozen=True)
class Belief:
    """`pins`: by key, the digests that the lock file names, the one to be used first. `signers`: who is trusted."""

    pins: Mapping[str, Collection[str]] = field(default_factory=dict)
    signers: Signers = field(default_factory=dict)

    def holds(self, take: Take) -> bool:
        """May a take be used that was brought? What the lock file says of its key goes before any signature."""
        pinned = self.pins.get(take.key)
        return take.by in self.signers if pinned is None else take.digest in pinned

    def asks(self, keys: Collection[str]) -> dict[str, Collection[str]]:
        """Of which of these keys an offer could be believed, and the digests that it would have to be of; () = any."""
        return {key: self.pins.get(key, ()) for key in keys if self.signers or key in self.pins}

    def believed(self, key: str, offers: Sequence[Offer]) -> list[Take]:
        """What is believed of the offers for a key, the one to be used first: of several the one that the lock file has
        first, else the oldest, and of two that are as old the one with the lower digest. So everybody who trusts the
        same people takes the same."""
        found = []
        for offer in offers:
            take = offer.take
            if not take.key == key == key_of(take.manifest) or dict(take.manifest).get("kind", take.kind) != take.kind:
                continue
            if by := self._signer(offer):
                take = replace(take, by=by)
            elif key in self.pins:
                take = replace(take, by=PINNED, facts=_unsigned(take))
            if take.by and self.holds(take):
                found.append(take)
        first = next(iter(self.pins.get(key, ())), "")
        return sorted(found, key=lambda take: (take.digest != first, take.made, take.digest))

    def _signer(self, offer: Offer) -> str:
        """The first of the trusted who has signed it; "" if none has."""
        if not (self.signers and offer.signatures):
            return ""
        from reelmake.store import signing  # not for those who only look

        return next(iter(signing.signers(offer, self.signers)), "")


def _unsigned(take: Take) -> Facts:
    """What is said of bytes that only the lock file names, less what people read and nobody stands up for: notes, and
    words that are not those of the line."""
    line, at = _letters(dict(take.manifest).get("prompt", "")), 0
    for word in take.facts.words:
        letters = _letters(word.text)
        found = line.find(letters, at)
        if found < 0:
            return replace(take.facts, notes=(), words=())
        at = found + len(letters)
    return replace(take.facts, notes=())


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
