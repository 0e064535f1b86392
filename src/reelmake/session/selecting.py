"""Selecting: the shots and outputs of a project that the words of a command stand for, also by what has changed in git.

What was selected stays the same for a whole run, whatever is committed meanwhile. Knows nothing of terminals.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import TYPE_CHECKING

from reelmake.plan import selection

if TYPE_CHECKING:
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


def _changed(seen: Snapshot, rev: str) -> Collection[str]:
    """Addresses of the shots that are not as they were at a revision; all where there was no storyboard."""
    from reelmake.plan.differing import differing
    from reelmake.session import past
    from reelmake.session.project import look

    before = past.at(seen.workspace, rev)
    if before is None:
        return seen.layout.slates
    then = look(before)
    found = differing(seen.layout, then.layout, seen.inputs.digest, then.inputs.digest)
    then.inputs.save()
    return found
