"""Random graphs, random faults, death at random moments: nothing is paid for twice, nothing paid is lost."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
from collections import Counter
from pathlib import Path

import pytest

from reelmake.execute.caller import Stop
from reelmake.model.provider import Limits
from reelmake.model.step import Input, Step
from tests.support.world import Crash, Vendor, World, mix, shot, steps

SEEDS = int(os.environ.get("REELMAKE_CRASH_SEEDS", "1500"))
BATCH = 100


def graph(chance: random.Random, edition: int) -> dict[str, Step]:
    """Two to ten steps, shots with one to three takes; later editions have other words in some prompts. Some shots are
    the same order as others, and some have only their words in common."""
    made: list[Step] = []
    for n in range(chance.randint(2, 10)):
        parents = chance.sample(made, min(len(made), chance.choice((0, 0, 1, 1, 2))))
        inputs = [Input(f"in{i}", step=p.id) for i, p in enumerate(parents)]
        if chance.random() < 0.3:
            inputs.append(Input("file", file=f"f{chance.randint(0, 1)}.png"))
        words = f"words {chance.randint(0, 6)} edition {chance.choice((0, 0, edition))}"
        if chance.random() < 0.6:
            takes = chance.choice((1, 1, 1, 2, 3))
            made += (shot(f"s{n}#{k}", words, *inputs, take=k, retry_moderation=1) for k in range(1, takes + 1))
        else:
            made.append(mix(f"m{n}", words, *inputs))
    return steps(*made)


def world_of(folder: Path, chance: random.Random) -> World:
    times = {p: chance.choice((1.0, 20.0, 90.0)) for p in range(7)}
    limits = Limits(chance.choice((None, 1, 2, 3)), chance.choice((None, None, 2, 5)))
    world = World(
        folder,
        vendor=Vendor(
            seconds=lambda job: times[int(job.prompt.split()[1])],
            by_token=chance.random() < 0.4,
            lag=chance.choice((0.0, 0.0, 3.0, 20.0)),
            prudish=frozenset(f"words {n} edition 0" for n in range(7) if chance.random() < 0.15),
        ),
        limits=limits,
        files={"f0.png": b"zero", "f1.png": b"one"},
        chance=random.Random(chance.random()),
    )
    world.flakiness = chance.choice((0.0, 0.0, 0.05, 0.2))
    return world


def live(seed: int, folder: Path) -> None:
    """One project's life: runs that die or are interrupted, edits in between, and then a quiet end."""
    chance = random.Random(seed)
    world = world_of(folder / "world", chance)
    layout, edition = chance.random(), 0
    for _ in range(chance.randint(1, 4)):
        before = edition
        edition += chance.random() < 0.3
        board = graph(random.Random(layout), edition)
        assert before <= edition
        world.die_at = chance.randint(1, 120)
        with contextlib.suppress(Crash):
            world.run(board, stop=stop_later(world, chance))
        if chance.random() < 0.3:
            world.now += chance.choice((5, 70, 4000))
    board = graph(random.Random(layout), edition)
    world.die_at, world.flakiness = None, 0.0
    last = world.run(board)
    assert not last.failed, [str(r.error) for r in last.failed]
    check_books(world)
    again = world.run(board)
    assert (world.submitted, world.performed, again.made, again.cost) == ([], [], [], 0)
    clean = World(folder / "clean", files=world.files, vendor=Vendor(by_token=world.vendor.by_token))
    whole = clean.run(board)
    assert {i: r.take.digest for i, r in whole.results.items()} == {i: r.take.digest for i, r in last.results.items()}


def stop_later(world: World, chance: random.Random) -> Stop:
    """A stop that somebody presses after some events, or never."""
    stop = Stop()
    if chance.random() < 0.4:
        presses = [chance.randint(1, 25) for _ in range(chance.choice((1, 1, 2)))]

        class Listening(list):  # type: ignore[type-arg]
            def append(self, event: object) -> None:
                super().append(event)
                for _ in range(presses.count(len(self))):
                    stop.request()

        world.listening = Listening
    else:
        world.listening = list
    return stop


def check_books(world: World) -> None:
    """Every job that was paid for is one take, and every take is one job; only what was moderated came to nothing."""
    vendor = world.vendor
    vendor.arrivals(world.now + 60)
    takes = [t for t in world.store.taken.values() if t.kind == "shot"]
    made = {j.id: j.content for j in vendor.jobs.values() if not j.dead}
    assert sorted(t.remote for t in takes) == sorted(made), f"paid twice, or paid and lost: {vendor.bill}"
    assert all(world.store.path(t).read_bytes() == made[t.remote] for t in takes)
    dead = Counter(j.content for j in vendor.jobs.values() if j.dead)
    assert all(n == 1 for n in dead.values())
    assert world.journal.open() == []
    if world.limits.in_flight:
        assert vendor.busiest <= world.limits.in_flight
    if world.limits.per_minute:
        assert vendor.most_in_a_minute() <= world.limits.per_minute


@pytest.mark.parametrize("first", range(0, min(SEEDS, 300), BATCH))
def test_random_lives(first: int, tmp_path: Path) -> None:
    run_batch(first, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(300, SEEDS, BATCH))
def test_many_random_lives(first: int, tmp_path: Path) -> None:
    run_batch(first, tmp_path)


def run_batch(first: int, folder: Path) -> None:
    for seed in range(first, first + BATCH):
        try:
            live(seed, folder / str(seed))
        except BaseException as error:
            error.add_note(f"seed {seed}")
            raise
        shutil.rmtree(folder / str(seed))
