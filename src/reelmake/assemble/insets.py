"""Insets to the frame: which part of their clip is seen in which frames of an entry, and in each piece of it.

Knows nothing of files, of pixels or of who draws them.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from reelmake.assemble.stretch import ClipUse, Count, FrameRun, length_of, stretched
from reelmake.diagnostics import Report
from reelmake.model.cut import Entry, Inset
from reelmake.model.cut_entries import CutEntry, EntryInset
from reelmake.model.frame import Fit
from reelmake.model.segment import Inlay, Piece
from reelmake.model.storyboard import Storyboard
from reelmake.model.time import nearest


def insets(
    entry: CutEntry,
    length: int,
    place: Count,
    board: Storyboard,
    lengths: Mapping[str, Fraction],
    report: Report,
) -> tuple[Inset, ...]:
    """Those of an entry of `length` frames that begins at frame `place` of the cut, exactly. `lengths`: seconds of
    every shot's clip by its id.

    One that comes when the entry is over is told (RM455), as are trims that leave nothing (RM450, RM452).
    """
    fps, found = board.fps, []
    for said in entry.insets:
        comes = place + said.at * fps
        at = nearest(comes) - nearest(place)
        span = said.spans.get("trim", said.span)
        run = stretched(said.shot, lengths[said.shot], ClipUse(said.trim), fps, span, report).at(comes)
        if at >= length:
            message = f'this inset starts after the end of "{entry.shot}", which is shown for {length_of(length, fps)}'
            hint = "`at` counts from the start of the entry"
            report.error("RM455", message, said.spans.get("at", said.span), hint=hint)
        lasts = run.frames if said.seconds is None else max(1, nearest(comes + said.seconds * fps) - nearest(comes))
        found.append(_inset(said, board, run, at, max(1, min(run.frames, lasts, length - at))))
    return tuple(found)


def _inset(said: EntryInset, board: Storyboard, run: FrameRun, at: int, frames: int) -> Inset:
    shot = board.named(said.shot)
    return Inset(
        shot=board.address(said.shot),
        at=at,
        start=run.start,
        frames=frames,
        mount=said.mount,
        fit="stretch" if shot.color else shot.fit,
        focus=shot.focus,
        move=shot.move,
        whole=run.whole,
        look=shot.look or board.defaults.look,
        gain=said.gain,
    )


def seen(entry: Entry, first: int, count: int) -> list[tuple[Inset, int, int]]:
    """(Inset, its first frame, how many) of those that are seen in frames [first, first + count) of the entry."""
    found = []
    for inset in entry.insets:
        begin, end = max(first, inset.at), min(first + count, inset.at + inset.frames)
        if begin < end:
            found.append((inset, begin, end - begin))
    return found


def inlays(entry: Entry, first: int, count: int, fit: Fit) -> tuple[Inlay, ...]:
    """The insets of an entry as its frames [first, first + count) see them. `fit`: where a shot has none of its own."""
    found = []
    for inset, begin, length in seen(entry, first, count):
        own: Fit = (inset.fit or fit) if inset.mount.shape else "stretch"
        piece = Piece(
            start=inset.start + begin - inset.at,
            frames=length,
            fit=own,
            focus=inset.focus if own == "crop" else None,
            move=inset.move,
            whole=inset.whole if inset.move else 0,
            look=bool(inset.look),
        )
        found.append(Inlay(piece, begin - first, inset.mount))
    return tuple(found)
