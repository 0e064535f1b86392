"""What has to be minded of the colours of a project's pictures and footage: a profile, transparency; said and keyed.

Looked at once, remembered by the digest of their bytes. A step is keyed by what is minded only where there is anything,
and a paid one never: what was paid for stays, though the same order would be sent another picture today. Knows nothing
of how colours are changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from reelmake.errors import LocalTool
from reelmake.model.frame import STILLS
from reelmake.model.picture import Colors
from reelmake.model.step import Step
from reelmake.model.still import LastFrame, ThumbWork
from reelmake.ports import Inputs
from reelmake.store.notes import Notes

MOST = 8  # files that are asked about at once
_NOTE, _RULES = "colors.json", "1"  # a change of what is looked for is a change of the number


class ColorReport:
    """Of a project."""

    def __init__(self, inputs: Inputs, notes: Notes) -> None:
        self._inputs, self._notes = inputs, notes

    def minded(self, steps: Sequence[Step]) -> list[Step]:
        """The steps, each with what is minded of its pictures."""
        before, files = len(self._known), {file for step in steps for file in _files(step)}
        if not files:
            return list(steps)
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(MOST) as threads:
            list(threads.map(self._look, files))
        if len(self._known) > before:
            self._notes.write(_NOTE, self._known, _RULES)
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
            digest = self._inputs.digest(path)
            if digest not in self._known:
                from reelmake.media.readers import ask

                found = ask(_colors, self._inputs.path(path))
                self._known[digest] = [found.profile, found.broken, found.clear]
        except LocalTool:
            return Colors()
        profile, broken, clear = self._known[digest]
        return Colors(str(profile), bool(broken), bool(clear))

    @cached_property
    def _known(self) -> dict[str, list[str | bool]]:
        return self._notes.read(_NOTE, _RULES)


def _still(step: Step) -> bool:
    """Is it a picture of a frame?"""
    return isinstance(step.work, ThumbWork | LastFrame)


def _files(step: Step) -> list[str]:
    """Those whose colours a step minds; none of a paid one."""
    return [i.file for i in step.inputs if not step.paid and i.file and (_photo(i.file) or _still(step))]


def _photo(path: str) -> bool:
    return path.lower().endswith(STILLS)


def _colors(file: Path) -> Colors:
    if _photo(file.name):
        from reelmake.media.photo import colors

        return colors(file)
    from reelmake.media.material import material

    return Colors(clear=material(file).alpha)
