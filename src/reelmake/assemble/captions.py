"""What is said when in a cut: the author's file of captions, the lines, or each shot's caption while it is seen.

Where two shots overlap, the caption changes in the middle of the join; an end card ends it. Knows nothing of how
captions are shown.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise, zip_longest

from reelmake.assemble.spoken_cues import spoken_cues
from reelmake.assemble.stretch import length_of
from reelmake.assemble.ties import tied
from reelmake.assemble.titles import cards, direction, shaped
from reelmake.diagnostics import Report
from reelmake.model.cut import Cut
from reelmake.model.overlay import Cue, Lettering, Title
from reelmake.model.storyboard import Storyboard
from reelmake.model.time import nearest, seconds

Times = tuple[int, int]
"""From one millisecond of the cut up to another."""
Standing = tuple[int, int, Title]
"""From one frame of the cut up to another, and the title that is seen then."""
Shown = tuple[int, int, tuple[Cue, ...], tuple[Title, ...]]
"""From one frame of the cut up to another, the captions that are seen then, and the titles that they are clear of."""

LEAST = 1000  # milliseconds in which a caption can be read
SLIP = 200  # milliseconds at most in which two are at once by a slip


def cues(cut: Cut, board: Storyboard) -> tuple[Cue, ...]:
    """Those of the file, as far as the cut goes; or what is said; else one for every entry whose shot has a caption,
    and one for a shot that goes on where it was cut."""
    if board.captions.spoken:
        return spoken_cues(cut)
    marks = [_millisecond(edge, cut.fps) for edge in edges(cut)]
    covered = [(_millisecond(first, cut.fps), _millisecond(end, cut.fps)) for first, end in cards(cut)]
    found: list[Cue] = []
    if board.captions.file:
        for cue in (
            cue for cue in board.captions.cues if cue.begin < marks[-1]
        ):  # one that can hardly be read before an end card is meant to be on it
            ends = [begin for begin, _ in covered if cue.begin + LEAST <= begin < cue.end]
            found.append(Cue(cue.begin, min([cue.end, marks[-1], *ends]), cue.text))
        return tuple(found)
    said = {}
    for id, one in board.shots.items():  # an empty line would end a cue
        said[board.address(id)] = "\n".join(line.strip() for line in one.caption.splitlines() if line.strip())
    for number, times in enumerate(_open(cut, marks, covered)):
        shot = cut.entries[number].shot
        for begin, end in times if said.get(shot) else ():
            again = number and cut.entries[number - 1].shot == shot
            if again and found and (found[-1].end, found[-1].text) == (begin, said[shot]):
                found[-1] = Cue(found[-1].begin, end, said[shot])
            else:
                found.append(Cue(begin, end, said[shot]))
    return tuple(found)


def unsaid(board: Storyboard) -> str:
    """Why there are none."""
    return "nothing is said in the cut" if board.captions.spoken else "no shot of the cut has a `caption:`"


def check(cut: Cut, board: Storyboard, report: Report) -> None:
    """Warns of captions of a file that come when the cut is over (RM486): they are seen nowhere."""
    end = _millisecond(cut.frames, cut.fps)
    late = [cue for cue in board.captions.cues if cue.begin >= end]
    if late:
        comes = "this caption starts" if len(late) == 1 else f"this caption and {len(late) - 1} more start"
        whole = f'the cut of "{board.variant}"' if board.variant else "the cut"
        message = f"{comes} after the end of {whole}, which is {length_of(cut.frames, cut.fps)} long"
        report.warn("RM486", message, late[0].span, hint="captions past the end are left out of films and subtitles")


def edges(cut: Cut) -> list[int]:
    """The frames at which entries begin, and the cut's end; where two overlap, the middle of the join."""
    return [*(entry.at + cut.head(n) // 2 for n, entry in enumerate(cut.entries)), cut.frames]


def shown(spoken: tuple[Cue, ...], fps: Fraction, titles: Sequence[Standing] = ()) -> list[Shown]:
    """What is burnt in when, one after another. Each has one place for as long as it is seen, clear of all `titles`
    that are seen meanwhile."""
    found = []
    coming = deque(sorted(enumerate(titles), key=lambda title: title[1][0]))
    near: list[tuple[int, Standing]] = []  # titles that are not over yet, by their number
    for times, said in apart(tuple(_eased(spoken))):
        comes, goes = (nearest(Fraction(at, 1000) * fps) for at in times)
        if said and goes > comes:
            while coming and coming[0][1][0] < goes:
                near.append(coming.popleft())
            near = sorted((title for title in near if title[1][1] > comes), key=lambda title: title[0])
            found.append((comes, goes, said, tuple(dict.fromkeys(title for _, (_, _, title) in near))))
    return found


def printed(seen: Sequence[Shown], look: Lettering, first: int, count: int) -> tuple[Title, ...]:
    """The captions of `shown` in frames [first, first + count) of the cut, in frames from the first of these."""
    found = []
    begin = bisect_right(seen, first, key=lambda caption: caption[1])
    end = bisect_left(seen, first + count, key=lambda caption: caption[0])
    for comes, goes, said, beside in seen[begin:end]:
        words = tied("\n".join(cue.text for cue in said))
        at, until = max(0, comes - first), min(count, goes - first)
        card = Title(words, at, until - at, look, shaped(words), still=True, direction=direction(words))
        found.append(replace(card, cues=len(said), beside=beside))
    return tuple(found)


def apart(spoken: tuple[Cue, ...]) -> Iterator[tuple[Times, tuple[Cue, ...]]]:
    """One after another without gaps from 0 on: the times in which the same captions are seen, the first one first."""
    edges = sorted({0, *(edge for cue in spoken for edge in (cue.begin, cue.end))})
    coming, seen = deque(sorted(spoken, key=lambda cue: cue.begin)), list[Cue]()
    for begin, end in pairwise(edges):
        seen = [cue for cue in seen if cue.end > begin]
        while coming and coming[0].begin <= begin:
            seen.append(coming.popleft())
        yield (begin, end), tuple(seen)


def _eased(spoken: tuple[Cue, ...]) -> Iterator[Cue]:
    """One that goes on for a moment only when the next one has come ends as that begins: both at once would flash."""
    for cue, after in zip_longest(spoken, spoken[1:]):
        slip = after is not None and cue.begin < after.begin < cue.end <= min(after.end, after.begin + SLIP)
        yield replace(cue, end=after.begin) if slip else cue


def _open(cut: Cut, marks: list[int], covered: list[Times]) -> list[list[Times]]:
    """For every entry when its shot's caption may be seen: while no end card is, unless it were seen nowhere then."""
    whole = [[(begin, end)] if begin < end else [] for begin, end in pairwise(marks)]
    bare = [_without(times, covered) for times in whole]
    somewhere = {entry.shot for entry, times in zip(cut.entries, bare, strict=True) if times}
    choices = zip(cut.entries, bare, whole, strict=True)
    return [free if entry.shot in somewhere else all_ for entry, free, all_ in choices]


def _without(times: list[Times], covered: list[Times]) -> list[Times]:
    for first, last in covered:
        parts = (part for begin, end in times for part in ((begin, min(end, first)), (max(begin, last), end)))
        times = [(begin, end) for begin, end in parts if begin < end]
    return times


def _millisecond(frame: int, fps: Fraction) -> int:
    return nearest(seconds(frame, fps) * 1000)
