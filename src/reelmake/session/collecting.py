"""What may leave the store of a project, and what it would take to have it back.

Kept is what is referred to: by the storyboard as it is, by the last builds, by the lock file in whatever state git has
it; and what was paid for, unless somebody says otherwise. Only for who holds the project. Knows nothing of terminals.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from reelmake.plan.result import Waste
from reelmake.session.project import Project, Snapshot, look, plan
from reelmake.session.workspace import LOCK

if TYPE_CHECKING:
    from reelmake.model.take import Take
    from reelmake.plan.result import Back
    from reelmake.store.local import LocalStore


def waste(project: Project, *, paid: bool, runs: int, most: int | None) -> Waste:
    """`paid`: also what was paid for; `runs`: how many builds count as the last ones; `most`: bytes that may stay,
    None = nothing stays that is not referred to. Raises Mistake, and LocalTool if git cannot say what branches need."""
    from reelmake.store.git_locks import named

    seen = look(project)
    workspace, store = project.workspace, project.workspace.store
    current = {decision.take.key for decision in plan(seen).decisions.values() if decision.take}
    referred = named(workspace.root, LOCK).union(*seen.made.values(), seen.made)
    recent = workspace.uses.last(runs)
    takes = sorted(store.takes(), key=lambda take: (take.made, take.key))
    idle = [t for t in takes if not _needed(t, current | referred, recent)]
    going = [take for take in idle if paid or not take.paid]
    bought = set() if paid else {entry.digest for entry in seen.journal.entries()}
    lost = referred | bought  # what cannot be read of a record may be a paid one's: its bytes stay
    whole = _sizes(store.artifacts()) | _sizes(store.pictures())
    files = _without_take(store, takes, whole, lost)
    if most is not None:
        going = _oldest(store, takes, going, sum(whole.values()) - sum(whole[file] for file in files) - most, whole)
    gone = {take.key for take in going}
    files = _without_take(store, [take for take in takes if take.key not in gone], whole, lost)
    size = sum(whole[file] for file in files)
    spared = tuple(take for take in idle if take.paid and not paid)
    copies = store.copies([take for take in going if take.paid])
    back = {take.key: _back(seen, take, copies) for take in going}
    return Waste(tuple(going), back, tuple(files), size, sum(whole.values()), spared, len(takes) - len(going))


def remove(store: LocalStore, found: Waste) -> None:
    """Raises LocalTool; then some of it is gone, and the rest goes the next time."""
    from reelmake.store.collect import collect

    collect(store, (take.key for take in found.takes), found.files)


def _needed(take: Take, referred: Collection[str], recent: Collection[str]) -> bool:
    from reelmake.store.uses import LONG

    return take.key in referred or take.digest in referred or take.key[:LONG] in recent


def _sizes(files: Iterable[Path]) -> dict[Path, int]:
    return {file: file.stat().st_size for file in files}


def _without_take(
    store: LocalStore, takes: Collection[Take], files: Mapping[Path, int], lost: Collection[str]
) -> list[Path]:
    """Files that none of these takes names, and that may not be what was paid for."""
    named = {store.path(take) for take in takes}
    return [file for file in files if file not in named and file.name.partition(".")[0] not in lost]


def _oldest(
    store: LocalStore, takes: Collection[Take], going: Collection[Take], over: int, files: Mapping[Path, int]
) -> list[Take]:
    """As many of those that may go as come to `over` bytes. Bytes that several takes name go with the last of them."""
    users: dict[Path, int] = {}
    for take in takes:
        users[store.path(take)] = users.get(store.path(take), 0) + 1
    chosen: list[Take] = []
    for take in going:
        if over <= 0:
            break
        chosen.append(take)
        users[store.path(take)] -= 1
        if not users[store.path(take)]:
            over -= files.get(store.path(take), 0)
    return chosen


def _back(seen: Snapshot, take: Take, copies: Collection[str]) -> Back:
    if not take.paid:
        return "made"
    if take.key in copies:
        return "copied"
    lasts = not take.expires or take.expires > seen.workspace.clock.utc()
    return "fetched" if lasts and take.key in seen.paid_for() else "ordered"
