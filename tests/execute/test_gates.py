"""Places that projects share, as the engine uses them: taken before the intent, given back when the job has landed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pytest

from reelmake import errors
from reelmake.execute.caller import Stop
from reelmake.model import events
from reelmake.model.provider import Limits
from reelmake.ports import Wait
from tests.support.world import Crash, Vendor, World, shot, steps


@dataclass
class Turnstile:
    """ports.Gate with memory: `taken` outlives the process, as the file does. `others`: places that others have."""

    places: int
    taken: set[str] = field(default_factory=set)
    others: int = 0
    log: list[tuple[str, str]] = field(default_factory=list)
    broken: bool = False

    async def resume(self, tokens: Collection[str]) -> None:
        self.taken = set(tokens)

    async def enter(self, token: str) -> Wait | None:
        if self.broken:
            raise errors.LocalTool("cannot share limits")
        if len(self.taken) + self.others >= self.places:
            self.log.append(("full", token))
            return Wait(1.0, "all places are taken")
        self.taken.add(token)
        self.log.append(("enter", token))
        return None

    async def answered(self, token: str) -> None:
        assert token in self.taken
        self.log.append(("answered", token))

    async def leave(self, token: str) -> None:
        self.taken.discard(token)
        self.log.append(("leave", token))

    def of(self, token: str) -> list[str]:
        return [word for word, whose in self.log if whose == token and word != "full"]


def shots(count: int, **changes: object) -> dict[str, object]:
    return steps(*(shot(f"s{n}", f"s{n} runs", **changes) for n in range(count)))  # type: ignore[return-value]


def world_of(folder: Path, seconds: float = 30.0) -> World:
    return World(folder, vendor=Vendor(seconds=lambda job: seconds))


def test_every_order_enters_is_answered_and_leaves_under_the_token_of_its_attempt(tmp_path: Path) -> None:
    world, gate = world_of(tmp_path), Turnstile(3)
    outcome = world.run(shots(10), gates={"studio": gate})
    assert len(outcome.made) == 10
    assert world.vendor.busiest == 3
    assert gate.taken == set()
    assert set(world.journal.attempts) == {token for word, token in gate.log if word == "enter"}
    assert all(gate.of(token) == ["enter", "answered", "leave"] for token in world.journal.attempts)


def test_places_that_others_have_are_waited_for_and_that_is_said_once(tmp_path: Path) -> None:
    world, gate = world_of(tmp_path), Turnstile(2, others=1)
    outcome = world.run(shots(4), gates={"studio": gate})
    assert len(outcome.made) == 4
    assert world.vendor.busiest == 1
    assert [w.message for w in world.told(events.Warned)] == ["studio: all places are taken; waiting for a place"]


def test_a_refused_order_gives_its_place_back(tmp_path: Path) -> None:
    world, gate = world_of(tmp_path), Turnstile(1)
    outcome = world.run(
        steps(shot("bad", "REFUSE this"), shot("good", "a tram")), gates={"studio": gate}, priority={"shot:bad": 9.0}
    )
    assert [r.step.id for r in outcome.failed] == ["shot:bad"]
    assert [r.step.id for r in outcome.made] == ["shot:good"]
    assert gate.taken == set()


def test_an_order_that_nobody_answered_keeps_its_place_until_somebody_knows(tmp_path: Path) -> None:
    world, gate = world_of(tmp_path), Turnstile(1)
    world.faults["submit answer"] = [errors.Ambiguous("the line broke")]
    outcome = world.run(shots(2), gates={"studio": gate})
    assert len(outcome.made) == 2
    assert world.vendor.busiest == 1
    assert gate.taken == set()


def test_what_the_budget_refuses_takes_no_place(tmp_path: Path) -> None:
    world, gate = world_of(tmp_path), Turnstile(5)
    outcome = world.run(shots(4), gates={"studio": gate}, budget=Decimal(9))
    assert (len(outcome.made), len(outcome.failed)) == (2, 2)
    assert sum(word == "enter" for word, _ in gate.log) == 2


def test_an_interrupted_run_keeps_the_places_of_what_it_leaves_and_no_others(tmp_path: Path) -> None:
    world, gate, stop = world_of(tmp_path, 500.0), Turnstile(3), Stop()

    class Pressed(list):  # type: ignore[type-arg]
        def append(self, event: object) -> None:
            super().append(event)
            if isinstance(event, events.StepProgressed):
                stop.request()

    world.listening = Pressed
    world.run(shots(6), gates={"studio": gate}, stop=stop)
    left = {attempt.token for attempt in world.journal.open()}
    assert left
    assert gate.taken == left
    world.listening = list
    assert len(world.run(shots(6), gates={"studio": gate}).made) == 6
    assert gate.taken == set()
    assert world.vendor.busiest <= 3


@pytest.mark.parametrize("moment", range(1, 60, 3))
def test_after_a_crash_the_places_are_those_of_the_open_orders(moment: int, tmp_path: Path) -> None:
    world, gate = world_of(tmp_path), Turnstile(2)
    world.die_at = moment
    with pytest.raises(Crash):
        world.run(shots(6), gates={"studio": gate})
    world.die_at = None
    outcome = world.run(shots(6), gates={"studio": gate})
    assert not outcome.failed
    assert gate.taken == set()
    assert world.vendor.busiest <= 2
    assert max(world.vendor.bill.values()) == 1


def test_the_engines_own_limits_hold_beside_the_gate(tmp_path: Path) -> None:
    world, gate = world_of(tmp_path), Turnstile(9)
    world.limits = Limits(in_flight=2)
    world.run(shots(6), gates={"studio": gate})
    assert world.vendor.busiest == 2


def test_a_file_that_cannot_be_used_fails_the_shots_and_sends_nothing(tmp_path: Path) -> None:
    world, gate = world_of(tmp_path), Turnstile(1, broken=True)
    outcome = world.run(shots(3), gates={"studio": gate})
    assert len(outcome.failed) == 3
    assert world.vendor.jobs == {}
    assert world.journal.attempts == {}
