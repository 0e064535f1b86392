"""The shared store's format 1: what an entry says, and the names of everything below a bucket's prefix or in a folder.

    reelmake.json                        {"format": 1}
    takes/ab/<key>/<digest>.json         {"take": "<a record, as text>", "signatures": [{"key": …, "signature": …}]}
    store/ab/<digest><suffix>            the bytes

Bytes are there before the entry that names them, and what has a name is never written again, but for signatures: so
writers need not wait for each other, and two people who paid for one key are two entries. Nothing is in an entry that
an order could be sent by. Knows nothing of where it is kept, or of who is believed.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from reelmake.errors import Damaged
from reelmake.model.json_value import items, json_object, named, text
from reelmake.model.offer import Offer, Signature
from reelmake.model.take import Take
from reelmake.store.disk import sha256
from reelmake.store.formats import unknown
from reelmake.store.record import from_take, to_take

FORMAT = 1
NONE_YET = "no shared store is there yet: `reelmake cache push` begins one"
MARK, MARKED = "reelmake.json", b'{"format": 1}\n'
MOST = 4 << 20  # bytes of an entry that are read: speech has its words in it, each with its times
MOST_OF_A_KEY = 100  # entries that are read; more people do not pay for one order


def offered(take: Take) -> Offer:
    """What is said of a take to others; nobody has signed it yet."""
    said = from_take(shared(take))
    words = {name: value for name, value in said.items() if name != "remote"}
    return Offer(shared(take), json.dumps(words, ensure_ascii=False, sort_keys=True, separators=(",", ":")))


def unharmed(take: Take, file: Path) -> None:
    """Nobody gets bytes that a disk has damaged, least of all in the place of whole ones. Raises Damaged, OSError."""
    if sha256(file) != take.digest:
        raise Damaged("what is here of it is damaged, as `reelmake cache verify` shows")


def written(offer: Offer) -> bytes:
    """An entry."""
    signatures = [{"key": s.key, "signature": s.signature} for s in offer.signatures]
    return json.dumps({"take": offer.text, "signatures": signatures}, ensure_ascii=False, indent=1).encode() + b"\n"


def read(data: bytes) -> Offer:
    """Raises KeyError, TypeError, ValueError or ArithmeticError for what is not an entry."""
    if len(data) > MOST:
        raise ValueError("too long")
    given = json_object(data)
    words = text(given["take"])
    signatures = [named(each) for each in items(given["signatures"])]
    return Offer(
        shared(to_take({**json_object(words), "remote": ""})),
        words,
        tuple(Signature(text(each["key"]), text(each["signature"])) for each in signatures),
    )


def readable(data: bytes) -> Offer | None:
    """None for what is not an entry."""
    try:
        return read(data)
    except (ValueError, KeyError, TypeError, ArithmeticError):
        return None


def also_signed(there: bytes, offer: Offer) -> bytes | None:
    """The entry that is there, with the signatures of an offer as well; None if it has them, or says something else:
    what somebody has signed is never exchanged. What nobody has, is: it may come from who was brought the take, and has
    not all that was said of it."""
    known = readable(there)
    if known is not None and known.text != offer.text and not known.signatures:
        return written(offer)
    if known is None or known.text != offer.text or not (new := set(offer.signatures) - set(known.signatures)):
        return None
    return written(replace(known, signatures=(*known.signatures, *sorted(new, key=lambda each: each.key))))


def unread(mark: bytes) -> str:
    """Why a store that says this in `reelmake.json` is not read: "it is in form 2, and …"; "" if it is."""
    refusal = unknown(mark, FORMAT)
    return f"it {refusal[0]}" if refusal else ""


def folder_of(key: str) -> str:
    """Where the entries of a key are."""
    return f"takes/{key[:2]}/{key}"


def name(key: str, digest: str) -> str:
    """Of an entry."""
    return f"{folder_of(key)}/{digest}.json"


def entry_of(take: Take) -> str:
    return name(take.key, take.digest)


def bytes_of(take: Take) -> str:
    return f"store/{take.digest[:2]}/{take.digest}{take.suffix}"


def shared(take: Take) -> Take:
    """What is said of a take to others: nothing that an order would be sent by, not on whose word we have it, and not
    where it was made, which may be an address inside of somebody's network."""
    return replace(take, remote="", expires="", by="", origin="")
