"""Compiled storyboard: everything compile makes of a storyboard document, all its variants. Knows nothing of plans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from typing import Literal

from reelmake.diagnostics import Diagnostic, Source, Span
from reelmake.model.order import Slate
from reelmake.model.provider import Limits, Model
from reelmake.model.signer import Signers
from reelmake.model.store_address import Cache
from reelmake.model.storyboard import ProviderSpec, Storyboard
from reelmake.records import dataclass

Use = Literal["footage", "sound", "picture", "reference", "font", "look"]
"""What a file is for; a reference is a picture that a provider is sent."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A file that a storyboard names, by its project path, and where."""

    path: str
    use: Use
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Variant:
    """One row of the matrix, or the one variant "" of a document without. `slates` by address, in order.

    `models`: what is known of each provider's models, by the names of both. `mentions`: every file it names.
    """

    board: Storyboard
    slates: Mapping[str, Slate]
    models: Mapping[str, Mapping[str, Model]] = field(default_factory=dict)
    mentions: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True)
class Compiled:
    """`variants` is empty if there were errors. `sources` are all texts that were read, the storyboard first. `draft`:
    every shot is drawn by the sketch, whatever the storyboard says. `trusted`: who is believed when they say what an
    order gave."""

    variants: tuple[Variant, ...]
    sources: tuple[Source, ...]
    diagnostics: tuple[Diagnostic, ...]
    draft: bool = False
    trusted: Signers = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return not any(d.severity == "error" for d in self.diagnostics)

    @property
    def providers(self) -> dict[str, ProviderSpec]:
        """Every provider, by name. Where it names no limit, those of its models in use hold."""
        specs = {spec.name: spec for v in self.variants for spec in v.board.providers.values()}
        return {name: replace(spec, limits=_limits(spec.limits, self._used(name))) for name, spec in specs.items()}

    @property
    def cache(self) -> Cache:
        """Where takes are shared: the same in all variants."""
        return self.variants[0].board.cache if self.variants else Cache()

    def _used(self, provider: str) -> list[Limits]:
        """The limits of the models that orders at a provider name."""
        slates = (slate for variant in self.variants for slate in variant.slates.values())
        rungs = (rung for slate in slates for rung in (slate, *slate.rungs))
        orders = (order for rung in rungs for order in rung.orders[:1] if order.provider == provider)
        return [known.limits for known in {order.model: order.known for order in orders}.values() if known is not None]


def _limits(own: Limits, models: Sequence[Limits]) -> Limits:
    """The provider's own limits, and where it has none the tightest of its models."""

    def tightest(name: str) -> int | None:
        return min((limit for m in models if (limit := getattr(m, name)) is not None), default=None)

    return replace(
        own,
        in_flight=own.in_flight if own.in_flight is not None else tightest("in_flight"),
        per_minute=own.per_minute if own.per_minute is not None else tightest("per_minute"),
    )
