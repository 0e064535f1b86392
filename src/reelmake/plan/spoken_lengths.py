"""What is said decides how long a shot is: when each line begins in it, and how long its clip is ordered and seen.

A line is as long as it was measured, or as it is guessed to be; what hangs on a guess is told apart, so that nothing is
made of it. Knows nothing of where takes are, or of the cut.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from math import ceil

from reelmake.diagnostics import Report
from reelmake.model.order import CHANGES, Relation, Slate, Spoken
from reelmake.model.take import SpokenWord
from reelmake.plan.shots import parents_first
from reelmake.records import dataclass

PAUSE = Fraction(1, 4)  # seconds between two lines of a shot
SAME_WORDS: tuple[Relation, ...] = ("lipsync", "upscale", "interpolate")
"""What shows the very clip that it is made of, so that the same is said in it."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """A line of speech: how many `seconds` its sound lasts, silence around the words included, and when its `words` are
    said, () = nobody asks. `measured`: of a take that there is; otherwise all of it is a guess."""

    seconds: Fraction
    words: tuple[SpokenWord, ...]
    measured: bool


@dataclass(frozen=True, slots=True)
class SpokenLengths:
    """`slates` with the lengths that follow from what is said. `waits`: address of a shot whose length is a guess ->
    that of the line which has to be made first."""

    slates: Mapping[str, Slate]
    waits: Mapping[str, str]


def spoken_lengths(
    slates: Mapping[str, Slate],
    lines: Mapping[str, Utterance],
    clips: Mapping[str, Fraction],
    held: Mapping[str, Fraction],
    fps: Fraction,
    report: Report,
) -> SpokenLengths:
    """Of one variant. `clips`: seconds of every clip, as far as they are known before. `held`: for how many seconds the
    cut holds a shot's first and last frame, wherever it shows it.

    Tells of what is longer than any clip of its model (RM568), and than its shot (RM569).
    """
    found: dict[str, Slate] = {}
    waits: dict[str, str] = {}
    auto: set[str] = set()
    for slate in parents_first(slates):
        if slate.shot in lines:
            slate = replace(slate, length=lines[slate.shot].seconds)
        parent = found[slate.parent] if slate.parent else None
        here = _Said(slate.spoken, lines) if slate.spoken is not None else None
        if here is not None:
            if here.spoken.auto:
                auto.add(slate.shot)
                slate = _auto(slate, here, fps)
                if here.guessed:
                    waits[slate.shot] = here.guessed
            room = _room(slate, clips) + held.get(slate.shot, Fraction(0))
            if here.needs > room:
                _overrun(slate, here, room, report)
            slate = replace(slate, said=here.placed(room))
        if parent is not None and parent.shot in auto:
            if slate.relation in (*CHANGES, "extend"):
                auto.add(slate.shot)
                if parent.shot in waits:
                    waits.setdefault(slate.shot, waits[parent.shot])
            slate = _as_long(slate, parent)
        if parent is not None and parent.said:
            slate = _as_said(slate, parent, clips)
        guessed = [line for line, _ in slate.said if line in slate.sent and not lines[line].measured]
        if guessed:  # the sound that it is sent is not the one that it will be
            waits.setdefault(slate.shot, guessed[0])
        found[slate.shot] = slate
    return SpokenLengths({address: found[address] for address in slates}, waits)


class _Said:
    """The lines of one shot."""

    def __init__(self, spoken: Spoken, lines: Mapping[str, Utterance]) -> None:
        self.spoken = spoken
        self._lines = [(address, lines[address]) for address in spoken.lines]
        self.seconds = sum((line.seconds for _, line in self._lines), PAUSE * (len(self._lines) - 1))
        self.needs = self.seconds + sum(spoken.pad) if spoken.auto else self.seconds
        self.guessed = next((address for address, line in self._lines if not line.measured), "")

    def placed(self, room: Fraction) -> tuple[tuple[str, Fraction], ...]:
        """When each begins, in seconds; where there is little `room`, with less silence before."""
        at, placed = max(Fraction(0), min(self.spoken.pad[0], room - self.seconds)), []
        for address, line in self._lines:
            placed.append((address, at))
            at += line.seconds + PAUSE
        return tuple(placed)


def _auto(slate: Slate, here: _Said, fps: Fraction) -> Slate:
    """As long as what is said, in whole frames, and ordered as long as its model makes it."""
    wanted = here.needs
    shown = Fraction(ceil(wanted * fps)) / fps
    made = shown if slate.lengths.exact else slate.lengths.enough(wanted)
    orders = tuple(replace(order, seconds=made) for order in slate.orders)
    return replace(slate, orders=orders, length=made, shown=shown if shown < made else None)


def _room(slate: Slate, clips: Mapping[str, Fraction]) -> Fraction:
    """Seconds in which something can be said: of an extension, those that are added."""
    added = slate.orders[0].seconds if slate.relation == "extend" and slate.orders else slate.length
    return clips[slate.shot] if added is None else added


def _as_long(slate: Slate, parent: Slate) -> Slate:
    """As it follows from a clip whose length what is said decides."""
    if parent.length is None:
        return slate
    if slate.relation == "extend" and slate.orders:
        return replace(slate, length=parent.length + (slate.orders[0].seconds or 0), shown=None)
    if slate.relation in CHANGES:
        orders = tuple(replace(order, seconds=parent.length) for order in slate.orders)
        return replace(slate, orders=orders, length=parent.length, shown=parent.shown)
    return slate


def _as_said(slate: Slate, parent: Slate, clips: Mapping[str, Fraction]) -> Slate:
    """With what is said in the clip that it shows again."""
    if slate.relation == "extend":
        begin = clips[parent.shot] if parent.length is None else parent.length
        return replace(slate, said=(*parent.said, *((line, begin + at) for line, at in slate.said)))
    return replace(slate, said=slate.said or parent.said) if slate.relation in SAME_WORDS else slate


def _overrun(slate: Slate, here: _Said, room: Fraction, report: Report) -> None:
    """What has no room in its shot is heard in what follows; what no clip can hold would be paid for in vain, and is an
    error as soon as it is measured."""
    about = "about " if here.guessed else ""
    name, span = slate.shot.rpartition("/")[2], slate.spans.get("say", slate.span)
    lasts = f'what is said in "{name}" lasts {about}{_s(here.needs)}'
    over = f"{about}{_s(here.needs - room)} too long"
    if here.spoken.auto:
        hint = "another `tier:`, two shots with a line each, or `freeze:` in the cut, which holds the last frame"
        tell = report.warn if here.guessed else report.error
        tell(
            "RM568", f"{lasts} with the silence around it, {over}: its model makes at most {_s(room)}", span, hint=hint
        )
    else:
        hint = "`seconds: auto` makes the shot as long as what is said; `freeze:` in the cut holds its last frame"
        report.warn("RM569", f"{lasts}, {over}: the shot lasts {_s(room)}", span, hint=hint)


def _s(seconds: Fraction) -> str:
    return f"{float(seconds):.2f} s"
