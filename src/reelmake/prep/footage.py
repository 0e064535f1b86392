"""How long footage is, and what of it is shown: looked at once, known by its digest. Knows nothing of shots."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path, PurePosixPath

from reelmake.errors import LocalTool
from reelmake.model.time import exact
from reelmake.ports import Inputs
from reelmake.prep.findings import Finding, Findings, Question
from reelmake.store.notes import Notes


class Footage:
    """Footage of a project, by path."""

    def __init__(self, inputs: Inputs, notes: Notes) -> None:
        self._inputs = inputs
        self._findings = Findings(notes, "footage.json", "2", (str, str))

    def look(self, paths: Iterable[str]) -> None:
        """Reads what is not known yet, several at once; what is wrong with a file is said when it is asked for."""
        self._findings.look_into(sorted(set(paths)), self._question)

    def seconds(self, path: str) -> Fraction:
        """The exact length of a file that was looked at. Raises LocalTool if it is no whole film."""
        seconds = str(self._found(path)[0])
        if not seconds:
            raise LocalTool("it has no length (a still belongs under `image:`)")
        return exact(seconds)

    def reading(self, path: str) -> str:
        """What of it is seen and heard, "" = all of it. Raises LocalTool."""
        return str(self._found(path)[1])

    def _found(self, path: str) -> Finding:
        return self._findings.of(*self._question(path))

    def _question(self, path: str) -> tuple[str, Question]:
        return self._inputs.digest(path), Question(_film, self._inputs.path(path), (PurePosixPath(path).suffix,))


def _film(file: Path, suffix: str) -> Finding:
    from reelmake.media.view import film

    return film(file, suffix)
