"""Where sounds change and begin: at the transition of the picture, or before it (a J cut), or after it (an L cut).

Knows nothing of steps, of files or of what is heard.
"""

from __future__ import annotations

from fractions import Fraction

from reelmake.model.cut import Cut
from reelmake.model.storyboard import Storyboard
from reelmake.model.time import SAMPLE_RATE, nearest, samples
from reelmake.records import dataclass

QUICK = Fraction(1, 8)  # seconds in which sounds change where no picture does


@dataclass(frozen=True, slots=True)
class Handover:
    """Where the sound changes: the entering entry is heard from frame `begin` of the cut on, the leaving one to `end`.

    `moved`: elsewhere than the picture changes.
    """

    begin: int
    end: int
    moved: bool = False


def handovers(cut: Cut, crossfade: bool = True) -> list[Handover]:
    """One between each two entries, and one at either end: the sound of entry i lies between handovers i and i + 1."""
    between = []
    for leaving, entering in zip(cut.entries, cut.entries[1:], strict=False):
        begin, end = entering.at, leaving.at + leaving.frames
        shift = leaving.voice.trail - entering.voice.lead
        if not crossfade:
            begin = end = (begin + end) // 2
        elif shift and begin == end:
            fade = min(abs(shift), nearest(QUICK * cut.fps))
            begin, end = (begin - fade, end) if shift > 0 else (begin, end + fade)
        between.append(Handover(begin + shift, end + shift, bool(shift)))
    return [Handover(0, 0), *between, Handover(cut.frames, cut.frames)]


def begins(cut: Cut, board: Storyboard) -> list[int]:
    """The samples of the cut at which its tracks begin. A shot that is shown several times counts where it is first."""
    first = {entry.shot: entry.at for entry in reversed(cut.entries)}
    shown = [first.get(board.address(track.shot), 0) if track.shot else 0 for track in board.sound.tracks]
    tracks = zip(shown, board.sound.tracks, strict=True)
    return [samples(at, cut.fps) + nearest(track.at * SAMPLE_RATE) for at, track in tracks]
