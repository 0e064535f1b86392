"""Script: everything compile makes of one storyboard document, all its variants. Knows nothing of plans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reelmake.diagnostics import Diagnostic, Source
from reelmake.model.job import Slate
from reelmake.model.provider import Model
from reelmake.model.storyboard import Storyboard


@dataclass(frozen=True, slots=True)
class Variant:
    """One row of the matrix, or the one variant "" of a document without. `slates` by address, in order.

    `models`: what is known of each provider's models, by the names of both.
    """

    board: Storyboard
    slates: Mapping[str, Slate]
    models: Mapping[str, Mapping[str, Model]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Script:
    """`variants` is empty if there were errors. `sources` are all texts that were read, the storyboard first."""

    variants: tuple[Variant, ...]
    sources: tuple[Source, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def ok(self) -> bool:
        return not any(d.severity == "error" for d in self.diagnostics)
