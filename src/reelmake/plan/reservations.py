"""Reservations: places of a provider that are not given away, for something more urgent is about to ask for one.

A job that has ended frees its place a moment before what starts from its clip is known: it is downloaded, kept, and its
last frame is cut out first. If whoever waits got the place in that moment, the longest chain of a film would wait for
another place at every link. Knows nothing of jobs; the caller says who is more urgent, by rank: lower goes first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field

from reelmake.records import dataclass

Rank = tuple[float, int]
"""Minus the seconds from its start to the end of all that depends on it, and its number."""

LONGEST = 5.0  # seconds for which a place may be empty
SHARE = 0.05  # of the time of all that depends on whom it is reserved for


@dataclass
class Reservations:
    """`ahead`: the rank of the most urgent order that waits for its inputs; None = there is none."""

    ahead: Rank | None = None
    _places: dict[Rank, float] = field(default_factory=dict)  # for whom, and until when

    def reserve(self, ranks: Iterable[Rank], now: float) -> None:
        """One place, for the most urgent of those who may ask for it now."""
        if (rank := min(ranks, default=None)) is not None:
            self._places[rank] = now + min(LONGEST, SHARE * -rank[0])

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
