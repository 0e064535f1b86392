"""From the author's cut to the Cut: exact frames, overlaps, what replaces what.

In the cut a shot lasts as long as its clip was ordered, trim aside, whatever an encoder made of it. Where entries begin
is rounded to frames, never how long they are: a cut of many short entries stays where its author counted it.
Knows nothing of files, ffmpeg or outputs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import accumulate, pairwise
from operator import sub

from reelmake.assemble.handovers import check_sound
from reelmake.assemble.heard_lines import heard_lines
from reelmake.assemble.insets import insets
from reelmake.assemble.stretch import ClipUse, Count, FrameRun, Stretch, length_of, stretched
from reelmake.assemble.titles import clashes
from reelmake.diagnostics import Note, Report
from reelmake.model.cut import Cut, Entry, EntrySound, Fade, Join
from reelmake.model.cut_entries import CutEntry, EntryFade
from reelmake.model.order import REPLACES, Slate
from reelmake.model.overlay import EntryTitle, TimedText
from reelmake.model.storyboard import Storyboard
from reelmake.model.take import SpokenWord
from reelmake.model.time import frames, nearest

Complaint = Callable[[str, Mapping[str, object]], str]
"""What is wrong with the parameters of a transition, by its name; "" if nothing is."""


def timeline(
    board: Storyboard,
    slates: Mapping[str, Slate],
    lengths: Mapping[str, Fraction],
    report: Report,
    complaint: Complaint = lambda name, params: "",
    words: Mapping[str, tuple[SpokenWord, ...]] = {},
) -> Cut:
    """The cut of one variant. `lengths`: seconds of every shot's clip by address. `words`: of lines, where
    captions are made of them.

    Mistakes that only lengths and shelves can tell go to `report` (RM450 to RM455, RM470 to RM472); the cut that
    comes back is then as near as it can be to what was meant, and must not be built.
    """
    entries = board.cut if board.cut is not None else default_entries(board)
    by_id = {id: lengths[board.address(id)] for id in board.pictured}
    stretches = []
    for entry in entries:
        slate = slates[board.address(entry.shot)]
        use = ClipUse(_seen(entry, slate), entry.speed, (entry.freeze_first, entry.freeze))
        span = entry.spans.get("trim", entry.span)
        stretches.append(stretched(entry.shot, by_id[entry.shot], use, board.fps, span, report))
    overlaps = _overlaps(entries, stretches, board.fps, report)
    # where in the cut each begins, in frames, exactly
    places = list(accumulate(map(sub, (s.frames for s in stretches), overlaps), initial=0))
    runs = _runs(entries, stretches, places, overlaps)
    _titles(entries, runs, board.fps, report)
    placed: list[Entry] = []
    for entry, run, place in zip(entries, runs, places, strict=True):
        laid = insets(entry, run.frames, place, board, by_id, report)
        bare = _entry(entry, run, place, board, slates)
        placed.append(replace(bare, insets=laid) if laid else bare)
    joins: list[Join | None] = []
    for into, (one, other) in zip((entry.into for entry in entries), pairwise(placed), strict=False):
        overlap = one.at + one.frames - other.at
        joins.append(Join(into.name, overlap, into.params, into.span) if into and overlap else None)
    for join in {id(join.params): join for join in joins if join}.values():  # a default is complained of once
        wrong = complaint(join.name, join.params)
        if wrong:
            report.error("RM453", wrong, join.span)
    cut = Cut(board.fps, tuple(placed), tuple(joins))
    _check_fades(cut, entries, report)
    _check_titles(cut, entries, report)
    check_sound(board, cut, entries, [run.whole for run in runs], report)
    return replace(cut, said=heard_lines(cut, board, entries, slates, words, report)) if board.lines else cut


def _seen(entry: CutEntry, slate: Slate) -> tuple[Fraction, Fraction | None] | None:
    """The trim of an entry; where it names no end, a clip that is longer than what is said in it ends with that."""
    begin, end = entry.trim or (Fraction(0), None)
    return (begin, slate.shown) if slate.shown is not None and end is None and begin < slate.shown else entry.trim


def held_frames(board: Storyboard) -> dict[str, Fraction]:
    """By address, for how many seconds a shot stands still wherever the cut shows it."""
    found: dict[str, Fraction] = {}
    for entry in board.cut or ():
        address, still = board.address(entry.shot), entry.freeze + entry.freeze_first
        found[address] = min(still, found.get(address, still))
    return found


def default_entries(board: Storyboard) -> tuple[CutEntry, ...]:
    """Every shot once, in order; a shot that was made longer, larger or smoother gives its place to that clip."""
    heirs: dict[str, list[str]] = {}
    for shot in board.shots.values():
        if shot.relation in REPLACES:
            heirs.setdefault(shot.parent, []).append(shot.id)

    def last(id: str) -> list[str]:
        return [end for heir in heirs[id] for end in last(heir)] if id in heirs else [id]

    firsts = [id for id, shot in board.shots.items() if shot.relation not in REPLACES]
    shown = [id for first in firsts for id in last(first)]
    into = board.defaults.into
    joined = [CutEntry(id, into=into, span=board.shots[id].span) for id in shown[:-1]]
    return (*joined, *(CutEntry(id, span=board.shots[id].span) for id in shown[-1:]))


def _overlaps(entries: tuple[CutEntry, ...], stretches: list[Stretch], fps: Fraction, report: Report) -> list[Count]:
    """How long each entry and the next are seen together, in frames, within what the two have left; 0 = a hard cut."""
    overlaps: list[Count] = []
    free = [stretch.frames for stretch in stretches]
    for index, entry in enumerate(entries[:-1]):
        into = entry.into
        if into is None or nearest(wanted := into.seconds * fps) == 0:
            overlaps.append(0)
            continue
        room = min(free[index], free[index + 1])
        if nearest(wanted) > nearest(room):
            tight = index if free[index] == room else index + 1
            has = nearest(stretches[tight].frames)
            shared = tight == index and index and entries[index - 1].into and nearest(wanted) <= has
            lasts = f"the {into.name} of {length_of(nearest(wanted), fps)} is longer than"
            lasts += f' "{entries[tight].shot}" lasts in the cut: {length_of(has, fps)}'
            lasts += ", and the transition before it needs some of that too" if shared else ""
            notes = [Note("this entry is too short", entries[tight].span)] if tight != index else ()
            hint = "shorten the transition, or show more of the shot"
            report.error("RM451", lasts, into.span or entry.span, notes=notes, hint=hint)
        overlap = min(wanted, room)
        free[index] -= overlap
        free[index + 1] -= overlap
        overlaps.append(overlap)
    return overlaps


def _runs(
    entries: tuple[CutEntry, ...], stretches: list[Stretch], places: list[Count], overlaps: list[Count]
) -> list[FrameRun]:
    """What is counted in frames of each. Where a shot goes on with the frame that it was left at, none is lost."""
    runs: list[FrameRun] = []
    for index, (entry, stretch, place) in enumerate(zip(entries, stretches, places, strict=True)):
        run = stretch.at(place)
        if index and not overlaps[index - 1] and _goes_on(entries[index - 1], entry):
            before = stretches[index - 1]
            run = replace(run, start=runs[-1].end) if stretch.start == before.start + before.length else run
        runs.append(run)
    return runs


def _goes_on(before: CutEntry, entry: CutEntry) -> bool:
    """May an entry begin where the one before it was left?"""
    return before.shot == entry.shot and before.speed == entry.speed and not (before.reverse or entry.reverse)


def _titles(entries: tuple[CutEntry, ...], runs: list[FrameRun], fps: Fraction, report: Report) -> None:
    """A title that comes after its entry is over would never be seen."""
    for entry, run in zip(entries, runs, strict=True):
        for title in entry.titles:
            if title.at is not None and frames(title.at, fps) >= run.frames:
                lasts = f'the end of "{entry.shot}", which is shown for {length_of(run.frames, fps)}'
                hint = "`at` counts from the start of the entry"
                report.error("RM454", f"this title starts after {lasts}", title.span or entry.span, hint=hint)


def _fade(said: EntryFade | None, fps: Fraction) -> Fade | None:
    return Fade(max(1, frames(said.seconds, fps)), said.color) if said else None


def _check_fades(cut: Cut, entries: tuple[CutEntry, ...], report: Report) -> None:
    """What fades in and out has to be seen in between."""
    for index, (entry, said) in enumerate(zip(cut.entries, entries, strict=True)):
        taken = sum(fade.frames for fade in (entry.fade_in, entry.fade_out) if fade)
        room = entry.frames - cut.head(index) - cut.tail(index)
        if taken > room:
            takes, has = length_of(taken, cut.fps), length_of(room, cut.fps)
            message = f'the fades of "{said.shot}" take {takes}, but it is alone on screen for only {has}'
            span = said.spans.get("fade_out", said.spans.get("fade_in", said.span))
            report.error("RM464", message, span, hint="shorten them, or show more of the shot")


def _check_titles(cut: Cut, entries: tuple[CutEntry, ...], report: Report) -> None:
    """Two titles in one place would be written over each other."""
    for index, said in enumerate(entries):
        for first, second in clashes(cut, index):
            message = f'two titles of "{said.shot}" are seen in the same place at the same time'
            hint = "give them times with `at:` and `seconds:`, or another `position:` or `style:`"
            notes = [Note("the other one is here", said.titles[first].span)]
            report.warn("RM465", message, said.titles[second].span or said.span, notes=notes, hint=hint)


def _words(title: EntryTitle, place: Count, fps: Fraction) -> TimedText:
    """The title of an entry that begins at `place`."""
    at, lasts = title.at, title.seconds
    begins = nearest(place + (at or 0) * fps)
    return TimedText(
        title.text,
        title.lettering,
        None if at is None else begins - nearest(place),
        None if lasts is None else nearest(place + ((at or 0) + lasts) * fps) - begins,
        title.below,
    )


def _entry(entry: CutEntry, run: FrameRun, place: Count, board: Storyboard, slates: Mapping[str, Slate]) -> Entry:
    slate, sound, shot = slates[board.address(entry.shot)], entry.sound, board.named(entry.shot)
    local = bool(slate.orders) and all(job.local for job in slate.orders)
    tier = slate.tier or (slate.orders[0].tier if slate.orders else "")
    return Entry(
        shot=board.address(entry.shot),
        at=nearest(place),
        start=run.start,
        frames=run.frames,
        focus=shot.focus,
        move=entry.move or shot.move,
        whole=run.whole,
        speed=entry.speed,
        held=run.held,
        waits=run.waits,
        reverse=entry.reverse,
        fade_in=_fade(entry.fade_in, board.fps),
        fade_out=_fade(entry.fade_out, board.fps),
        look=entry.look or shot.look or board.defaults.look,
        # not the slate's: an output's own fit comes before the default
        fit="stretch" if slate.color else entry.fit or shot.fit,
        titles=tuple(_words(title, place, board.fps) for title in entry.titles if title.seen),
        slate=f"{entry.shot} · {tier}" if tier else entry.shot,
        local=local,
        voice=EntrySound(sound.gain, sound.mute, frames(sound.lead, board.fps), frames(sound.trail, board.fps)),
        order=slate.orders[0] if slate.orders else None,
        span=entry.span,
    )
