"""Where in the cut is heard what is said in its shots: with the picture that it was said to, as far as that is seen.

Speech is never faster or slower than it was spoken, whatever its picture does. Knows nothing of files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from reelmake.diagnostics import Report
from reelmake.model.cut import Cut, Entry, HeardLine
from reelmake.model.cut_entries import CutEntry
from reelmake.model.order import Slate
from reelmake.model.storyboard import Storyboard
from reelmake.model.take import SpokenWord
from reelmake.model.time import SAMPLE_RATE, nearest, samples, seconds

SILENCE = Fraction(1, 5)  # seconds at the end of a line in which nothing need be said


def heard_lines(
    cut: Cut,
    board: Storyboard,
    entries: Sequence[CutEntry],
    slates: Mapping[str, Slate],
    words: Mapping[str, tuple[SpokenWord, ...]],
    report: Report,
) -> tuple[HeardLine, ...]:
    """Of all entries. `words`: of lines, by address, where captions are made of them. What begins after the cut has
    ended is not heard; RM449 warns of words that are lost so."""
    speakers = {board.address(line.id): line.speaker for line in board.lines}
    found: list[HeardLine] = []
    for entry, written in zip(cut.entries, entries, strict=True):
        last, slate = None, slates[entry.shot]
        for line, begin in slate.said:
            turn = last is not None and last != speakers[line]
            last = speakers[line]
            lasts = slates[line].length or Fraction(0)
            found += _heard(
                entry,
                written,
                cut.fps,
                HeardLine(line, 0, words=words.get(line, ()), turn=turn, aloud=line in slate.aloud),
                begin,
                lasts,
            )
    end = samples(cut.frames, cut.fps)
    for heard in found:
        _tell_lost(heard, slates[heard.line], end, report)
    return tuple(heard for heard in found if heard.at < end)


def _tell_lost(heard: HeardLine, line: Slate, end: int, report: Report) -> None:
    """`end`: of the cut, in samples."""
    lasts = (line.length or Fraction(0)) - heard.start if heard.end is None else heard.end - heard.start
    lost = min(lasts, Fraction(heard.at - end, SAMPLE_RATE) + lasts)
    if lost > SILENCE:
        says = f"{float(lost):.2f} s of this line are not heard: the cut ends before"
        hint = "a longer shot, or `seconds: auto`, which makes it as long as what is said"
        report.warn("RM449", says, line.span, hint=hint)


def _heard(
    entry: Entry, written: CutEntry, fps: Fraction, line: HeardLine, begin: Fraction, lasts: Fraction
) -> Iterator[HeardLine]:
    """A line that begins `begin` seconds after its clip does; none if the entry shows no part of that. An end that the
    author's trim names cuts it off; else it is heard to its end, over what follows."""
    first, plays = seconds(entry.start, fps) * entry.speed, seconds(entry.plays, fps) * entry.speed
    end = written.trim[1] if written.trim is not None else None
    if begin + lasts <= first or (end is not None and begin >= end):
        return
    missed = max(Fraction(0), first - begin)
    at = samples(entry.at + entry.waits, fps) + nearest(max(Fraction(0), begin - first) / entry.speed * SAMPLE_RATE)
    cut_off = end is not None and begin + lasts > end and not entry.held
    yield replace(line, at=at, start=missed, end=first + plays - begin if cut_off else None)
