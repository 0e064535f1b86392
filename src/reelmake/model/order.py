"""Order: one complete, provider-neutral order for one take, of any medium; nothing implicit is left in it.

Fields marked UNKEYED do not reach the provider and so never enter the key (plan/key.py reads the mark).
Pictures and parent clips are not in the order: they are inputs of its step, by digest.
Slate: what the clapperboard of a shot says; its orders, or the footage it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, ClassVar, Literal, Self

from reelmake.diagnostics import Placed, Span
from reelmake.model.frame import Fit, Size, Window
from reelmake.model.medium import BY_ID, MEDIA, MediumName, Operation, Price
from reelmake.model.work import LATER, UNKEYED, Work
from reelmake.records import dataclass

if TYPE_CHECKING:
    from reelmake.model.provider import Model

Relation = Literal["remix", "continue", "extend", "lipsync", "upscale", "interpolate", "edit"]
"""How a shot starts from another one, or a still from another still (`edit`)."""
RELATIONS: tuple[Relation, ...] = ("remix", "continue", "extend", "lipsync", "upscale", "interpolate")
CHANGES: tuple[Relation, ...] = ("remix", "lipsync", "upscale", "interpolate")
"""Those that give a clip as long as the one that they start from."""
REPLACES: tuple[Relation, ...] = ("extend", "lipsync", "upscale", "interpolate")
"""Those whose clip takes the place of the one that they start from, where no `cut:` says what is shown."""
IfGone = Literal["stop", "upload", "continue", "regenerate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order(Work):
    """`prompt`: the words; of speech, what is said. `size` (pixels) and `seconds`: None = it has none, or nobody asks
    for one. `seed` None = derived from the key. Of speech: `voice` by its name at the provider, `style` and `language`
    as the author wrote them.

    `shot`: what the author calls what it is for. `retry_moderation`: how often it is ordered again when the finished
    answer was refused. `if_gone`: what to do when the clip that is remixed or extended is no longer at the provider.
    `known`: what the catalog and the storyboard say of the model. `price` None = it is not known.
    """

    SEEDED = True
    NAMED = "{shot}{nth}"

    dialect: str
    model: str
    operation: Operation = field(default="generate", metadata=LATER)
    prompt: str
    avoid: str = field(default="", metadata=LATER)
    size: Size | None = field(default=None, metadata=LATER)
    seconds: Fraction | None = field(default=None, metadata=LATER)
    seed: int | None = None
    variation: int = 1
    take: int = 1
    extras: Mapping[str, object] = field(default_factory=dict)
    shot: str = field(metadata=UNKEYED)
    provider: str = field(metadata=UNKEYED)
    tier: str = field(metadata=UNKEYED)
    maker: str = field(default="", metadata=UNKEYED)  # who makes it on this machine; "" = a provider does
    tools: tuple[str, ...] = field(default=(), metadata=UNKEYED)  # as Work.TOOLS: their versions are in the key
    price: Price | None = field(default=None, metadata=UNKEYED)
    known: Model | None = field(default=None, compare=False, repr=False, metadata=UNKEYED)
    retry_moderation: int = field(default=0, metadata=UNKEYED)
    if_gone: IfGone = field(default="stop", metadata=UNKEYED)
    medium: MediumName
    voice: str = field(default="", metadata=LATER)
    style: str = field(default="", metadata=LATER)
    language: str = field(default="", metadata=LATER)
    span: Span | None = field(default=None, compare=False, repr=False, metadata=UNKEYED)

    @property
    def suffix(self) -> str:
        medium = MEDIA[self.medium]
        return (self.local and medium.here) or medium.suffix

    @property
    def local(self) -> bool:
        """Is it made on this machine, for nothing?"""
        return bool(self.maker)

    def nth(self, take: int) -> Self:
        """The order for another take of the same: each has a seed of its own, one after another."""
        return replace(self, take=take, seed=None if self.seed is None else self.seed + take - self.take)

    @property
    def names_source(self) -> bool:
        """Is what it starts from named by the id that its provider gave it? Anything else is sent along as a file."""
        return self.operation in BY_ID

    @property
    def called(self) -> str:
        """Its model as people know it: a workflow by its file."""
        return self.known.name if self.known is not None and self.known.workflow is not None else self.model

    @property
    def cost(self) -> Decimal | None:
        """USD; None = it is not known."""
        return self.price.of(self.seconds, self.prompt) if self.price is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipOrder(Order):
    """An order for a clip, which always has a size and a length (for extend: that of the added part).

    Of a sketch: frames a second, `fps`; the `open` part of its picture that no output crops, None = all; do its words
    stand `above`, because captions are burnt in below?
    """

    CALLED: ClassVar[str] = "Job"  # in keys

    operation: Operation
    avoid: str
    size: Size
    seconds: Fraction
    medium: MediumName = field(default="clip", metadata=LATER)
    fps: Fraction = field(default=Fraction(24), metadata=LATER)
    open: Window | None = field(default=None, metadata=LATER)
    above: bool = field(default=False, metadata=LATER)


@dataclass(frozen=True, slots=True)
class ImageInput:
    """A picture that an order is sent, or that a shot is: a `file` of the project, or the picked take of a `still`, by
    its id; in a slate, by its address. `of`: whose picture it is, where it comes with a name ("maya")."""

    file: str = ""
    still: str = ""
    of: str = ""
    span: Span | None = field(default=None, compare=False, repr=False)

    @property
    def name(self) -> str:
        """For people."""
        return self.file or self.still.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Lengths:
    """The lengths that a model makes, in seconds: `choices`; () = whole seconds from `shortest` to `longest`, None =
    not known. `exact`: any length at all."""

    choices: tuple[Fraction, ...] = ()
    shortest: Fraction | None = None
    longest: Fraction | None = None
    exact: bool = False

    def enough(self, wanted: Fraction) -> Fraction:
        """The shortest in which so many seconds have room; if there is none, the longest."""
        if self.exact:
            return wanted
        if known := sorted(self.choices):
            return next((length for length in known if length >= wanted), known[-1])
        whole = max(Fraction(ceil(wanted)), Fraction(1), self.shortest or Fraction(0))
        return whole if self.longest is None else min(whole, self.longest)


@dataclass(frozen=True, slots=True)
class Spoken:
    """What is said in a shot: `lines` by address, one after another, and `pad`: seconds of silence before and after.

    `auto`: that decides how long the shot is.
    """

    lines: tuple[str, ...]
    pad: tuple[Fraction, Fraction]
    auto: bool = False


@dataclass(frozen=True, slots=True)
class Slate(Placed):
    """One shot, still, line of speech or piece of music, lowered. `shot` is its address ("park", or "lisbon/park" in a
    matrix).

    Footage has `file` and no orders, and `length` None until it is probed; a plain `color` has no orders either, nor a
    shot that shows a `still` (an address), nor a still that is the frame `at` seconds of its parent (None = the last
    one). What is generated has one order a take; `length` is how long its clip is in seconds (for extend: the parent's
    length plus the added part), or the still is seen; `lengths`: those that can be made.
    `parent` is an address; `relation` says how it is used. `spoken`: what is said in it; once the lines have been
    looked at, `said` has each with the second of the clip at which it begins, and `shown` is how much of the clip the
    cut shows, None = all. `aloud`: lines that the clip itself says; `sent`: those whose sound its model is sent.
    `left_out`: pictures that the model has no place for.
    `rungs`: what it is where its own order is refused, in their turn; `rung`: which of them all this one is, from 1.
    `pick` is the author's `pick:`, None where a person or the default decides. `exact`: its first and last picture must
    have exactly the clip's pixels.
    """

    shot: str
    orders: tuple[Order, ...] = ()
    medium: MediumName = "clip"
    file: str = ""
    still: str = ""
    framed: bool = False
    at: Fraction | None = None
    length: Fraction | None = None
    lengths: Lengths = Lengths(exact=True)
    relation: Relation | None = None
    parent: str = ""
    image: ImageInput | None = None
    last_image: ImageInput | None = None
    references: tuple[ImageInput, ...] = ()
    left_out: tuple[ImageInput, ...] = ()
    spoken: Spoken | None = None
    said: tuple[tuple[str, Fraction], ...] = ()
    aloud: tuple[str, ...] = ()
    sent: tuple[str, ...] = ()
    shown: Fraction | None = None
    exact: bool = False
    pick: int | None = None
    fit: Fit | None = None
    tier: str = ""
    tags: tuple[str, ...] = ()
    caption: str = ""
    notes: str = ""
    color: str = ""
    rungs: tuple[Slate, ...] = ()
    rung: int = 1

    @property
    def made_of(self) -> Iterator[str]:
        """Addresses of what it starts from or is sent."""
        yield from filter(None, (self.parent, self.still))
        yield from self.sent
        yield from (image.still for image in (self.image, self.last_image, *self.references) if image and image.still)

    def on(self, rung: int) -> Slate:
        """The same on another rung, counted from 1: that is its order then. For who is on the first."""
        return self if rung == 1 else replace(self.rungs[rung - 2], rungs=self.rungs, rung=rung)
