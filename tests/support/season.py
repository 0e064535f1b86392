"""A thousand shots in films of several shapes, with providers of several tempers, and how long they take at the least.

Runs on virtual time over the small world of tests/support/world.py, where provider, wire and disk are not real and all
else is.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from reelmake.model.order import Order
from reelmake.model.provider import Limits
from reelmake.model.step import Input, Step
from reelmake.plan.step_graph import Graph
from tests.support.world import Remote, Vendor, World, mix, shot, steps

Length = Callable[[Random], tuple[str, float]]
"""The model of a shot, and how many seconds its clip is made."""


def fixed(chance: Random) -> tuple[str, float]:
    """A punctual provider: five minutes, give or take a little."""
    return "m1", 300.0 * chance.lognormvariate(0, 0.05)


def exponential(chance: Random) -> tuple[str, float]:
    """One that says nothing about itself: whatever the age of a job, it may take as long again."""
    return "m1", max(3.0, chance.expovariate(1 / 300.0))


def bimodal(chance: Random) -> tuple[str, float]:
    """Cached or not, nobody knows beforehand."""
    return "m1", chance.choice((60.0, 300.0)) * chance.lognormvariate(0, 0.05)


def two_models(chance: Random) -> tuple[str, float]:
    """A quick model and a slow one, and the storyboard says which."""
    model, seconds = chance.choice((("quick", 40.0), ("slow", 300.0)))
    return model, seconds * chance.lognormvariate(0, 0.1)


LENGTHS: Mapping[str, Length] = {f.__name__: f for f in (fixed, exponential, bimodal, two_models)}


SHAPES = ("singles", "chains", "one long chain", "trees")


def parents(shape: str, shots: int, chance: Random) -> list[int | None]:
    """For every shot the one that it starts from, or None."""
    match shape:
        case "singles":
            return [None] * shots
        case "chains":
            return [None if n % 5 == 0 else n - 1 for n in range(shots)]
        case "one long chain":
            return [n - 1 if 0 < n < shots // 50 else None for n in range(shots)]
        case "trees":
            return [
                None if n < 10 or chance.random() < 0.2 else chance.randrange(max(0, n - 200), n) for n in range(shots)
            ]
    raise ValueError(shape)


@dataclass
class Film:
    """`length`: seconds at the provider, by shot."""

    graph: dict[str, Step]
    parent: list[int | None]
    length: list[float]

    def bound(self, limits: Limits) -> float:
        """No run is shorter: the longest chain, all work over the places, all orders over the minutes."""
        ends: list[float] = []
        for n, before in enumerate(self.parent):
            ends.append(self.length[n] + (ends[before] if before is not None else 0.0))
        places = limits.in_flight or len(self.length)
        minutes = ((len(self.length) - 1) // limits.per_minute) * 60.0 if limits.per_minute else 0.0
        return max(max(ends), sum(self.length) / places, minutes + min(self.length))

    def greedy(self, limits: Limits, priority: Mapping[str, float]) -> float:
        """Seconds if every end is seen at once and nothing else takes any time: only lengths are not known before."""
        places = limits.in_flight or len(self.length)
        ready = [(-priority[f"shot:s{n}"], n) for n, before in enumerate(self.parent) if before is None]
        heapq.heapify(ready)
        users: dict[int, list[int]] = {}
        for n, before in enumerate(self.parent):
            if before is not None:
                users.setdefault(before, []).append(n)
        running: list[tuple[float, int]] = []
        sent: list[float] = []
        now, pace = 0.0, limits.per_minute or len(self.length) + 1
        while ready or running:
            opens = max(now, sent[-pace] + 60.0) if len(sent) >= pace else now
            if ready and len(running) < places and (opens <= now or not running or opens < running[0][0]):
                now, n = opens, heapq.heappop(ready)[1]
                sent.append(now)
                heapq.heappush(running, (now + self.length[n], n))
                continue
            now, done = heapq.heappop(running)
            for user in users.get(done, ()):
                heapq.heappush(ready, (-priority[f"shot:s{user}"], user))
        return now


def film(shape: str, temper: str, shots: int, seed: int, usual: Mapping[str, float] | None = None) -> Film:
    """`usual`: what earlier runs have learned, by model: seconds a second of clip; the plan's times come from it."""
    chance = Random(f"{shape} {temper} {seed}")
    before = parents(shape, shots, chance)
    made: list[Step] = []
    lengths = []
    for n, parent in enumerate(before):
        model, seconds = LENGTHS[temper](chance)
        lengths.append(seconds)
        inputs = ()
        if parent is not None:
            made.append(mix(f"frame:s{n}", "last frame", Input("clip", step=f"shot:s{parent}")))
            inputs = (Input("image", step=f"frame:s{n}"),)
        expected = 4 * (usual or {}).get(model, 20.0)
        made.append(replace(shot(f"s{n}", f"s{n} walks on", *inputs, model=model), seconds=expected))
    return Film(steps(*made), before, lengths)


@dataclass
class Measured:
    """Seconds; `polls` and `late` (share of its length) by shot, in the order in which they were noticed."""

    makespan: float
    bound: float
    greedy: float
    polls: list[int] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    busiest: int = 0
    most_in_a_minute: int = 0

    @property
    def ratio(self) -> float:
        return self.makespan / self.bound


def world_of(film: Film, limits: Limits, folder: Path, seed: int = 0) -> World:
    length = {f"s{n}": seconds for n, seconds in enumerate(film.length)}

    def seconds(job: Order) -> float:
        return length[job.shot]

    return World(folder, vendor=Vendor(seconds=seconds), limits=limits, chance=Random(seed), work_time=0.3)


def measured(
    film: Film, limits: Limits, folder: Path, *, usual: Mapping[str, float] | None = None, seed: int = 0
) -> Measured:
    """One run of the whole engine. `usual`: what earlier runs have learned, by model."""
    world = world_of(film, limits, folder, seed)
    priority = Graph(film.graph, {}, (), {}).priority
    outcome = world.run(film.graph, priority=priority, usual={"studio": usual or {}})
    assert not outcome.failed
    jobs = list(world.vendor.jobs.values())
    began = min(job.born for job in jobs)
    noticed = sorted((world.vendor.looked[job.id][-1], job.id) for job in jobs)
    return Measured(
        makespan=world.now - 1.0 - began,
        bound=film.bound(limits),
        greedy=film.greedy(limits, priority),
        polls=[len(world.vendor.looked[id]) for _, id in noticed],
        late=[(at - world.vendor.jobs[id].done) / length_of(world.vendor.jobs[id]) for at, id in noticed],
        busiest=world.vendor.busiest,
        most_in_a_minute=world.vendor.most_in_a_minute(),
    )


def length_of(job: Remote) -> float:
    return job.done - job.born
