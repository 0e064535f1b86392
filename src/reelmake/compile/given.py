"""Given: everything a rule may look at. A rule is a function of it and of the report it adds to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field

from reelmake.compile.node import Node
from reelmake.compile.paths import Barred
from reelmake.compile.reference_images import ReferenceImages
from reelmake.compile.settle import Settled
from reelmake.diagnostics import Report, Span
from reelmake.errors import Unloadable
from reelmake.model.provider import Capabilities
from reelmake.model.storyboard import Shot, Storyboard
from reelmake.records import dataclass


@dataclass(frozen=True, slots=True)
class Given:
    """One variant and the shelves: provider kinds, parameters of transitions, options of output suffixes.

    `root` is the variant's tree; `shaped`: a profile or `--set` has changed it; `broken` are ids of shots whose form is
    wrong already: a rule need not add to it. `today`: the date (ISO), "" where nobody says. `images`: references by id.
    """

    board: Storyboard
    root: Node
    shaped: bool
    settled: Mapping[str, Settled]
    broken: frozenset[str]
    kinds: Mapping[str, Capabilities]
    transitions: Mapping[str, frozenset[str]]
    outputs: Mapping[str, frozenset[str]]
    exists: Callable[[str], bool]
    barred: Barred
    today: str = ""
    images: Mapping[str, ReferenceImages] = field(default_factory=dict)

    @property
    def generated(self) -> list[Shot]:
        """Shots and stills that somebody makes."""
        return [shot for shot in self.board.pictured.values() if shot.ordered]


Rule = Callable[[Given, Report], None]


def unloadable(shelf: Mapping[str, object], name: str) -> str:
    """Why a plug-in that has the name cannot be used; "" if it can, or if there is none."""
    try:
        shelf[name]
    except KeyError as error:
        return str(error) if isinstance(error, Unloadable) else ""
    return ""


def unknown(report: Report, code: str, noun: str, name: str, span: Span | None, known: Iterable[str]) -> None:
    """A name that leads nowhere, and those that it may have been meant for."""
    report.error(code, f'unknown {noun} "{name}"', span, near=(name, known))


def place(shot: Shot, key: str) -> Span | None:
    """Where a key's value of a shot stands, else the shot's id."""
    return shot.spans.get(key, shot.span)
