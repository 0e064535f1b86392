"""How fast: back-off between tries, waits between polls, and the queue at one provider with its limits.

Times are seconds on the caller's monotonic clock and are always handed in. Knows nothing of steps or of money.
"""

from __future__ import annotations

import bisect
import hashlib
import heapq
from collections.abc import Iterable, Mapping
from dataclasses import field
from fractions import Fraction
from functools import lru_cache

from reelmake.errors import StepError
from reelmake.model.medium import CLIP, medium_of
from reelmake.model.provider import Limits
from reelmake.model.take import Manifest
from reelmake.plan.usual import Usual
from reelmake.records import dataclass

MINUTE = 60.0
BEHIND = 15.0  # seconds that orders may catch up where they are to go evenly
TRIES = 6  # of one thing, the first included
PATIENCE = 900.0  # seconds in which one thing is tried again at all
LONGEST_REST = 60.0  # seconds between two tries, unless the other side asks for more
LONGEST_ASKED = 600.0  # seconds that another side may ask us to wait; beyond it we would rather ask again
SOONEST_POLL = 0.5
LATEST_POLL = 60.0
LATEST_SHARE, OVERDUE_SHARE = 0.2, 0.05  # of its usual length and of its age, if that is longer
FAR_OVERDUE = 4.0  # times its usual length: what is known of others says nothing of it any more
SHARE, SOON = 0.1, 0.8  # of its age, and seconds: no wait is longer, so no end is noticed later; and it has to arrive
YOUNG_SHARE = 1.2  # of its age, where that is less than a second
LOOKS_A_SECOND = 10  # at one provider: where many jobs are, each is asked about less often
ARRIVED = 15.0  # seconds after which an order that was sent is in the provider's list, if it arrived at all
LATE = 600.0  # the same where we, or a gateway, would not wait any longer for who may still be at it
SELDOM, SELDOM_SHARE, SELDOM_MOST = 60.0, 0.25, 120.0  # seconds, share of its age: where ends are told unasked
LONGEST_JOB = 6 * 3600.0  # a job that is still pending after this is left for a later run


def rest(key: str, tries: int, after: float | None = None) -> float:
    """Seconds to wait after `tries` failed tries: doubling from one second, less up to half by chance.

    The chance is drawn from the key and the count, so a thousand shots that failed together do not return together,
    and the same history gives the same wait. `after` is what the other side asked for: never less than that.
    """
    chance = int.from_bytes(hashlib.sha256(f"{key} {tries}".encode()).digest()[:4], "big") / 2**32
    ours = min(LONGEST_REST, 2.0 ** min(tries - 1, 16)) * (1 - chance / 2)
    return ours if after is None else max(0.0, min(after, LONGEST_ASKED)) + ours * min(1.0, chance)


@dataclass(frozen=True, slots=True)
class JobClass:
    """What jobs have in common that take about as long: see `sort_of`. How long grows with `seconds`, those of the
    clip; each takes `guess` of ours, until we have learned better."""

    sort: str
    seconds: float
    guess: float = CLIP.guess


def sort_of(model: str, medium: str, operation: str) -> str:
    """The model, and what is asked of it unless that is a new clip: "m1", "m1 extend", "m1 still edit"."""
    asked = (medium if medium != CLIP.name else "", operation if operation != "generate" else "")
    return " ".join(filter(None, (model, *asked)))


@lru_cache(maxsize=10_000)  # asked at every look
def job_class(manifest: Manifest) -> JobClass:
    """Of the order that a manifest describes."""
    said = dict(manifest)
    try:
        seconds = float(Fraction(said.get("seconds", "1")))
    except (ValueError, ZeroDivisionError):
        seconds = 1.0
    medium = medium_of(manifest)
    sort = sort_of(said.get("model", ""), medium.name, said.get("operation", "generate"))
    return JobClass(sort, max(0.1, seconds), medium.guess)


def next_poll(age: float, usual: Usual, seconds: float, after: float | None = None, others: int = 0) -> float:
    """Seconds until a job of `age` seconds is worth asking about again: never more than a share of its age.

    `usual`: how long jobs take there for one second of clip; `seconds`: of this job's clip. `after` is what the
    provider asked for. `others`: jobs that are asked about there as well.
    """
    if after is not None:
        return max(SOONEST_POLL, min(after, LONGEST_ASKED))
    expected, most = usual.mean * seconds, max(min(SOON, YOUNG_SHARE * age), SHARE * age)
    latest = max(LATEST_POLL, LATEST_SHARE * expected, OVERDUE_SHARE * age)
    likely = most if age > FAR_OVERDUE * expected else usual.wait(age / seconds) * seconds
    return max(SOONEST_POLL, min(likely, latest, most), others / LOOKS_A_SECOND)


Rank = tuple[float, int]
"""Minus the seconds from its start to the end of all that depends on it, and its number."""

EMPTY = 5.0  # seconds for which a place may be empty
EMPTY_SHARE = 0.05  # of the time of all that depends on whom it is reserved for


@dataclass
class Reservations:
    """Places that are not given away, for something more urgent is about to ask for one.

    A job that has ended frees its place a moment before what starts from its clip is known: it is downloaded, kept, and
    its last frame is cut out first. If whoever waits got the place in that moment, the longest chain of a film would
    wait for another place at every link. Lower ranks go first. `ahead`: the rank of the most urgent order that waits
    for its inputs; None = there is none."""

    ahead: Rank | None = None
    _places: dict[Rank, float] = field(default_factory=dict)  # for whom, and until when

    def reserve(self, ranks: Iterable[Rank], now: float) -> None:
        """One place, for the most urgent of those who may ask for it now."""
        if (rank := min(ranks, default=None)) is not None:
            self._places[rank] = now + min(EMPTY, EMPTY_SHARE * -rank[0])

    def came(self, rank: Rank) -> None:
        """It has asked: nothing is reserved for it any more."""
        self._places.pop(rank, None)

    def places(self, rank: Rank, now: float) -> list[float]:
        """Until when places are kept from one of this rank, soonest first."""
        self._places = {whose: until for whose, until in self._places.items() if until > now}
        return sorted(until for whose, until in self._places.items() if whose < rank)

    def spread(self, rank: Rank) -> bool:
        """Is one of this rank to leave the minute open? In bursts, who comes just after one waits a minute."""
        return self.ahead is not None and self.ahead < rank


@dataclass
class ProviderQueue:
    """One provider: who waits for a place, how many are out there, and when the next may go.

    A place in the minute is given back a minute after the *answer* to a request, not after its sending: then the
    provider, who sees it somewhere between the two, never counts more than `per_minute` in any minute of its own.
    """

    limits: Limits = field(default_factory=Limits)
    in_flight: int = 0  # sent and not known to be ready or dead
    unanswered: int = 0  # of those: no answer yet
    trouble: int = 0  # refused-for-now answers in a row
    hears: bool = False  # ends are told unasked, so it is asked rarely; until one is found that was not told
    gate: str = ""  # the provider's name, if other projects share its limits: then the world is asked for each place
    asking: bool = False  # for one
    shut: StepError | None = None  # nothing more is sent there in this run
    reservations: Reservations = field(default_factory=Reservations)
    learned: Mapping[str, float] = field(default_factory=dict)  # by sort: seconds per second of clip, in earlier runs
    _usual: dict[str, Usual] = field(default_factory=dict)  # by sort
    _queue: list[tuple[float, int, str]] = field(default_factory=list)
    _recent: list[float] = field(default_factory=list)  # when answers came, or arrivals of lost orders; sorted
    _even: float | None = None  # when the next may go if all go evenly
    _not_before: float = 0.0
    _full_until: float = 0.0

    def join(self, rank: Rank, id: str) -> None:
        self.reservations.came(rank)
        heapq.heappush(self._queue, (*rank, id))

    def next(self, now: float) -> str:
        if self.limits.per_minute is not None:
            even = now if self._even is None else max(self._even, now - BEHIND)
            self._even = even + MINUTE / self.limits.per_minute
        return heapq.heappop(self._queue)[2]

    def clear(self) -> list[str]:
        """Sends all who wait away, and names them."""
        waiting = [id for _, _, id in sorted(self._queue)]
        self._queue.clear()
        return waiting

    def remember(self, sent: float) -> None:
        """A request of an earlier run that still counts in the minute; it may even arrive only now."""
        bisect.insort(self._recent, sent)

    def opens(self, now: float) -> float | None:
        """When the first in the queue may go: `now` or a later time; None = after something else happens first."""
        if not self._queue or self.shut or self.asking:
            return None
        if self.limits.in_flight is not None and self.in_flight >= self.limits.in_flight:
            return None
        if self.trouble and self.unanswered:
            return None  # one goes ahead and tries; the others wait for what it hears
        time, first = max(now, self._not_before, self._full_until), self._queue[0][:2]
        if self.limits.in_flight is not None:
            kept, free = self.reservations.places(first, now), self.limits.in_flight - self.in_flight
            if free <= len(kept):
                time = max(time, kept[len(kept) - free])
        if self.limits.per_minute is not None:
            if self._even is not None and self.reservations.spread(first):
                time = max(time, self._even)
            del self._recent[: bisect.bisect_right(self._recent, now - MINUTE)]
            free = self.limits.per_minute - self.unanswered - len(self._recent)
            if free <= 0:
                index = len(self._recent) + self.unanswered - self.limits.per_minute
                if index >= len(self._recent):
                    return None
                time = max(time, self._recent[index] + MINUTE)
        return time

    def go(self) -> None:
        self.in_flight += 1
        self.unanswered += 1

    def answered(self, now: float, *, accepted: bool | None) -> None:
        """`accepted` None: nobody knows; then it counts as in flight until somebody does."""
        self.unanswered -= 1
        bisect.insort(self._recent, now)
        if accepted:
            self.trouble = 0
        elif accepted is False:
            self.in_flight -= 1

    def held_up(self, until: float) -> None:
        """The provider said "not now": nobody goes before `until`."""
        self.trouble += 1
        self._not_before = max(self._not_before, until)

    def full(self, until: float) -> None:
        """Other projects have the places: nobody goes before `until`, or before one of ours comes back."""
        self._full_until = until

    def landed(self) -> None:
        self.in_flight -= 1
        self._full_until = 0.0

    def wait(self, job: JobClass, age: float, after: float | None = None) -> float:
        """Seconds until a job of `age` seconds is asked about again."""
        if self.hears:
            return max(min(after or 0.0, LONGEST_ASKED), min(SELDOM_MOST, max(SELDOM, SELDOM_SHARE * age)))
        return next_poll(age, self._usual_of(job), job.seconds, after, self.in_flight - 1)

    def learn(self, job: JobClass, earlier: float, later: float) -> None:
        """A job of this class was still being made at the one age (seconds) and was ready at the other."""
        self._usual_of(job).learn(earlier / job.seconds, later / job.seconds)

    @property
    def seen(self) -> dict[str, float]:
        """By sort: seconds that a second of clip takes, where jobs have ended in this run."""
        return {sort: usual.mean for sort, usual in self._usual.items() if usual.jobs}

    def _usual_of(self, job: JobClass) -> Usual:
        if job.sort not in self._usual:
            told = self.learned.get(job.sort)
            self._usual[job.sort] = Usual(told or job.guess, told=told is not None)
        return self._usual[job.sort]
