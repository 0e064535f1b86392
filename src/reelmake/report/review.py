"""Review: what a change of a storyboard comes to, for those who look at it before it is merged: the old shots beside
the new ones, why they differ, what that costs, what is wrong. A value; report/review_page and its like show it.

Knows nothing of stores, of git or of how any of it was found out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from decimal import Decimal
from difflib import SequenceMatcher
from fractions import Fraction
from typing import Literal

from reelmake.diagnostics import Diagnostic
from reelmake.model.medium import MediumName
from reelmake.plan.key import Change
from reelmake.records import dataclass

Kind = Literal["added", "removed", "renamed", "changed", "repicked", "follows", "remade", "recut", "unchanged"]
"""What became of a shot, as `plan/difference` has it; `recut`: the same clip, shown differently."""
KINDS: Mapping[Kind, str] = {  # as people read it
    "added": "new",
    "removed": "removed",
    "renamed": "renamed",
    "changed": "changed",
    "repicked": "picked anew",
    "follows": "follows",
    "remade": "made again",
    "recut": "cut differently",
    "unchanged": "unchanged",
}
_WORD = re.compile(r"\s+|\w+|[^\w\s]")
_LONGEST = 4_000  # words of a text that are compared; a longer one is shown whole, old and new


@dataclass(frozen=True, slots=True)
class Picture:
    """WebP; `at`: seconds of the clip at which it is seen, None = it stands still."""

    data: bytes = field(repr=False)
    width: int
    height: int
    at: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """A shot before or after the change. `words`: its prompt, or what is said. `maker`: provider and model, or what it
    is instead. `state`: whether it is made, for people. `seconds` of its clip, `shown` of it in the cut, which it
    enters at `begins` (seconds). `cost` in USD, None = not known. `sound`: of what is heard, a short M4A.
    `stand_in`: the picture is that which the clip starts from, for the clip is not here."""

    words: str
    maker: str
    state: str
    made: bool = False
    take: int = 0
    seconds: Fraction | None = None
    shown: Fraction | None = None
    begins: tuple[Fraction, ...] = ()
    cost: Decimal | None = Decimal(0)
    digest: str = ""
    caption: str = ""
    pictures: tuple[Picture, ...] = ()
    sound: bytes = field(default=b"", repr=False)
    stand_in: bool = False


@dataclass(frozen=True, slots=True)
class ShotReview:
    """One shot, still, line or piece of music by its address. `reason`: why it is what it is, in a line. `changes`: of
    what it is made from, by the labels of its manifest; `inputs`: what each input is, by label. `old` and `new`: None
    on the side that has it not. `strip`: a PNG of both, b"" where nobody wanted one or nothing is seen."""

    shot: str
    medium: MediumName
    kind: Kind
    reason: str = ""
    changes: tuple[Change, ...] = ()
    inputs: Mapping[str, str] = field(default_factory=dict)
    old: Side | None = None
    new: Side | None = None
    strip: bytes = field(default=b"", repr=False)

    @property
    def side(self) -> Side:
        """The new one, of a shot that was removed the old one."""
        return self.new or self.old or Side("", "", "")

    @property
    def words(self) -> tuple[str, str]:
        """Before and after; without an earlier side those of the last build, if they were others."""
        after = self.new.words if self.new else ""
        before = next((c.before for c in self.changes if c.label == "prompt"), None)
        return (self.old.words if self.old else before or ("" if self.kind == "added" else after)), after


@dataclass(frozen=True, slots=True)
class StripCell:
    """One entry in the strip of a cut."""

    shot: str
    seconds: Fraction
    picture: Picture | None
    changed: bool


@dataclass(frozen=True, slots=True)
class Length:
    """Of an output, in seconds, before and after; None = it is not there."""

    output: str
    old: Fraction | None
    new: Fraction | None


@dataclass(frozen=True)
class Review:
    """`base`: what it is compared with, as people know it, "" = with nothing. `trouble`: why there is less than was
    asked for, a sentence each. `film`: parts of it that changed, by name. `cost`: USD that building it comes to at
    most; `unpriced`: orders of unknown price; `took`: seconds it will take. `before`: diagnostics of the base."""

    title: str
    storyboard: str
    base: str = ""
    draft: bool = False
    shots: tuple[ShotReview, ...] = ()
    strips: tuple[tuple[StripCell, ...], tuple[StripCell, ...]] = ((), ())  # before, after
    lengths: tuple[Length, ...] = ()
    film: tuple[tuple[str, tuple[Change, ...]], ...] = ()
    generate: int = 0
    reuse: int = 0
    cost: Decimal = Decimal(0)
    unpriced: int = 0
    took: float = 0.0
    away: int = 0
    diagnostics: tuple[Diagnostic, ...] = ()
    before: frozenset[tuple[str, str]] = frozenset()
    trouble: tuple[str, ...] = ()

    @property
    def changed(self) -> tuple[ShotReview, ...]:
        return tuple(shot for shot in self.shots if shot.kind != "unchanged")

    @property
    def unchanged(self) -> tuple[ShotReview, ...]:
        return tuple(shot for shot in self.shots if shot.kind == "unchanged")

    def new_here(self, found: Diagnostic) -> bool:
        """Is it not told of the base as well?"""
        return (found.code, found.message) not in self.before

    @property
    def failed(self) -> bool:
        return any(d.severity == "error" for d in self.diagnostics)


def difference(before: str, after: str) -> Iterator[tuple[Literal["same", "gone", "new"], str]]:
    """Two texts as one, word by word: what both have, what only the first has, what only the second has."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    if max(len(old), len(new)) > _LONGEST:
        yield from (("gone", before), ("new", after))
        return
    for kind, a, b, c, d in _joined(SequenceMatcher(None, old, new, autojunk=False).get_opcodes(), old):
        if kind == "equal":
            yield "same", "".join(old[a:b])
            continue
        if b > a:
            yield "gone", "".join(old[a:b])
        if d > c:
            yield "new", "".join(new[c:d])


def _joined(
    steps: Sequence[tuple[str, int, int, int, int]], old: Sequence[str]
) -> Iterator[tuple[str, int, int, int, int]]:
    """With what stands between two changes, if that is only a space, as a part of the change: so phrases stay whole."""
    held: tuple[str, int, int, int, int] | None = None
    for index, (kind, a, b, c, d) in enumerate(steps):
        blank = kind == "equal" and "".join(old[a:b]).isspace() and 0 < index < len(steps) - 1
        if kind == "equal" and not blank:
            if held:
                yield held
            held = None
            yield kind, a, b, c, d
        else:
            held = ("replace", held[1], b, held[3], d) if held else (kind, a, b, c, d)
    if held:
        yield held


def short(reason: str, most: int = 200) -> str:
    """A reason that fits into a cell."""
    return reason if len(reason) <= most else reason[: most - 1] + "…"
