"""What a kind of provider can do, as data. Knows no provider by name and no protocol."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, get_args

from reelmake.model.forms import Forms, of_model
from reelmake.model.frame import Size
from reelmake.model.medium import MEDIA, MediumName, Operation, Price, Unit
from reelmake.records import dataclass

if TYPE_CHECKING:
    from reelmake.model.workflow import Workflow

OPERATIONS: tuple[Operation, ...] = get_args(Operation)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a provider allows at once and in a minute; None = no limit of ours.

    `file`: where they are counted for all projects that name it, as written; "" = for this project alone.
    """

    in_flight: int | None = None
    per_minute: int | None = None
    file: str = ""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """One provider kind.

    `dialect` enters the key of every order: it changes when the same order would mean something else.
    `maker`: who makes its clips on this machine, as `Work.MAKER`; they cost nothing and need no journal. "" = they are
    ordered elsewhere. `tools`: the distributions that the bytes of what it makes of a medium hang on, as `Work.TOOLS`.
    `negative`: takes a negative prompt; without it, `avoid` becomes a sentence of the prompt.
    `image`, `last_image`, `references`: what pictures it takes; `exact_image`: the first and last one must have exactly
    the pixels of the clip.
    `uploads`: remixes and extends also a clip that is sent to it, not only what it made itself.
    `options`: what may stand in a provider's `options:` by name, as JSON Schema has properties (of its rules those in
    compile/schema_rules); empty = anything.
    `servers`: the same for a server that the option `server` names, where it can do less or more; see `at`.
    `base_url`: where it is if a provider does not say; "" = a provider must say, None = it needs no address.
    `media`: what it makes. `speech`: for which operations it is sent the sound of what is said. `forms`: how it writes
    lengths and sizes; `asked`: which words of an order it sends, by the kind of order, and by the model where one is
    asked otherwise; see `asks`. `workflows`: its models are files of the project that bind one.
    """

    kind: str
    dialect: str
    maker: str = ""
    tools: Mapping[MediumName, tuple[str, ...]] = field(default_factory=dict)
    operations: frozenset[Operation] = frozenset({"generate"})
    negative: bool = False
    image: bool = True
    last_image: bool = False
    references: bool = False
    exact_image: bool = False
    uploads: bool = False
    default_model: str = ""
    price: Decimal | None = None  # USD per second where the kind itself fixes it
    extras: frozenset[str] = field(default_factory=frozenset)  # known vendor-only fields; empty = any
    options: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    servers: Mapping[str, Capabilities] = field(default_factory=dict)
    base_url: str | None = None
    forms: Forms | None = None
    media: frozenset[MediumName] = frozenset({"clip"})
    speech: frozenset[Operation] = frozenset()
    asked: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    workflows: bool = False

    @property
    def local(self) -> bool:
        """Are its clips made on this machine?"""
        return bool(self.maker)

    def at(self, options: Mapping[str, object]) -> Capabilities:
        """What this kind can do at the server that a provider's `options` name."""
        server = options.get("server")
        return self.servers.get(server, self) if isinstance(server, str) else self

    def asks(self, act: str, model: str) -> frozenset[str]:
        """The words that an order of this kind for this model sends."""
        of_models = {name: words for (of, name), words in self.asked.items() if of == act and name}
        return of_model(of_models, model) or self.asked.get((act, ""), frozenset())


@dataclass(frozen=True, slots=True)
class Model:
    """What is known of one model, with where and when it was read. What is empty or None is not known and not refused.

    `medium`: what it makes. `sizes`, `sides` (the shorter ones, in pixels), `seconds`: the allowed ones, or `shortest`
    to `longest` seconds; `characters`: the most that a text to be spoken may have; `voices`: their names there;
    `languages`: codes of what it speaks, where one without a region stands for all of them.
    `operations` None = those of the kind. `needs_image`: it makes no clip without a first image. `exact_image`: a first
    or last image must have exactly the pixels of the size; None = as the kind has it. `references`: how many pictures
    at most. `talks`: it makes sound with its clips, and people in them say what the prompt tells.
    `prices`: USD for each unit (`per`, None = the usual one of its medium) by the shorter side in pixels, up to and
    including it (0 = every other size); `per_image` (beyond `free_images` of them) and `per_clip` come on top; an order
    costs `least` at least. `sunset`: the first date
    (ISO) on which it is no longer there; `instead`: what to use. `workflow`: what is sent, where the model is one.
    """

    name: str
    kind: str
    medium: MediumName = "clip"
    sizes: tuple[Size, ...] = ()
    sides: tuple[int, ...] = ()
    seconds: tuple[Fraction, ...] = ()
    shortest: Fraction | None = None
    longest: Fraction | None = None
    characters: int | None = None
    voices: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    operations: frozenset[Operation] | None = None
    image: bool | None = None
    needs_image: bool = False
    last_image: bool | None = None
    exact_image: bool | None = None
    references: int | None = None
    talks: bool | None = None
    per: Unit | None = None
    prices: Mapping[int, Decimal] = field(default_factory=dict)
    per_image: Decimal = Decimal(0)
    free_images: int = 0
    per_clip: Decimal = Decimal(0)
    least: Decimal = Decimal(0)
    limits: Limits = field(default_factory=Limits)
    sunset: str = ""
    instead: tuple[str, ...] = ()
    source: str = ""
    as_of: str = ""
    workflow: Workflow | None = field(default=None, repr=False)

    @property
    def unit(self) -> Unit:
        """What its price is for."""
        return self.per or MEDIA[self.medium].per

    def price(self, size: Size | None) -> Decimal | None:
        """USD for each unit, at this size where it has one; None = not known."""
        side = min(size.width, size.height) if size is not None else 0
        upto = min((limit for limit in self.prices if limit >= side), default=0)
        if self.prices:
            return self.prices.get(upto)
        return Decimal(0) if self.per_clip else None

    def fee(self, pictures: int) -> Decimal:
        """USD on top of the price, with so many pictures."""
        return self.per_clip + max(0, pictures - self.free_images) * self.per_image

    def priced(self, size: Size | None, pictures: int) -> Price | None:
        """Of one order with so many pictures; None = not known."""
        rate = self.price(size)
        return None if rate is None else Price(rate, self.unit, self.fee(pictures), self.least)

    def speaks(self, language: str) -> bool:
        """May this language (a code, "" = not said) be asked for? It may be more or less exact than what is known."""
        said, known = language.lower(), [code.lower() for code in self.languages]
        return (
            not said or not known or any(f"{a}-".startswith(f"{b}-") for k in known for a, b in ((said, k), (k, said)))
        )

    def gone(self, today: str) -> bool:
        """Is it past its sunset on this date (ISO)?"""
        return bool(self.sunset) and self.sunset <= today
