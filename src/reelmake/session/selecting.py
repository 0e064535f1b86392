"""Selecting: the shots and outputs of a project that the words of a command stand for, also by what has changed in git.

What was selected stays the same for a whole run, whatever is committed meanwhile. Knows nothing of terminals.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import TYPE_CHECKING

from reelmake.plan import selection

if TYPE_CHECKING:
    from reelmake.session.comparing import NamedVersion
    from reelmake.session.project import Snapshot


def selected(seen: Snapshot, words: Sequence[str]) -> tuple[str, ...] | None:
    """Names of shots and outputs, as `plan` takes them: None = no word, so everything; () = nothing has changed. Raises
    Mistake for words that stand for nothing."""
    return selection.select(seen.layout, words, cache(lambda rev: _changed(seen, rev))) if words else None


def selected_shots(seen: Snapshot, words: Sequence[str]) -> tuple[str, ...]:
    """Addresses of shots; of outputs those that they are made of."""
    return selection.select_shots(seen.layout, words, cache(lambda rev: _changed(seen, rev)))


def shown(seen: Snapshot, names: Collection[str] | None) -> Collection[str]:
    """Of which shots somebody wants to know who selected these names: all if none were."""
    return seen.layout.slates if names is None else selection.shown(seen.layout, names)


def moves(words: Sequence[str]) -> bool:
    """May the same words select something else tomorrow, though no file of the project has changed?"""
    return any(selection.CHANGED in word for word in words)


def differing(before: NamedVersion, after: NamedVersion) -> set[str]:
    """Addresses of the shots that are new after, ordered otherwise, shown by another take or in another way; not of
    those that only have another name or place, or are made from such a shot. Raises LocalTool."""
    from reelmake.plan.difference import difference
    from reelmake.session.comparing import versions

    found = difference(*versions(before, after))
    shots = {d.shot for d in found.shots if d.kind in ("added", "changed", "repicked")}
    entries = (entry for cut in found.cuts for entry in cut.entries)
    seen = {entry.shot for entry in entries if entry.kind != "kept" or entry.changes}
    return (shots | seen) & (after.seen.layout.slates.keys() if after.seen else set())


def _changed(seen: Snapshot, rev: str) -> Collection[str]:
    from reelmake.session.comparing import NOW, NamedVersion, then

    return differing(then(seen.workspace, rev), NamedVersion(NOW, seen=seen))
