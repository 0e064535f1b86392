"""Which shots are other shots than in another layout: by what is ordered and how it looks, not by any text.

A shot differs by itself: by its order, the files it is made from, which takes it has and which of them is used, and how
it stands in the cut; not by where in the cut that is, by its name, or because what it is made from differs. Knows
nothing of where the other layout comes from.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from reelmake.plan.key import head, text
from reelmake.plan.shots import made_of
from reelmake.records import dataclass

if TYPE_CHECKING:
    from reelmake.model.cut import Entry
    from reelmake.model.order import Slate
    from reelmake.plan.layout import Layout

Digest = Callable[[str], str]
"""sha256 of a file of the project, by its path."""


@dataclass(frozen=True, slots=True)
class _Shot:
    """`own`: all that it is by itself; `sources`: addresses of what it is made from, or shows besides."""

    own: tuple[object, ...]
    sources: tuple[str, ...]


def differing(now: Layout, before: Layout, digest_now: Digest, digest_before: Digest) -> set[str]:
    """Addresses, in `now`, of what is new or another than `before`. What only has another name is the same."""
    new, old = _shots(now, digest_now), _shots(before, digest_before)
    known = {shot.own: shot for shot in old.values()}

    def same(address: str, shot: _Shot) -> bool:
        then = old.get(address) or known.get(shot.own)
        if then is None or shot.own != then.own or len(shot.sources) != len(then.sources):
            return False
        pairs = zip(shot.sources, then.sources, strict=True)
        return all(one == other or new[one].own == old[other].own for one, other in pairs)

    return {address for address, shot in new.items() if not same(address, shot)}


def _shots(layout: Layout, digest: Digest) -> dict[str, _Shot]:
    entries: dict[str, list[Entry]] = {}
    looks: dict[str, list[object]] = {}
    for cut in layout.cuts.values():
        for entry, join in zip(cut.entries, (*cut.joins, None), strict=False):
            entries.setdefault(entry.shot, []).append(entry)
            lut = digest(entry.look) if entry.look else ""
            into = (join.name, join.frames, text(join.params)) if join else ""
            looks.setdefault(entry.shot, []).append((text(_nameless(entry)), lut, into))
    return {
        address: _Shot(
            (*_made(layout, slate, digest), *looks.get(address, ())),
            (*made_of(slate), *(inset.shot for entry in entries.get(address, ()) for inset in entry.insets)),
        )
        for address, slate in layout.slates.items()
    }


def _made(layout: Layout, slate: Slate, digest: Digest) -> tuple[object, ...]:
    """What is ordered, and which take of it is used; of what is not ordered, what it is."""
    if not slate.orders:
        return slate.file and digest(slate.file), slate.color, slate.framed, slate.at, slate.caption, text(slate.fit)
    first, choice = layout.shots[slate.shot.rpartition("/")[0]].firsts[slate.shot], layout.choice(slate.shot)
    inputs = tuple((i.label, i.fit, digest(i.keyed.file) if i.keyed.file else "") for i in first.inputs)
    return head(first), inputs, choice.takes, choice.take, slate.caption, text(slate.fit)


def _nameless(entry: Entry) -> Entry:
    """Without where in the cut it stands, and without what things are called."""
    insets = tuple(replace(inset, shot="") for inset in entry.insets)
    return replace(entry, shot="", at=0, slate="", look="", insets=insets, order=None, span=None)
