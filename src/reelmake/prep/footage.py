"""How long footage is, and what of it is shown: looked at once, known by its digest. Knows nothing of shots."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cached_property
from pathlib import PurePosixPath

from reelmake.errors import LocalTool
from reelmake.model.time import exact
from reelmake.ports import Inputs
from reelmake.store.notes import Notes

_NOTE, _RULES = "footage.json", "2"  # a change of what is looked for is a change of the number


class Footage:
    """Footage of a project, by path."""

    def __init__(self, inputs: Inputs, notes: Notes) -> None:
        self._inputs, self._notes = inputs, notes
        self._broken: dict[str, LocalTool] = {}  # in this run: they are asked for again, to be told

    def look(self, paths: Iterable[str]) -> None:
        """Reads what is not known yet, several at once; what is wrong with a file is said when it is asked for."""
        wanted, before = sorted(set(paths)), len(self._known)
        if not wanted:
            return
        from concurrent.futures import ThreadPoolExecutor

        readers = min(os.cpu_count() or 1, len(wanted))
        shares = [share for n in range(readers) if (share := wanted[n::readers])]
        with ThreadPoolExecutor(readers) as threads:
            list(threads.map(self._look, shares))
        if len(self._known) > before:
            self._notes.write(_NOTE, self._known, _RULES)

    def seconds(self, path: str) -> Fraction:
        """The exact length of a file that was looked at. Raises LocalTool if it is no whole film."""
        seconds, _ = self._read(path)
        if not seconds:
            raise LocalTool("it has no length (a still belongs under `image:`)")
        return exact(seconds)

    def reading(self, path: str) -> str:
        """What of it is seen and heard, "" = all of it. Raises LocalTool."""
        return self._read(path)[1]

    def _look(self, paths: Sequence[str]) -> None:
        for path in paths:
            try:
                self._read(path)
            except LocalTool:
                continue

    def _read(self, path: str) -> tuple[str, str]:
        digest = self._inputs.digest(path)
        if digest not in self._known:
            from reelmake.media.readers import ask
            from reelmake.media.view import film

            if digest in self._broken:
                raise self._broken[digest]
            try:
                self._known[digest] = ask(film, self._inputs.path(path), PurePosixPath(path).suffix)
            except LocalTool as error:
                self._broken[digest] = error
                raise
        seconds, reading = self._known[digest]
        return seconds, reading

    @cached_property
    def _known(self) -> dict[str, Sequence[str]]:
        return self._notes.read(_NOTE, _RULES)
