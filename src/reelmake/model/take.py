"""Take: an artifact that was accepted for a key, with what it was made from; Facts: what a probe says of it.

Attempt: one paid submission, as the journal knows it; LedgerEntry: where it stands; Ledger: the money they come to.
Record: what reelmake.lock says of one shot. Knows nothing of where they are kept, or in what format.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from reelmake.records import dataclass


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word of speech with what is written at it, and from when to when it is said: seconds after the sound begins."""

    text: str
    begin: Fraction
    end: Fraction


@dataclass(frozen=True, slots=True)
class Facts:
    """Of a clip: exact length in seconds, frames, rate, pixels, has it sound. Of a still: pixels. Of a sound: length.
    Bytes always.

    `notes`: what whoever made it found out on the way and people should know, a sentence each. `words`: of speech, all
    its words in their order; () = nobody told when they are said.
    """

    bytes: int
    seconds: Fraction | None = None
    frames: int | None = None
    fps: Fraction | None = None
    width: int | None = None
    height: int | None = None
    audio: bool = False
    notes: tuple[str, ...] = ()
    words: tuple[SpokenWord, ...] = ()


Via = Literal["", "upload", "continue"]
"""How a remix or extension got its source: "" = by its id there; the clip was sent; from the clip's last frame."""

Manifest = tuple[tuple[str, str], ...]  # (label, value) in order, values as canonical text
PINNED = "lock"  # by whom a take is that was brought because the lock file names it


@dataclass(frozen=True, slots=True)
class Take:
    """Evidence: `digest` (sha256, hex) of the bytes that were accepted for `key` (sha256, hex).

    `by`: on whose word, if it was brought from another shelf: the public key of who signed it, or PINNED. `origin`: at
    which address it was made (world/connection.whereabouts), of an order that was fetched at another one both; "" = on
    this machine, or it is not known: it was brought, or made before that was noted.
    """

    key: str
    digest: str
    kind: str
    suffix: str
    facts: Facts
    manifest: Manifest = ()
    cost: Decimal | None = Decimal(0)  # USD; None = unknown
    provider: str = ""
    model: str = ""
    remote: str = ""  # the create-time id at the provider
    made: str = ""  # UTC, ISO 8601
    took: float = 0.0  # seconds of wall time
    expires: str = ""  # UTC until which it can be remixed or extended there; "" = not said
    via: Via = ""
    by: str = ""
    origin: str = ""

    @property
    def paid(self) -> bool:
        """Did it cost money, or may it have?"""
        return self.cost is None or self.cost > 0


@dataclass(frozen=True, slots=True)
class Attempt:
    """One paid submission that the journal has no end for. `remote` "" = intended, no answer seen; or, if `taken`, one
    that says yes and gives no id. `at`, `theirs`: when it was intended, UTC by our clock and by the provider's own, if
    that is known; `origin`: where the provider was then, as in Take."""

    key: str
    token: str
    provider: str
    shot: str
    remote: str = ""
    cost: Decimal | None = None
    at: str = ""
    number: int = 1
    order: str = field(default="", repr=False)  # JSON of what was asked, to reconcile by
    suffix: str = ""
    manifest: Manifest = field(default=(), repr=False)
    via: Via = ""
    taken: bool = False
    theirs: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Ending:
    """How an earlier order ended without a result. `outcome` and `message` as in Journal.closed; `at`: UTC.

    `cost`: USD that may be charged for it all the same; 0 = certainly nothing, None = not known. `code`: of the error
    that it ended with, "" = none was noted.
    """

    outcome: str
    message: str
    at: str
    cost: Decimal | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """`shot` is an address. `picks`, `rivals` and `wishes` are by order (plan/key.order): a choice holds for its order.

    `takes`: take number -> (key, digest of the clip) of the order that was last built. `others`: the same of takes that
    another branch has by the same number, or of another order: they were paid for, and are pinned.
    `provider`: dialect and model that made them, for the reader of a diff. `rung`: that of `fallback:` they are of; 1 =
    they are what the shot itself asks for.
    """

    shot: str
    order: str = ""
    picks: Mapping[str, int] = field(default_factory=dict)  # order -> take number
    rivals: Mapping[str, tuple[int, ...]] = field(default_factory=dict)  # takes that branches picked: none holds
    wishes: Mapping[str, int] = field(default_factory=dict)  # order -> how many takes were asked for by `retake`
    takes: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    provider: str = ""
    rung: int = 1
    others: tuple[tuple[str, str], ...] = ()


Standing = Literal[
    "intended", "submitted", "kept", "not-sent", "refused", "moderated", "failed", "cancelled", "dismissed"
]


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One attempt and where it stands.

    `answered`: UTC of the line after the intent, `ended`: of the last one that ended it; "" if there is none.
    `quoted`, `cost`: USD, what the provider said when it took the order, and what the order came to in the end.
    """

    attempt: Attempt
    standing: Standing = "intended"
    answered: str = ""
    ended: str = ""
    digest: str = ""
    quoted: Decimal | None = None
    cost: Decimal | None = None
    message: str = ""
    code: str = ""

    @property
    def price(self) -> Decimal | None:
        """USD it was ordered for: the provider's own figure, else ours; None = not known."""
        return self.attempt.cost if self.quoted is None else self.quoted

    @property
    def open(self) -> bool:
        return self.standing in ("intended", "submitted")


@dataclass(frozen=True, slots=True)
class Ledger:
    """USD. `reserved`: open at a provider. `spent`: kept, and what a provider says it charged without a result.
    `maybe`: sent and ended without a result, or never answered. `refunded`: ended without one, and the provider says
    that it costs nothing.

    `unpriced`: how many attempts in these sums have no known cost. `estimate`: what `spent` comes to by our prices.
    """

    reserved: Decimal = Decimal(0)
    spent: Decimal = Decimal(0)
    maybe: Decimal = Decimal(0)
    unpriced: int = 0
    refunded: Decimal = Decimal(0)
    estimate: Decimal = Decimal(0)

    @property
    def columns(self) -> dict[str, Decimal]:
        """The four sums, by the names that people read."""
        return {
            "reserved": self.reserved,
            "spent": self.spent,
            "maybe spent": self.maybe,
            "refunded": self.refunded,
        }


def add_up(entries: Iterable[LedgerEntry]) -> Ledger:
    """The money, by where it stands. What was certainly refused or never sent costs nothing."""
    sums = dict.fromkeys(("reserved", "spent", "maybe", "refunded"), Decimal(0))
    estimate, unpriced = Decimal(0), 0
    for entry in entries:
        column = column_of(entry)
        amount = entry.cost if column == "spent" else entry.price
        if column is None:
            continue
        if amount is None:
            unpriced += 1
        else:
            sums[column] += amount
            if column == "spent":
                estimate += amount if entry.attempt.cost is None else entry.attempt.cost
    return Ledger(**sums, unpriced=unpriced, estimate=estimate)


def column_of(entry: LedgerEntry) -> str | None:
    match entry.standing:
        case "kept":
            return "spent"
        case "submitted":
            return "reserved"
        case "intended":
            return "maybe"
        case _ if entry.cost is not None:  # ended without a result, and the provider said what that costs
            return "spent" if entry.cost > 0 else "refunded"
        case "dismissed":
            return "maybe"
        case "failed" | "refused" | "moderated" | "cancelled" if entry.attempt.remote:
            return "maybe"
        case _:
            return None
