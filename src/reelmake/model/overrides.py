"""Overrides: what shapes a storyboard from outside. Knows nothing of how it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from fractions import Fraction

from reelmake.records import dataclass


@dataclass(frozen=True, slots=True)
class Overrides:
    """`settings`: what `--set` said. `loose`: options of shots that take the place of the document's own, by id.
    `draft`: the sketch draws every shot. `placeholders`: it draws these, by address, so many seconds long: they could
    not be made."""

    profile: str = ""
    settings: tuple[tuple[str, str], ...] = ()
    loose: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    draft: bool = False
    placeholders: Mapping[str, Fraction] = field(default_factory=dict)

    @property
    def shapes(self) -> bool:
        """Do they change anything?"""
        return bool(self.profile or self.settings or self.loose or self.draft or self.placeholders)

    @property
    def offline(self) -> bool:
        """Is every provider left alone, also those that have orders of earlier runs?"""
        return self.draft or bool(self.placeholders)
