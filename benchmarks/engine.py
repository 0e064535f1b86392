"""A thousand shots with chains on virtual time: how close runs come to the shortest possible, how often a provider is
asked, how late ends are noticed, and what a shot costs in memory.

Provider, wire and disk are small worlds; the engine is the real one. The bound is the longest chain, or all work over
the places, or all orders over the minutes, whichever is more. Where lengths cannot be known beforehand no schedule
reaches it, so beside it stands the same greedy schedule with every end seen at once. Ends with status 1 if a target is
missed.
"""

from __future__ import annotations

import argparse
import gc
import sys
import tempfile
import tracemalloc
from collections.abc import Mapping
from pathlib import Path
from statistics import mean
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.support.season import LENGTHS, SHAPES, Measured, film, measured, world_of

from reelmake.model.provider import Limits

CLOSE = 1.05  # times the bound, or times the greedy schedule where that is further from the bound than this
POLLS, LATE = 60.0, 0.05  # a five-minute job of a punctual provider
MEMORY = 20_000  # bytes a shot
LEARNED = {"m1": 75.0, "quick": 10.0, "slow": 75.0}  # seconds a second of clip
LIMITS = {
    "4": Limits(4),
    "16": Limits(16),
    "50": Limits(50),
    "50, 10/min": Limits(50, 10),
    "20/min": Limits(None, 20),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shots", type=int, default=1000)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--learned", action="store_true", help="earlier runs have learned how long jobs take")
    parser.add_argument("--tempers", nargs="+", default=list(LENGTHS), choices=list(LENGTHS))
    wish = parser.parse_args()
    missed = 0
    print("provider     film            limits           run  ÷bound  ÷greedy  polls   late     s")
    for temper in wish.tempers:
        for shape in SHAPES:
            for name, limits in LIMITS.items():
                for seed in range(wish.seeds):
                    began = perf_counter()
                    found = one(shape, temper, wish.shots, limits, seed, LEARNED if wish.learned else {})
                    good = fits(temper, found, limits)
                    missed += not good
                    print(
                        f"{temper:12} {shape:15} {name:11} {found.makespan / 3600:6.2f} h {found.ratio:7.3f}"
                        f" {found.makespan / found.greedy:8.3f} {mean(found.polls):6.1f} {mean(found.late):6.1%}"
                        f" {perf_counter() - began:5.1f} {'' if good else 'MISSED'}",
                        flush=True,
                    )
    grown = memory(wish.shots)
    print(f"memory: {grown / 1000:.1f} kB a shot, target {MEMORY / 1000:g} kB, {'met' if grown < MEMORY else 'MISSED'}")
    missed += grown >= MEMORY
    print("all targets met" if not missed else f"{missed} MISSED")
    return int(bool(missed))


def one(shape: str, temper: str, shots: int, limits: Limits, seed: int, usual: Mapping[str, float]) -> Measured:
    with tempfile.TemporaryDirectory() as folder:
        return measured(film(shape, temper, shots, seed, usual), limits, Path(folder), usual=usual, seed=seed)


def fits(temper: str, found: Measured, limits: Limits) -> bool:
    kept = found.busiest <= (limits.in_flight or found.busiest)
    kept &= found.most_in_a_minute <= (limits.per_minute or found.most_in_a_minute)
    few = temper != "fixed" or (mean(found.polls) < POLLS and mean(found.late) < LATE)
    return kept and few and found.makespan <= CLOSE * max(found.bound, found.greedy)


def memory(shots: int) -> float:
    """Bytes that each further shot adds to the peak of a run, all its steps, events and records included."""
    peaks = {}
    for count in (shots // 5, shots):
        with tempfile.TemporaryDirectory() as folder:
            made = film("chains", "fixed", count, 1)
            world = world_of(made, Limits(16), Path(folder))
            world.listening = _Nobody
            gc.collect()
            tracemalloc.start()
            world.run(made.graph)
            peaks[count] = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
    return (peaks[shots] - peaks[shots // 5]) / (shots - shots // 5)


class _Nobody(list):  # type: ignore[type-arg]
    """Who listens keeps what it needs: here nothing."""

    def append(self, event: object) -> None:
        pass


if __name__ == "__main__":
    sys.exit(main())
