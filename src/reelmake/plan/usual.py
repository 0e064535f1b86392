"""How long jobs of one sort usually take, and from that when to look: few looks, spent where the end is likely.

A histogram of lengths on a logarithmic scale, in whatever unit the caller measures. Knows nothing of providers,
requests or clocks.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache
from itertools import accumulate
from math import exp, log, pi, sqrt

LATE = 0.011  # of a usual length: how late an end may be noticed, on the average
MOST = 13.0  # looks at a job, on the average, even if ends are noticed later then
BLIND, AWARE = 5.0, 7.0  # looks at the first job, on the average: by a guess, or by what earlier runs have seen
SEEING = 20  # jobs that must have ended before MOST are worth it
STEP = 1.02  # the width of a bin
SHORTEST, BINS = 0.02, 850  # lengths up to 400,000 times the shortest
DOUBT, FAR = 0.5, 1.0  # what a guess is worth, in jobs, and how far off it may be, in e-folds
TOLD, NEAR = 2.0, 0.2  # the same of what earlier runs have seen
BLUR = 0.03  # the next job may be so much shorter or longer than one before
FADES = 0.98  # of what was known, with every job: a provider changes its pace
STRANGE = 0.03  # chance that it is like none before: who has passed all ends that are known is asked seldom
FLOOR = 1e-5  # chance of a bin for which nothing speaks


class Usual:
    """`guess`: a length that would not surprise. `told`: earlier runs have seen it, so looks gather around it.

    When to look: let h(t) be the chance that a job of age t ends just then. Looks that are w apart find an end w/2
    late and cost 1/w each; among all ways to spend as many looks, w = c / sqrt(h) finds ends soonest. c follows from
    LATE and MOST. So a punctual provider is looked at around its time and hardly before, any other one evenly.
    """

    def __init__(self, guess: float, *, told: bool = False) -> None:
        self.mean, self.jobs = guess, 0
        self._weight, self._first = (TOLD, AWARE) if told else (0.0, BLIND)
        self._chance = list(_guessed(guess))
        self._road: list[float] | None = None  # looks that are due up to each edge
        if told:
            self._add(guess * (1 - NEAR), guess * (1 + NEAR), TOLD)

    def learn(self, earlier: float, later: float) -> None:
        """One more job ended: it had not at the one age, and had at the other."""
        self.jobs += 1
        self._weight = FADES * self._weight + 1
        self.mean += ((earlier + later) / 2 - self.mean) / self._weight
        self._chance = [FADES * chance for chance in self._chance]
        self._add(earlier * (1 - BLUR), later * (1 + BLUR), 1.0)
        self._road = None

    def wait(self, age: float) -> float:
        """How long to wait before the next look at a job of this age."""
        road = self._road = self._road or self._planned()
        k = _bin(age)
        within = min(1.0, max(0.0, (age - _EDGES[k]) / (_EDGES[k + 1] - _EDGES[k])))
        due = road[k] + within * (road[k + 1] - road[k]) + 1.0
        next_edge = min(BINS, max(k + 1, bisect_left(road, due)))
        return max(0.0, _EDGES[next_edge] - age)

    def _add(self, earlier: float, later: float, weight: float) -> None:
        first, last = _bin(earlier), _bin(later)
        for k in range(first, last + 1):
            self._chance[k] += weight / (last - first + 1)

    def _planned(self) -> list[float]:
        left = list(accumulate(reversed(self._chance)))[::-1]
        density, looks, late = [], 0.0, 0.0
        for edge, chance, rest in zip(_EDGES, self._chance, left, strict=False):
            width = edge * (STEP - 1) / self.mean
            dense = sqrt(max(chance / (rest + STRANGE * left[0]), FLOOR) * width)
            density.append(dense)
            looks += dense * rest / left[0]
            late += chance / left[0] * width / dense / 2
        most = self._first + (MOST - self._first) * min(1.0, self.jobs / SEEING)
        worth = min(late / LATE, most / looks)
        return [0.0, *accumulate(dense * worth for dense in density)]


_EDGES = [SHORTEST * STEP**k for k in range(BINS + 1)]


@lru_cache(maxsize=100)
def _guessed(length: float) -> tuple[float, ...]:
    """What a guess says of each bin: models of a provider that nothing is known of begin with the same one."""
    return tuple(DOUBT * _bell(log(edge / length)) for edge in _EDGES[1:])


def _bin(length: float) -> int:
    return min(BINS - 1, int(log(length / SHORTEST) / log(STEP))) if length > SHORTEST else 0


def _bell(efolds: float) -> float:
    """The share of a bin that lies so many e-folds from the middle."""
    return exp(-((efolds / FAR) ** 2) / 2) / sqrt(2 * pi) / FAR * log(STEP)
