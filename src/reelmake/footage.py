"""How long footage is: probed once, remembered by the digest of its bytes. Knows nothing of shots."""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property
from pathlib import PurePosixPath

from reelmake.errors import LocalTool
from reelmake.ports import Inputs
from reelmake.store.notes import Notes

_NOTE = "footage.json"


class Footage:
    """Footage of a project, by path."""

    def __init__(self, inputs: Inputs, notes: Notes) -> None:
        self._inputs, self._notes = inputs, notes

    def seconds(self, path: str) -> Fraction:
        """Its exact length. Raises LocalTool if it is no whole film."""
        digest = self._inputs.digest(path)
        if digest not in self._known:
            from reelmake.media.probe import probe

            facts = probe(self._inputs.path(path), PurePosixPath(path).suffix)
            if facts.seconds is not None and facts.frames is None:
                raise LocalTool("it has sound, but no picture")
            self._known[digest] = "" if facts.seconds is None else str(facts.seconds)
            self._notes.write(_NOTE, self._known)
        if not self._known[digest]:
            raise LocalTool("it has no length (a still belongs under `image:`)")
        return Fraction(self._known[digest])

    @cached_property
    def _known(self) -> dict[str, str]:
        return self._notes.read(_NOTE)
