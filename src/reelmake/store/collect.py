"""Garbage: artifacts that no take names any more. Only for who holds the project. Knows nothing of what is needed."""

from __future__ import annotations

from reelmake.scratch import discard
from reelmake.store.disk import explained
from reelmake.store.local import LocalStore


def collect(store: LocalStore) -> int:
    """Removes the bytes of every artifact without a take, and the work of dead runs; returns how many bytes."""
    named = {store.path(take) for take in store.takes()}
    freed = 0
    for artifact in store.artifacts():
        if artifact not in named:
            with explained(f"remove {artifact}"):
                freed += artifact.stat().st_size
                artifact.unlink()
    discard(*(store.root / "takes").glob("??/*.tmp"))  # of runs of an older version, which were killed
    discard(*(store.root / "unfit").glob("*"))  # other shelves are asked anew
    store.sweep()
    return freed
