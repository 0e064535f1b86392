"""Where sounds change and begin: at the transition of the picture, or before it (a J cut), or after it (an L cut).

And what is wrong with that: sound that is wanted where a clip has none, and tracks that miss the cut. Knows nothing of
steps, of files or of what is heard.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from reelmake.diagnostics import Report
from reelmake.model.cut import Cut
from reelmake.model.cut_entries import CutEntry
from reelmake.model.storyboard import Storyboard
from reelmake.model.time import SAMPLE_RATE, clock, nearest, samples, seconds
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


def check_sound(
    board: Storyboard, cut: Cut, entries: Sequence[CutEntry], lengths: Sequence[int], report: Report
) -> None:
    """`entries` and `lengths`, in frames, of the clips: of each entry of the cut. Errors RM470 to RM472."""
    edges = handovers(cut, board.sound.crossfade)
    for index, (entry, said) in enumerate(zip(cut.entries, entries, strict=True)):
        head, tail = edges[index], edges[index + 1]
        ahead, behind = entry.start, lengths[index] - entry.start - entry.plays
        if entry.reverse:
            ahead, behind = behind, ahead
        late = tail.end - entry.at - entry.frames if entry.voice.trail else 0
        for wanted, there, key, where, trim in (
            (entry.at - head.begin, ahead, "lead", "before", "start the trim later"),
            (late, behind, "trail", "after", "end the trim earlier"),
        ):
            if wanted > there:
                only = f"the clip has only {clock(seconds(there, cut.fps))} {where} the part shown"
                says = f'the sound of "{said.shot}" cannot {key} by that much: {only}'
                span = said.sound.spans.get(key, said.span)
                report.error("RM470", says, span, hint=f"{trim}, or shorten `{key}:`")
        if head.end > tail.begin:
            says = f'no sound of "{said.shot}" is left: the lead and the trail beside it meet'
            report.error("RM471", says, said.span, hint="shorten the `lead:` and `trail:` of its neighbours")
    _check_tracks(board, cut, report)


def _check_tracks(board: Storyboard, cut: Cut, report: Report) -> None:
    end, whole = samples(cut.frames, cut.fps), f"the cut is {clock(seconds(cut.frames, cut.fps))} long"
    music = board.sound.music
    if music and nearest(music.at * SAMPLE_RATE) >= end:
        report.error("RM472", f"the music is never heard: {whole}", music.spans.get("at", music.span))
    for track, at in zip(board.sound.tracks, begins(cut, board), strict=True):
        span = track.spans.get("offset" if track.shot else "at", track.span)
        if at < 0:
            says = f"this track starts {-at / SAMPLE_RATE:g} s before the cut"
            report.error("RM472", says, span, hint="`trim:` skips its beginning")
        elif at >= end:
            report.error("RM472", f"this track is never heard: {whole}", span)
