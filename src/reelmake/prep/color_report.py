"""What has to be minded of the colours of a project's pictures and footage: a profile, transparency; said and keyed.

Looked at once, remembered by the digest of their bytes. A step is keyed by what is minded only where there is anything,
and a paid one never: what was paid for stays, though the same order would be sent another picture today. Knows nothing
of how colours are changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from reelmake.errors import LocalTool
from reelmake.model.delivery import LastFrame, ThumbWork
from reelmake.model.frame import STILLS, Colors
from reelmake.model.step import Step
from reelmake.ports import Inputs
from reelmake.prep.findings import Finding, Findings, Question
from reelmake.store.notes import Notes

_STILLS = ThumbWork, LastFrame  # pictures of frames


class ColorReport:
    """Of a project."""

    def __init__(self, inputs: Inputs, notes: Notes) -> None:
        self._inputs = inputs
        self._findings = Findings(notes, "colors.json", "1", (str, bool, bool))

    def minded(self, steps: Sequence[Step]) -> list[Step]:
        """The steps, each with what is minded of its pictures."""
        self._findings.look_into({file for step in steps for file in _files(step)}, self._question)
        return [replace(step, colors=found) if (found := self._of(step)) else step for step in steps]

    def said(self, steps: Iterable[Step]) -> dict[str, str]:
        """By file, in a few words, for files of which there is something to say."""
        files = dict.fromkeys(given.file for step in steps for given in step.inputs if _photo(given.file))
        unreadable = "its color profile cannot be read; its colors are taken as sRGB"
        told = {
            file: unreadable if (c := self._look(file)).broken else c.profile and f"{c.profile} → sRGB"
            for file in files
        }
        return {file: words for file, words in told.items() if words}

    def _of(self, step: Step) -> tuple[str, ...]:
        """Films always alpha over black what is transparent, stills did not."""
        words = {word for file in _files(step) for word in self._look(file).minded}
        return tuple(sorted(word for word in words if isinstance(step.work, _STILLS) or word != "transparency"))

    def _look(self, path: str) -> Colors:
        """Nothing is minded of what cannot be read: whoever needs it says so."""
        try:
            profile, broken, clear = self._findings.of(*self._question(path))
        except LocalTool:
            return Colors()
        return Colors(str(profile), bool(broken), bool(clear))

    def _question(self, path: str) -> tuple[str, Question]:
        return self._inputs.digest(path), Question(_colors, self._inputs.path(path))


def _files(step: Step) -> list[str]:
    """Those whose colours a step minds; none of a paid one."""
    return [
        i.file for i in step.inputs if not step.paid and i.file and (_photo(i.file) or isinstance(step.work, _STILLS))
    ]


def _photo(path: str) -> bool:
    return path.lower().endswith(STILLS)


def _colors(file: Path) -> Finding:
    if _photo(file.name):
        from reelmake.media.photo import colors

        found = colors(file)
        return [found.profile, found.broken, found.clear]
    from reelmake.media.material import material

    return ["", False, material(file).alpha]
