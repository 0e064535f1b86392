"""What leaves the store: garbage, which no take names any more, and what a disk has damaged. Only for who holds the
project. Knows nothing of what is needed, of what the bytes show, and of what anything cost.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from reelmake.model.take import Take
from reelmake.store.disk import explained
from reelmake.store.local import LocalStore


def collect(store: LocalStore, keys: Iterable[str], files: Iterable[Path]) -> None:
    """Removes the records of these keys, then these files of the store, and the work of dead runs. Raises LocalTool.

    Records first: killed between the two, it leaves bytes that nobody names, for the next time.
    """
    for key in keys:
        store.forget(key)
    for file in files:
        with explained(f"remove {file}"):
            file.unlink(missing_ok=True)
    store.ask_anew()
    store.sweep()


def heirs(damaged: Iterable[Take], takes: Collection[Take]) -> list[Take]:
    """What was made from damaged bytes, from what was made from those, and so on."""
    bad, found = {take.digest for take in damaged}, dict[str, Take]()
    while more := [
        take
        for take in takes
        if take.key not in found and any(label.startswith("input ") and value in bad for label, value in take.manifest)
    ]:
        found |= {take.key: take for take in more}
        bad |= {take.digest for take in more}
    return list(found.values())


def strike(store: LocalStore, takes: Collection[Take], damaged: Collection[Take], lost: Callable[[Take], bool]) -> int:
    """Forgets what is damaged and all that was made from it, but for what would be `lost`; how many takes those were.

    The bytes of what is forgotten go as well, unless somebody else needs them, or a provider made them: those stay
    until they are collected, for it may not have the clip any more.
    """
    struck = {take.key: take for take in (*damaged, *heirs(damaged, takes)) if not lost(take)}
    for key in struck:
        store.forget(key)
    named = {store.path(take) for take in takes if take.key not in struck}
    for take in struck.values():
        if store.path(take) not in named and not take.remote:
            with explained(f"remove {store.path(take)}"):
                store.path(take).unlink(missing_ok=True)
    return len(struck)
