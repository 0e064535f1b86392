"""Medium: what an order is for (a clip, a still, speech, music), and what follows from that alone.

Price: what an order costs, by the unit that its provider counts in. Knows nothing of providers, models or files.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, get_args

from reelmake.records import dataclass

if TYPE_CHECKING:
    from reelmake.model.take import Manifest

Unit = Literal["second", "each", "1000 characters"]
UNITS: tuple[Unit, ...] = get_args(Unit)
_STEP: Mapping[Unit, Decimal] = {
    "second": Decimal("0.0001"),
    "each": Decimal("0.000001"),
    "1000 characters": Decimal("0.000001"),  # a short line of speech costs less than a hundredth of a cent
}


@dataclass(frozen=True, slots=True)
class Price:
    """USD: `rate` for each unit, `fee` on top whatever the amount; an order costs `least` at least."""

    rate: Decimal
    per: Unit = "second"
    fee: Decimal = Decimal(0)
    least: Decimal = Decimal(0)

    def of(self, seconds: Fraction | None, text: str) -> Decimal | None:
        """USD of one order for so many seconds, or with this text; None = its length counts and is not known."""
        amounts = {"second": seconds, "each": Fraction(1), "1000 characters": Fraction(len(text), 1000)}
        amount = amounts[self.per] if self.rate else Fraction(0)
        if amount is None:
            return None
        cost = self.rate * amount.numerator / amount.denominator + self.fee
        return max(cost, self.least).quantize(_STEP[self.per]).normalize()


FREE = Price(Decimal(0))
MediumName = Literal["clip", "still", "speech", "music"]
Operation = Literal["generate", "remix", "extend", "lipsync", "upscale", "interpolate", "edit"]
BY_ID: frozenset[Operation] = frozenset({"remix", "extend"})
"""Those whose clip is named by its id at the provider that made it; to others, and to those that cannot, it is sent."""


@dataclass(frozen=True, slots=True)
class Medium:
    """`kind`: what its steps and takes are called in keys and records. `noun`: several of it, for people.

    `suffixes`: what its files may end in, the usual ending first; `here`: that of one made on this machine, "" = the
    usual one. `accept`: how they are asked for over HTTP. `per`: the unit of its price where nobody names another.
    `largest`: bytes that any of it may have, and `a_second` those that each of its seconds may have. `takes`: seconds
    until a provider has made one, and `guess` those for each of its seconds, until we have learned better.
    """

    name: MediumName
    kind: str
    noun: str
    suffixes: tuple[str, ...]
    accept: str
    per: Unit
    takes: float
    guess: float
    largest: int
    a_second: int = 0
    here: str = ""

    @property
    def suffix(self) -> str:
        return self.suffixes[0]


_SOUNDS = (".mp3", ".wav", ".flac", ".ogg", ".m4a")
CLIP = Medium("clip", "shot", "clips", (".mp4",), "video/mp4, */*", "second", 90.0, 50.0, 1 << 30, 64 << 20)
STILL = Medium("still", "still", "stills", (".png", ".jpg", ".webp"), "image/*, */*", "each", 10.0, 10.0, 256 << 20)
SPEECH = Medium(
    "speech", "speech", "speech", _SOUNDS, "audio/*, */*", "1000 characters", 2.0, 2.0, 256 << 20, here=".wav"
)
MUSIC = Medium("music", "music", "music", _SOUNDS, "audio/*, */*", "second", 20.0, 0.5, 256 << 20, 2 << 20, ".wav")
MEDIA: Mapping[MediumName, Medium] = {medium.name: medium for medium in (CLIP, STILL, SPEECH, MUSIC)}
ORDERED = frozenset(medium.kind for medium in MEDIA.values())
"""Kinds of steps and takes that were ordered, or are drawn in an order's place."""


def medium_of(manifest: Manifest) -> Medium:
    """The medium of the order that a manifest describes; one that names none is for a clip."""
    said = dict(manifest).get("medium", CLIP.name)
    return next((medium for medium in MEDIA.values() if medium.name == said), CLIP)
