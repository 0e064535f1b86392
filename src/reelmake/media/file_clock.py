"""The time of a file, which everybody goes by: how long it is, and where its own clock starts again.

The time stamps of most files go on from the first to the last. Where recordings lie one behind the other in a file, or
an encoder was started anew, they jump; what follows the jump is shown and heard right after what came before it. Sound
jumps with the picture, by what the picture jumps, so that they stay in step. Knows packets and their times, nothing of
files and of what they show.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from reelmake.records import dataclass

if TYPE_CHECKING:
    from av import AudioStream, Packet, VideoStream
    from av.container import InputContainer
    from av.stream import Stream

BACK = Fraction(1, 2)  # seconds that a clock goes back at least if it starts again; less are packets out of their order
AHEAD = Fraction(10)  # that it jumps ahead at least, in containers of which that is known; less is a hole
NEAR = Fraction(3)  # that picture and sound are apart at most, where they lie side by side in a file
HELD = Fraction(1, 2)  # that sound goes on behind the last picture at least, for that to be held so long
UNTIMED = ("matroska,webm", "flv", "mpegts", "mpeg")  # containers that need not say how long a picture lasts
EARLY = Fraction(1, 2)  # that sounds of two recordings overlap at most
TS_DISCONT = 0x200  # of a format: its clock may jump; PyAV has no name for it
MICRO = Fraction(1, 1_000_000)  # the clock of a container
Shifts = tuple[tuple[int, Fraction], ...]
Either: TypeAlias = "Packet[VideoStream] | Packet[AudioStream]"
P = TypeVar("P", bound="Packet[Stream]")


@dataclass(frozen=True, slots=True)
class FileClock:
    """`seconds` from the first picture to the end, of which the last is `held` for some because the sound goes on;
    `frames` that are shown, of `packets`. `ends`: where the last of its tracks ends, counted in the same way, or from
    the zero of a sound that begins before it.

    `shifts`, of the picture and of the sound: from a packet on, counted from 0, so many seconds are to be added to its
    times. () where nothing is.
    """

    seconds: Fraction
    frames: int
    packets: int
    ends: Fraction
    held: Fraction = Fraction(0)
    shifts: tuple[Shifts, Shifts] = ((), ())

    @property
    def restarts(self) -> bool:
        return any(self.shifts)


def look(
    container: InputContainer,
    seen: VideoStream | None,
    heard: AudioStream | None,
    packets: Iterable[Either],
    *,
    once: bool,
) -> FileClock:
    """Of a container, just opened, with the streams that are seen and heard (None = there is none), and their packets.

    `once`: it cannot start again.
    """
    lead = _Line()
    follow = _Line() if seen and heard else None
    for packet in packets:
        line = follow if follow and packet.stream is heard else lead
        line.add(packet, lead)
    if not any(run.shown for run in lead.runs):
        return FileClock(Fraction(0), 0, lead.count, Fraction(0))
    first = _led(lead, follow, ahead=bool(container.format.flags & TS_DISCONT), once=once)
    second = _following(lead, first, follow, once=once) if follow else []
    begin, stop = lead.begin(first), lead.end(first)
    ends = max(stop, follow.end(second)) if follow and any(run.shown for run in follow.runs) else stop
    if seen and len(container.streams) == 1 and container.format.name == "matroska,webm" and container.duration:
        ends = max(stop, begin + container.duration * MICRO)  # it says how long it is, and means its picture
    held = ends - stop if seen and container.format.name in UNTIMED and ends - stop > HELD else Fraction(0)
    own, beside = lead.shifts(first), follow.shifts(second) if follow else ()
    shown = sum(run.shown for run in lead.runs)
    zero = begin if seen else max(begin, Fraction(0))  # before that lies what an encoder puts in front of a sound
    return FileClock(stop - begin + held, shown, lead.count, ends - zero, held, (own, beside) if seen else ((), own))


class Shifting:
    """Gives the packets of one track times that go on, as they come.

    Where two recordings meet, the later one may begin before the earlier has ended, by what its encoder put in front.
    So `early` that much before they are heard packets are written down, for those times must not go back.
    """

    def __init__(self, shifts: Shifts, early: Fraction = Fraction(0)) -> None:
        self._shifts, self._early, self._count = list(shifts), early, 0
        self._by = Fraction(0)
        self._last: int | None = None

    def __call__(self, packet: P) -> P:
        while self._shifts and self._shifts[0][0] <= self._count:
            self._by = self._shifts.pop(0)[1]
        self._count += 1
        by, early = (round(seconds / Fraction(packet.time_base)) for seconds in (self._by, self._early))
        if packet.pts is not None:
            packet.pts += by
        at = packet.pts if packet.dts is None else packet.dts + by
        if at is not None:
            at = at - early if self._last is None else max(at - early, self._last + 1)
            packet.pts = max(at if packet.pts is None else packet.pts, at)
        packet.dts = self._last = at
        return packet


@dataclass(slots=True)
class _Run:
    """Packets of a track between two jumps of its clock: the `first` of them, by number and by time, and the `last`
    time that was seen. `begin` and `end` of the `shown` ones. `beside`: how far the picture was when it began, as run
    and time."""

    number: int
    first: Fraction
    last: Fraction
    beside: tuple[int, Fraction]
    begin: Fraction = Fraction(0)
    end: Fraction = Fraction(0)
    shown: int = 0


@dataclass(slots=True)
class _Line:
    """The packets of a track, as they come."""

    count: int = 0
    runs: list[_Run] = field(default_factory=list)

    def add(self, packet: Either, lead: _Line) -> None:
        self.count += 1
        ticks = packet.pts if packet.dts is None else packet.dts
        if ticks is None:
            return
        base = Fraction(packet.time_base)
        at = ticks * base
        if not self.runs or not -BACK <= at - self.runs[-1].last <= AHEAD:
            beside = (len(lead.runs) - 1, lead.runs[-1].last) if lead.runs else (0, at)
            self.runs.append(_Run(self.count - 1, at, at, beside))
        run = self.runs[-1]
        run.last = at
        if packet.pts is not None and not packet.is_discard:
            begin, end = packet.pts * base, (packet.pts + (packet.duration or 0)) * base
            run.begin = min(run.begin, begin) if run.shown else begin
            run.end = max(run.end, end) if run.shown else end
            run.shown += 1

    def begin(self, shifts: list[Fraction]) -> Fraction:
        return min(run.begin + shift for run, shift in zip(self.runs, shifts, strict=True) if run.shown)

    def end(self, shifts: list[Fraction]) -> Fraction:
        return max(run.end + shift for run, shift in zip(self.runs, shifts, strict=True) if run.shown)

    def shifts(self, each: list[Fraction]) -> Shifts:
        """From which packet on they differ from those before it."""
        befores = [Fraction(0), *each]
        runs = zip(self.runs, befores, each, strict=False)
        return tuple((run.number, shift) for run, before, shift in runs if shift != before)


def _led(lead: _Line, follow: _Line | None, *, ahead: bool, once: bool) -> list[Fraction]:
    """What is to be added to the times of each run of the track that leads: it goes on where the one before ended.

    Ahead it jumps only with the other track; where that goes on, nothing new is seen for a while, and that is meant.
    """
    shifts, end = [Fraction(0)], lead.runs[0].end
    for k, (before, run) in enumerate(pairwise(lead.runs), 1):
        together = follow is None or any(_apart(other, lead, k) < NEAR for other in follow.runs[1:])
        again = not once and (run.first < before.last or (ahead and together))
        shifts.append(end - (run.begin if run.shown else run.first) if again else shifts[-1])
        end = run.end + shifts[-1] if run.shown else end
    return shifts


def _following(lead: _Line, first: list[Fraction], follow: _Line, *, once: bool) -> list[Fraction]:
    """The same for the other track: each of its runs goes with the run of the picture that it lies beside. If there is
    none, for it jumps back alone, it goes on where it ended itself."""
    shifts: list[Fraction] = []
    beside, end, before = 0, Fraction(0), None
    for run in follow.runs:
        number, _ = run.beside
        back = before is not None and run.first < before.last
        here, soon = range(number, number + 1), range(number + 1, min(number + 2, len(lead.runs)))
        along = here if before is None or number > beside else soon if back else (*here, *soon)
        nearest = min(along, key=lambda k: _apart(run, lead, k), default=None)
        if nearest is not None and _apart(run, lead, nearest) < NEAR:
            beside = nearest
            shifts.append(first[nearest])
        elif back and not once:
            shifts.append(end - (run.begin if run.shown else run.first))
        else:
            shifts.append(shifts[-1] if shifts else Fraction(0))
        end, before = run.end + shifts[-1] if run.shown else end, run
    return shifts


def _apart(run: _Run, lead: _Line, k: int) -> Fraction:
    """Seconds between the beginning of a run and what lies beside it in the file, if that is run `k` of the picture, or
    that one comes soon."""
    number, at = run.beside
    if number == k:
        return abs(run.first - at)
    soon = number == k - 1 and abs(lead.runs[number].last - at) < NEAR
    return abs(run.first - lead.runs[k].first) if soon else NEAR
