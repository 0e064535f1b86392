"""What lengths tell of the sound of a cut: sound that is wanted where a clip has none, and tracks that miss the cut.

Knows nothing of steps and of files.
"""

from __future__ import annotations

from collections.abc import Sequence

from reelmake.assemble.handovers import begins, handovers
from reelmake.diagnostics import Report
from reelmake.model.cut import Cut
from reelmake.model.storyboard import CutEntry, Storyboard
from reelmake.model.time import SAMPLE_RATE, clock, nearest, samples, seconds


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
