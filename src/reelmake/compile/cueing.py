"""Cueing: the lines of a file of captions while it is read, the captions found in it, and what is wrong where.

Knows no format.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from reelmake.diagnostics import Report, Source, Span
from reelmake.model.overlay import Cue

CODE = "RM480"
_CLOCK = re.compile(r"(?:(\d{1,6}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})")
_TIMES = re.compile(r"\s*([\d:.,]+)\s*-->\s*([\d:.,]+)(?:\s+(.*))?")
HINT = "a caption begins with a line such as 00:00:01,500 --> 00:00:04,000"

Times = tuple[int, int, str]
"""Milliseconds at which a caption begins and ends, and what else its line says."""


def times(line: str) -> Times | None:
    """What a line of times says; None if it is none. Points and commas, missing hours and digits are read alike: they
    can be taken for nothing else."""
    found = _TIMES.fullmatch(line) if "-->" in line else None
    begin, end = (_milliseconds(found[n]) if found else None for n in (1, 2))
    return (begin, end, found[3] or "") if found and begin is not None and end is not None else None


def _milliseconds(clock: str) -> int | None:
    found = _CLOCK.fullmatch(clock)
    if found is None:
        return None
    hours, minutes, seconds, parts = found.groups()
    return ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(parts.ljust(3, "0"))


def _bare(words: str) -> str:
    """Without what is not seen at its ends: blanks, and the control character that DOS ends files with."""
    return words.strip().strip("\x00\x1a").strip()


class Cueing:
    """`lines`: without their ends, as WebVTT, editors and we count them; `found`: so far, in the order of the file."""

    def __init__(self, source: Source, report: Report) -> None:
        self.source, self._report = source, report
        self._starts = source.starts
        self.lines = [source.text[a:b].rstrip("\r\n") for a, b in pairwise((*self._starts, len(source.text)))]
        self.lines[0] = self.lines[0].removeprefix("\ufeff")
        self.found: list[Cue] = []
        self._placed = False

    def blank(self, line: int) -> bool:
        """Is there nothing in a line, or no such line?"""
        return line >= len(self.lines) or not _bare(self.lines[line])

    def wrong(self, line: int, message: str, hint: str = "") -> None:
        self._report.error(CODE, message, self._span(line, line), hint=hint)

    def placed(self, line: int) -> None:
        """A caption is to stand somewhere: said once a file, for it is said in `captions:` here."""
        if not self._placed:
            self._placed = True
            message = f"the positions of captions in {self.source.name} are ignored"
            hint = "`position:` and `align:` below `captions:` place all of them"
            self._report.warn("RM484", message, self._span(line, line), hint=hint)

    def take(self, line: int, said: Times, spoken: Sequence[int], plain: Callable[[str], str]) -> None:
        """A caption whose times stand in `line` and whose words in the lines `spoken`. `plain` leaves markup out."""
        begin, end, _ = said
        if end <= begin:
            self.wrong(line, "this caption ends before it begins" if end < begin else "this caption ends as it begins")
            return
        text = plain("\n".join(self.lines[n] for n in spoken))
        text = "\n".join(filter(None, (_bare(words) for words in text.split("\n"))))
        if text:
            self.found.append(Cue(begin, end, text, self._span(spoken[0], spoken[-1])))

    def _span(self, first: int, last: int) -> Span:
        begin = self._starts[first] + (first == 0 and self.source.text.startswith("\ufeff"))
        return Span(self.source, begin, max(begin, self._starts[last] + len(self.source.line(last + 1))))
