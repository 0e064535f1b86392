"""Glances: one side of a review, shot by shot: what was asked for, whether it is made, what is seen and heard of it.

Files are opened by those who only read, several at once. Knows nothing of the other side, or
of what changed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from reelmake.errors import ReelmakeError
from reelmake.media import glimpses, readers
from reelmake.model.medium import MUSIC, SPEECH, STILL
from reelmake.model.time import seconds
from reelmake.plan.decide import NOT_HERE
from reelmake.report.naming import moment, state
from reelmake.report.review import Picture, Side, StripCell

if TYPE_CHECKING:
    from reelmake.model.cut import Entry
    from reelmake.model.order import ImageInput, Slate
    from reelmake.model.take import Take
    from reelmake.plan.decide import Decision
    from reelmake.session.views import View

WIDE, STRIP, SMALL = (
    (400, 400),
    (240, 240),
    (120, 120),
)  # pixels of a picture: on its own, in a strip, in that of the cut
CELLS = 150  # entries in the strip of a cut
_AT = (Fraction(1, 8), Fraction(1, 2), Fraction(7, 8))  # of what is seen of a shot
_HEARD = 15.0  # seconds of a sound that are sent along
_AUDIBLE = (SPEECH.name, MUSIC.name)


Sight = tuple[Path, tuple[Fraction, ...]]
"""A file, and the seconds of it that are looked at."""


class Glances:
    """Of one side. `warn` hears what could not be looked at. `earlier`: it is that of a base, so what its lock file
    names is made, even if nobody can tell of which key."""

    def __init__(self, view: View, warn: Callable[[str], None], crew: Executor, *, earlier: bool = False) -> None:
        self.view, self._warn, self._crew, self._earlier = view, warn, crew, earlier

    def sides(self, addresses: Sequence[str]) -> dict[str, Side]:
        """By address, with what is seen and heard of each; where its clip is not here, the picture it starts from."""
        seen, heard, instead = {}, {}, set()
        for address in addresses:
            slate, sight = self.view.slates[address], self.sight(address)
            if slate.medium in _AUDIBLE:
                heard[address] = self._crew.submit(self._sound, self._file(address))
                continue
            if sight is None and slate.image is not None:
                sight = self._first_picture(slate.image)
                instead.add(address)
            seen[address] = self._crew.submit(self._pictures, sight, WIDE)
        found = {}
        for address in addresses:
            pictures = seen[address].result() if address in seen else ()
            sound = heard[address].result() if address in heard else b""
            stand_in = address in instead and bool(pictures)
            found[address] = replace(self.side(address), pictures=pictures, sound=sound, stand_in=stand_in)
        return found

    def side(self, address: str) -> Side:
        """Without what is seen and heard."""
        slate, d = self.view.slates[address], self.view.decision(address)
        entries, layout = self.view.entries.get(address, []), self.view.seen.layout
        fps = layout.cuts[address.rpartition("/")[0]].fps
        order = (d.step.order if d else None) or next(iter(slate.orders), None)
        take = self.view.take(address)
        said, cost = _state(slate, d, take)
        if self._earlier and take is None and order and order.take in self.view.named_takes(address):
            said, cost = NOT_HERE, order.cost
        return Side(
            words=order.prompt if order else "",
            maker=f"{order.provider} {order.called}".strip() if order else _instead(slate),
            state=said,
            made=bool(take or slate.file),
            take=order.take if order else 0,
            seconds=(take.facts.seconds if take else None) or (slate.length if slate.medium != STILL.name else None),
            shown=seconds(sum(e.frames for e in entries), fps) if entries else None,
            begins=tuple(layout.begins.get(address, ())),
            cost=cost,
            digest=take.digest if take else "",
            caption=slate.caption,
        )

    def both(self, old: Sight | None, new: Sight | None) -> Future[bytes]:
        """What is seen on two sides, one above the other; nothing where nothing is."""
        return self._crew.submit(self._both, old, new)

    def _both(self, old: Sight | None, new: Sight | None) -> bytes:
        if (first := new or old) is None:
            return b""
        try:
            return readers.ask(glimpses.strip, first[0], (old, new), STRIP)
        except ReelmakeError as error:
            self._warn(f"{first[0].name} cannot be shown: {error}")
            return b""

    def strip(self, changed: set[str]) -> tuple[StripCell, ...]:
        """The cut of the first variant that has a changed shot, else of the first; its entries in order."""
        cuts = self.view.seen.layout.cuts
        cut = next((cut for cut in cuts.values() if changed & {*cut.shots}), next(iter(cuts.values())))
        entries = cut.entries[:CELLS]
        seen = [self._crew.submit(self._pictures, self._sight_of(e.shot, [e], _AT[1:2]), SMALL) for e in entries]
        cells = []
        for entry, found in zip(entries, seen, strict=True):
            picture = next(iter(found.result()), None)
            cells.append(StripCell(entry.shot, seconds(entry.frames, cut.fps), picture, entry.shot in changed))
        return tuple(cells)

    def sight(self, address: str) -> Sight | None:
        """The file that a shot is here, and the seconds of it that are worth looking at; None = it is not here, or is
        no picture."""
        return self._sight_of(address, self.view.entries.get(address, []), _AT)

    def _sight_of(self, address: str, entries: Sequence[Entry], places: Sequence[Fraction]) -> Sight | None:
        slate = self.view.slates[address]
        if slate.medium in _AUDIBLE or (file := self._file(address)) is None:
            return None
        fps = self.view.seen.layout.cuts[address.rpartition("/")[0]].fps
        if entries:
            frames = [entries[0].clip_frame(int(entries[0].frames * place)) for place in places]
            return file, tuple(seconds(frame, fps) for frame in frames)
        length = self.side(address).seconds or Fraction(0)
        return file, tuple(length * place for place in places)

    def _file(self, address: str) -> Path | None:
        given, take = self.view.clip(address), self.view.take(address)
        if not given.step:
            return self._source(given.file)
        return self.view.seen.workspace.store.path(take) if take else None

    def _first_picture(self, image: ImageInput) -> Sight | None:
        file = self._source(image.file) if image.file else self._file(image.still)
        return (file, ()) if file else None

    def _source(self, path: str) -> Path | None:
        try:
            return self.view.seen.inputs.path(path)
        except (ReelmakeError, OSError) as error:
            self._warn(f"{path} cannot be shown: {error}")
            return None

    def _pictures(self, sight: Sight | None, within: tuple[int, int]) -> tuple[Picture, ...]:
        if sight is None:
            return ()
        file, moments = sight
        try:
            found = readers.ask(glimpses.pictures, file, moments, within)
        except ReelmakeError as error:
            self._warn(f"{file.name} cannot be shown: {error}")
            return ()
        times = moments if len(found) == len(moments) else (None,) * len(found)
        return tuple(Picture(data, w, h, at) for (data, w, h), at in zip(found, times, strict=True))

    def _sound(self, file: Path | None) -> bytes:
        if file is None:
            return b""
        try:
            return readers.ask(glimpses.sound, file, _HEARD)
        except ReelmakeError as error:
            self._warn(f"{file.name} cannot be heard: {error}")
            return b""


def _instead(slate: Slate) -> str:
    """What a shot is that nobody is asked for."""
    if slate.still:
        return f"the still {slate.still}"
    if slate.framed:
        return f"a frame of {slate.parent}"
    return f"the file {slate.file}" if slate.file else f"the color {slate.color}"


def _state(slate: Slate, d: Decision | None, take: Take | None) -> tuple[str, Decimal | None]:
    """Whether it is made, and what that cost or will cost at most, in USD."""
    if not slate.orders:
        return "", Decimal(0)
    if d is None:
        return "in no output, so not made", Decimal(0)
    if take is not None:
        return f"made {moment(take.made)}" if take.made else "made", take.cost
    if d.take is not None:
        return d.reason or NOT_HERE, d.take.cost
    if d.reason == NOT_HERE:
        return NOT_HERE, d.cost
    why = f": {d.reason}" if d.reason else ""
    cost = Decimal(0) if d.ordered else d.cost
    return f"{state(d.verdict.value)}{why}", cost
