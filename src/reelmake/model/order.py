"""Order: one complete, provider-neutral order for one take of one shot; nothing implicit is left in it.

Fields marked UNKEYED do not reach the provider and so never enter the key (plan/key.py reads the mark).
Pictures and parent clips are not in the order: they are inputs of its step, by digest.
Slate: what the clapperboard of a shot says; its orders, or the footage it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar, Literal

from reelmake.diagnostics import Span
from reelmake.model.frame import Fit, Size
from reelmake.model.move import Window
from reelmake.model.provider import Model, Operation
from reelmake.model.work import Work
from reelmake.records import dataclass

Relation = Literal["remix", "continue", "extend"]
IfGone = Literal["stop", "upload", "continue", "regenerate"]
UNKEYED: Mapping[str, bool] = {"unkeyed": True}
LATER: Mapping[str, bool] = {"later": True}
"""Metadata of a field that older versions had not: at its default it is in no key, so that what was made then stays."""


@dataclass(frozen=True, slots=True)
class Order(Work):
    """`seconds` is what is asked of the provider (for extend: the added part). `seed` None = derived from the key.

    `retry_moderation`: how often it is ordered again when the finished clip was refused. `if_gone`: what to do when the
    clip that is remixed or extended is no longer at the provider. `known`: what the catalog and the storyboard say of
    the model. Of a sketch: frames a second, `fps`; the `open` part of its picture that no output crops, None = all; do
    its words stand `above`, for captions are burnt in below?
    """

    CALLED: ClassVar[str] = "Job"  # in keys
    SEEDED = True
    NAMED = "{shot}"

    dialect: str
    model: str
    operation: Operation
    prompt: str
    avoid: str
    size: Size
    seconds: Fraction
    seed: int | None
    variation: int
    take: int
    extras: Mapping[str, object]
    shot: str = field(metadata=UNKEYED)
    provider: str = field(metadata=UNKEYED)
    tier: str = field(metadata=UNKEYED)
    maker: str = field(default="", metadata=UNKEYED)  # who makes it on this machine; "" = a provider does
    price: Decimal | None = field(default=None, metadata=UNKEYED)  # USD per second; None = unknown
    fee: Decimal = field(default=Decimal(0), metadata=UNKEYED)  # USD on top, whatever its length
    least: Decimal = field(default=Decimal(0), metadata=UNKEYED)  # USD, however short it is
    known: Model | None = field(default=None, compare=False, repr=False, metadata=UNKEYED)
    retry_moderation: int = field(default=0, metadata=UNKEYED)
    if_gone: IfGone = field(default="stop", metadata=UNKEYED)
    fps: Fraction = field(default=Fraction(24), metadata={"later": True})
    open: Window | None = field(default=None, metadata={"later": True})
    above: bool = field(default=False, metadata={"later": True})
    span: Span | None = field(default=None, compare=False, repr=False, metadata=UNKEYED)

    @property
    def local(self) -> bool:
        """Is it made on this machine, for nothing?"""
        return bool(self.maker)

    @property
    def cost(self) -> Decimal | None:
        """USD; None = the price is not known."""
        if self.price is None:
            return None
        cost = self.price * self.seconds.numerator / self.seconds.denominator + self.fee
        return max(cost, self.least).quantize(Decimal("0.0001")).normalize()


@dataclass(frozen=True, slots=True)
class Slate:
    """One shot, lowered. `shot` is its address ("park", or "lisbon/park" in a matrix).

    Footage has `file` and no orders, and `length` None until it is probed; a plain `color` has no orders either. A
    generated shot has one order a take;
    `length` is how long its clip is in seconds (for extend: the parent's length plus the added part).
    `image`, `last_image`, `references` are project paths; `parent` is an address; `relation` says how it is used.
    `pick` is the author's `pick:`, None where a person or the default decides. `exact`: its first and last picture must
    have exactly the clip's pixels.
    """

    shot: str
    orders: tuple[Order, ...] = ()
    file: str = ""
    length: Fraction | None = None
    relation: Relation | None = None
    parent: str = ""
    image: str = ""
    last_image: str = ""
    references: tuple[str, ...] = ()
    exact: bool = False
    pick: int | None = None
    fit: Fit | None = None
    tier: str = ""
    tags: tuple[str, ...] = ()
    caption: str = ""
    notes: str = ""
    color: str = ""
    span: Span | None = field(default=None, compare=False, repr=False)
    spans: Mapping[str, Span] = field(default_factory=dict, compare=False, repr=False)
