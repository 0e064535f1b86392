"""What a clip is made of: everything that decides about its bytes. Pure values; knows nothing of how it is rendered."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

Operation = Literal["create", "remix", "edit", "extend"]
FPS = 24


@dataclass(frozen=True, slots=True)
class Recipe:
    """`seconds`: of what is made here; for extend the added part. `image`: digest of an uploaded first frame.

    `source`: what a remix, edit or extension starts from; a recipe of ours or the digest of an uploaded clip, whose
    length is `source_seconds`. `extras`: fields that only some servers know. `number`: the first, second … of equal
    orders; 0 = does not count.
    """

    operation: Operation
    model: str
    prompt: str
    width: int
    height: int
    seconds: Fraction
    image: str = ""
    source: Recipe | str | None = None
    source_seconds: Fraction = Fraction(0)
    extras: Mapping[str, Any] = field(default_factory=dict)
    number: int = 0

    @property
    def size(self) -> str:
        return f"{self.width}x{self.height}"

    @property
    def total(self) -> Fraction:
        """Seconds of the finished clip."""
        return self.source_seconds + self.seconds if self.operation == "extend" else self.seconds

    @property
    def frames(self) -> int:
        return round(self.total * FPS)

    @property
    def digest(self) -> str:
        return hashlib.sha256(json.dumps(as_json(self), sort_keys=True).encode()).hexdigest()

    @property
    def kind(self) -> str:
        """What equal orders have in common."""
        return hashlib.sha256(json.dumps({**as_json(self), "number": 0}, sort_keys=True).encode()).hexdigest()

    def cost(self, price: Decimal) -> Decimal:
        """USD, for the seconds that are made."""
        return (price * self.seconds.numerator / self.seconds.denominator).quantize(Decimal("0.0001")).normalize()


def as_json(recipe: Recipe) -> dict[str, Any]:
    source = recipe.source
    return {
        "operation": recipe.operation,
        "model": recipe.model,
        "prompt": recipe.prompt,
        "width": recipe.width,
        "height": recipe.height,
        "seconds": str(recipe.seconds),
        "image": recipe.image,
        "source": as_json(source) if isinstance(source, Recipe) else source,
        "source_seconds": str(recipe.source_seconds),
        "extras": dict(recipe.extras),
        "number": recipe.number,
    }


def from_json(value: Mapping[str, Any]) -> Recipe:
    source = value["source"]
    seconds, before = Fraction(value["seconds"]), Fraction(value["source_seconds"])
    rest = {**value, "seconds": seconds, "source_seconds": before}
    return Recipe(**{**rest, "source": from_json(source) if isinstance(source, dict) else source})


def text(seconds: Fraction) -> str:
    """Seconds as the dialect writes them: "8", "2.5"."""
    return str(seconds.numerator) if seconds.denominator == 1 else f"{float(seconds):g}"
