"""What has to be minded of the colours of a project's pictures and footage: a profile, transparency; said and keyed.

Looked at once, remembered by the digest of their bytes. A step is keyed by what is minded only where there is anything,
and a paid one never: what was paid for stays, though the same order would be sent another picture today. Knows nothing
of how colours are changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from reelmake.errors import LocalTool
from reelmake.model.frame import STILLS, Colors
from reelmake.model.step import Step
from reelmake.model.still import LastFrame, ThumbWork
from reelmake.ports import Inputs
from reelmake.prep.findings import Finding, Findings, Question
from reelmake.store.notes import Notes


class ColorReport:
    """Of a project."""

    def __init__(self, inputs: Inputs, notes: Notes) -> None:
        self._inputs = inputs
        self._findings = Findings(notes, "colors.json", "1", (str, bool, bool))

    def minded(self, steps: Sequence[Step]) -> list[Step]:
        """The steps, each with what is minded of its pictures."""
        questions = {}
        for file in {file for step in steps for file in _files(step)}:
            with suppress(LocalTool):
                questions[self._inputs.digest(file)] = Question(_colors, self._inputs.path(file))
        self._findings.look(questions)
        return [replace(step, colors=found) if (found := self._of(step)) else step for step in steps]

    def said(self, steps: Iterable[Step]) -> dict[str, str]:
        """By file, in a few words, for files of which there is something to say."""
        files = dict.fromkeys(given.file for step in steps for given in step.inputs if _photo(given.file))
        told = {}
        for file in files:
            colors = self._look(file)
            if colors.broken:
                told[file] = "its color profile cannot be read; its colors are taken as sRGB"
            elif colors.profile:
                told[file] = f"{colors.profile} → sRGB"
        return told

    def _of(self, step: Step) -> tuple[str, ...]:
        """Films always alpha over black what is transparent, stills did not."""
        words = {word for file in _files(step) for word in self._look(file).minded}
        return tuple(sorted(word for word in words if _still(step) or word != "transparency"))

    def _look(self, path: str) -> Colors:
        """Nothing is minded of what cannot be read: whoever needs it says so."""
        try:
            found = self._findings.of(self._inputs.digest(path), Question(_colors, self._inputs.path(path)))
        except LocalTool:
            return Colors()
        profile, broken, clear = found
        return Colors(str(profile), bool(broken), bool(clear))


def _still(step: Step) -> bool:
    """Is it a picture of a frame?"""
    return isinstance(step.work, ThumbWork | LastFrame)


def _files(step: Step) -> list[str]:
    """Those whose colours a step minds; none of a paid one."""
    return [i.file for i in step.inputs if not step.paid and i.file and (_photo(i.file) or _still(step))]


def _photo(path: str) -> bool:
    return path.lower().endswith(STILLS)


def _colors(file: Path) -> Finding:
    if _photo(file.name):
        from reelmake.media.photo import colors

        found = colors(file)
        return [found.profile, found.broken, found.clear]
    from reelmake.media.material import material

    return ["", False, material(file).alpha]
