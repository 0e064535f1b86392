"""Script: everything compile makes of one storyboard document, all its variants. Knows nothing of plans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from reelmake.diagnostics import Diagnostic, Source, Span
from reelmake.model.job import Slate
from reelmake.model.provider import Model
from reelmake.model.storyboard import Storyboard

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
class Script:
    """`variants` is empty if there were errors. `sources` are all texts that were read, the storyboard first."""

    variants: tuple[Variant, ...]
    sources: tuple[Source, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def ok(self) -> bool:
        return not any(d.severity == "error" for d in self.diagnostics)
