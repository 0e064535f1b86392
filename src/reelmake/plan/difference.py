"""Difference: what is another in a second version of a film: its shots, its cuts, its outputs.

Why a shot differs is said in the labels of its manifest, as it is of a stale take. Knows nothing of where versions come
from, nor of how a difference is shown.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from reelmake.plan.key import Change, changes
from reelmake.records import dataclass

if TYPE_CHECKING:
    from fractions import Fraction

    from reelmake.plan.version import CutVersion, OutputVersion, ShotVersion, Version

Kind = Literal["added", "removed", "renamed", "changed", "repicked", "follows", "remade"]
"""Of a shot: `changed` is its own order, or the file that it is; `repicked`: another take of the same order is used;
`follows`: only what it is made from differs; `remade`: the same order has another result."""


@dataclass(frozen=True, slots=True)
class ShotDifference:
    """`was`: its address before, if that was another. `changes`: labels of its own. `follows`: addresses that it is
    made from and that differ. `takes`: the picked one before and after, where it is another."""

    shot: str
    kind: Kind
    was: str = ""
    changes: tuple[Change, ...] = ()
    follows: tuple[str, ...] = ()
    takes: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class EntryDifference:
    """An entry of a cut. `after`: the shot that it stands behind now, "" = it is the first, if it was moved, else None.
    `changes`: what was decided of it there."""

    shot: str
    kind: Literal["added", "removed", "kept"]
    after: str | None = None
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class CutDifference:
    """`variant`: "" without a matrix. Length before and after, in frames and in seconds; None = there is none."""

    variant: str
    entries: tuple[EntryDifference, ...]
    frames: tuple[int | None, int | None]
    seconds: tuple[Fraction | None, Fraction | None]


@dataclass(frozen=True, slots=True)
class OutputDifference:
    """`shots`: shown in it, and another. `parts`: what of its sound or its form differs, by kind of part. `pieces`: how
    many pieces of its picture are not as any was before, and how many it has."""

    path: str
    kind: Literal["added", "removed", "changed"]
    shots: tuple[str, ...] = ()
    parts: tuple[tuple[str, tuple[Change, ...]], ...] = ()
    pieces: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Difference:
    """Only what differs; what is removed stands last."""

    shots: tuple[ShotDifference, ...] = ()
    cuts: tuple[CutDifference, ...] = ()
    outputs: tuple[OutputDifference, ...] = ()

    @property
    def nothing(self) -> bool:
        return not (self.shots or self.cuts or self.outputs)


def difference(before: Version, after: Version) -> Difference:
    """What is another in `after`."""
    was = _earlier(before.shots, after.shots)
    own = {shot: _own(shot, before.shots.get(was.get(shot, "")), known, was) for shot, known in after.shots.items()}
    shots = _with_heirs({shot: d for shot, d in own.items() if d}, after.shots)
    kept = set(was.values())
    removed = [ShotDifference(shot, "removed") for shot in before.shots if shot not in kept]
    variants = dict.fromkeys([*after.cuts, *before.cuts])
    cuts = [_cut(v, before.cuts.get(v), after.cuts.get(v), was) for v in variants]
    paths = dict.fromkeys([*after.outputs, *before.outputs])
    outputs = [_output(p, before.outputs.get(p), after.outputs.get(p), shots) for p in paths]
    return Difference(
        (*(shots[shot] for shot in after.shots if shot in shots), *removed),
        tuple(c for c in cuts if c.entries or c.frames[0] != c.frames[1]),
        tuple(o for o in outputs if o),
    )


def _earlier(before: Mapping[str, ShotVersion], after: Mapping[str, ShotVersion]) -> dict[str, str]:
    """By address, what each shot was called before. One that is new and orders, or is, just what one was that is gone
    now is that one under another name; of several the first."""
    was = {shot: shot for shot in after if shot in before}
    gone: dict[tuple[str, str], list[str]] = {}
    for shot, known in before.items():
        if shot not in after:
            gone.setdefault((known.medium, known.order), []).append(shot)
    for shot, known in after.items():
        if shot not in was and (same := gone.get((known.medium, known.order))):
            was[shot] = same.pop(0)
    return was


def _own(shot: str, old: ShotVersion | None, new: ShotVersion, was: Mapping[str, str]) -> ShotDifference | None:
    """What differs of a shot by itself, whatever became of those that it is made from."""
    if old is None:
        return ShotDifference(shot, "added")
    if old == new and was[shot] == shot:
        return None  # as most of a film is, and quickly seen
    takes = (old.take, new.take) if old.take != new.take else None
    known = bool(old.pairs and new.pairs)
    differ = _changes(old, new, was) if known else ()
    if takes and old.order == new.order:  # then its seed is another by that alone
        differ = tuple(c for c in differ if c.label != "seed")
    kind: Kind | None = None
    if was[shot] != shot:
        kind = "renamed"
    elif differ or (not known and old.order != new.order):
        kind = "changed"
    elif takes:
        kind = "repicked"
    elif old.sha256 and new.sha256 and old.sha256 != new.sha256:
        kind = "remade" if old.key == new.key else "follows"
    return ShotDifference(shot, kind, was[shot] if kind == "renamed" else "", differ, (), takes) if kind else None


def _changes(old: ShotVersion, new: ShotVersion, was: Mapping[str, str]) -> tuple[Change, ...]:
    """Its labels, less what comes from the shots that it is made from; those by their names, where they are others."""
    labels = dict.fromkeys([*new.parents, *old.parents])
    others = {"take", *labels, *(label.replace("input ", "fit ", 1) for label in labels)}
    before, after = ([pair for pair in v.pairs if pair[0] not in others] for v in (old, new))
    found = changes(before, after)
    for label in labels:
        then, now = old.parents.get(label), new.parents.get(label)
        if then is None or now is None or [was.get(parent) for parent in now] != [*then]:
            found.append(Change(label, *(None if of is None else ", ".join(of) for of in (then, now))))
    return tuple(found)


def _with_heirs(found: dict[str, ShotDifference], shots: Mapping[str, ShotVersion]) -> dict[str, ShotDifference]:
    """With those that are made from what differs, and from these in their turn."""
    heirs: dict[str, list[str]] = {}
    for shot, known in shots.items():
        for parent in dict.fromkeys(p for of in known.parents.values() for p in of):
            heirs.setdefault(parent, []).append(shot)
    waiting = [shot for shot, d in found.items() if _another(d)]
    for parent in waiting:  # it grows
        for shot in heirs.get(parent, ()):
            if (own := found.get(shot)) is None or not _another(own):
                waiting.append(shot)
            own = own or ShotDifference(shot, "follows")
            found[shot] = replace(own, follows=(*own.follows, parent))
    return found


def _another(d: ShotDifference) -> bool:
    """Is its picture or its sound another, and not its name alone?"""
    return d.kind != "renamed" or bool(d.changes or d.follows or d.takes)


def _cut(variant: str, old: CutVersion | None, new: CutVersion | None, was: Mapping[str, str]) -> CutDifference:
    if old is None or new is None:
        frames = (None if old is None else old.frames, None if new is None else new.frames)
        seconds = (None if old is None else old.seconds, None if new is None else new.seconds)
        return CutDifference(variant, (), frames, seconds)
    before = _numbered([e.shot for e in old.entries])
    after = _numbered([was.get(e.shot, f"+{e.shot}") for e in new.entries])  # by their earlier names
    places = {name: n for n, name in enumerate(before)}
    still = _longest([places[name] for name in after if name in places])
    found: list[EntryDifference] = []
    for n, (name, entry) in enumerate(zip(after, new.entries, strict=True)):
        if name not in places:
            found.append(EntryDifference(entry.shot, "added"))
            continue
        before_it = old.entries[places[name]].pairs
        differ = tuple(changes(before_it, entry.pairs)) if before_it != entry.pairs else ()
        moved = places[name] not in still
        if differ or moved:
            behind = (new.entries[n - 1].shot if n else "") if moved else None
            found.append(EntryDifference(entry.shot, "kept", behind, differ))
    there = set(after)
    found += [EntryDifference(name[0], "removed") for name in before if name not in there]
    return CutDifference(variant, tuple(found), (old.frames, new.frames), (old.seconds, new.seconds))


def _numbered(shots: Sequence[str]) -> list[tuple[str, int]]:
    """Each with how often it stood there before: a shot may be seen twice."""
    seen: Counter[str] = Counter()
    found = []
    for shot in shots:
        found.append((shot, seen[shot]))
        seen[shot] += 1
    return found


def _longest(places: Sequence[int]) -> set[int]:
    """The longest part of it that rises: what stands as it stood, while the fewest others moved."""
    ends: list[int] = []  # of rising parts by their length, the smallest
    before: dict[int, int | None] = {}
    for place in places:
        n = bisect_left(ends, place)
        before[place] = ends[n - 1] if n else None
        ends[n : n + 1] = [place]
    found: set[int] = set()
    at = ends[-1] if ends else None
    while at is not None:
        found.add(at)
        at = before[at]
    return found


def _output(
    path: str, old: OutputVersion | None, new: OutputVersion | None, shots: Collection[str]
) -> OutputDifference | None:
    if new is None:
        return OutputDifference(path, "removed")
    shown = tuple(shot for shot in new.shots if shot in shots)
    if old is None:
        return OutputDifference(path, "added", shown, pieces=(len(new.pieces), len(new.pieces)))
    if (old.sha256 and old.sha256 == new.sha256) or (old.name and old.name == new.name):
        return None
    kinds = dict.fromkeys([*new.parts, *old.parts])
    parts = ((kind, tuple(changes(old.parts.get(kind, ()), new.parts.get(kind, ())))) for kind in kinds)
    fresh = Counter(new.pieces) - Counter(old.pieces)
    pieces = (fresh.total(), len(new.pieces)) if old.pieces else (0, 0)
    return OutputDifference(path, "changed", shown, tuple((kind, found) for kind, found in parts if found), pieces)
