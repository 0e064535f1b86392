"""Clips that a provider has said it no longer has. Knows nothing of who asks, nor of what starts from them."""

from __future__ import annotations

from collections.abc import Mapping

from reelmake.store.notes import Notes

_NOTE = "gone.json"


class GoneClips:
    """Of a project; a clip is known by (provider, remote)."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    @property
    def known(self) -> set[tuple[str, str]]:
        noted = self._notes.read(_NOTE)
        return {(provider, remote) for provider, ids in noted.items() if isinstance(ids, list) for remote in ids}

    def update(self, answers: Mapping[tuple[str, str], bool]) -> None:
        """Notes which clips are there (True) and which are not."""
        known = self.known
        now = (known - answers.keys()) | {pair for pair, there in answers.items() if not there}
        if now != known:
            providers = sorted({provider for provider, _ in now})
            self._notes.write(_NOTE, {name: sorted(r for p, r in now if p == name) for name in providers})
