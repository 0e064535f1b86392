"""The table of faults: what the world does, how the run ends, what the books say, and what the next run makes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from reelmake import errors
from reelmake.model import events
from reelmake.model.step import Input
from reelmake.plan.making import State
from reelmake.ports import Dead
from tests.support.world import Vendor, World, mix, shot, steps

BOARD = steps(shot("a", "a kite"), mix("cut", "cut", Input("clip", step="shot:a")))


@dataclass(frozen=True)
class Fault:
    """`at`: effect -> errors raised there, one a call. `ends`: None = it goes well in the first run.

    `journal`: verbs of the first run. `billed`: orders the vendor charges over all runs. `next`: does the second run,
    in a healthy world, make everything?
    """

    at: dict[str, list[Any]]
    ends: type[Exception] | None
    journal: str
    billed: int = 1
    second: bool = True
    world: dict[str, Any] = field(default_factory=dict)


WELL = "intend submitted kept"
FULL = errors.LocalTool("the disk is full")
FAULTS = {
    "refused for now, then taken": Fault(
        {"submit": [errors.Transient("429", after=3.0)] * 2}, None, f"intend closed intend closed {WELL}"
    ),
    "never taken": Fault({"submit": [errors.Transient("503")] * 6}, errors.Transient, "intend closed " * 6),
    "a bad parameter": Fault({"submit": [errors.Refused("400")]}, errors.Refused, "intend closed"),
    "no money": Fault({"submit": [errors.NoCredit("402")]}, errors.NoCredit, "intend closed"),
    "a wrong key": Fault({"submit": [errors.NoAccess("401")]}, errors.NoAccess, "intend closed"),
    "the source of a remix is gone": Fault({"submit": [errors.Gone("404")]}, errors.Gone, "intend closed"),
    "the answer is lost": Fault({"submit answer": [errors.Ambiguous("timeout")]}, None, WELL),
    "something nobody classified": Fault({"submit answer": [errors.StepFailed("?")]}, None, WELL),
    "the request is lost": Fault({"submit": [errors.Ambiguous("timeout")]}, None, f"intend closed {WELL}"),
    "every request is lost": Fault(
        {"submit": [errors.Ambiguous("timeout")] * 6}, errors.Transient, "intend closed " * 6
    ),
    "the answer is lost and so is every question": Fault(
        {"submit answer": [errors.Ambiguous("timeout")], "find": [errors.Transient("503")] * 6},
        errors.Ambiguous,
        "intend",
    ),
    "the answer is lost and the vendor has no list": Fault(
        {"submit answer": [errors.Ambiguous("timeout")]},
        errors.Ambiguous,
        "intend",
        second=False,
        world={"can_find": False},
    ),
    "polls fail for a while": Fault({"poll": [errors.Transient("502")] * 8}, None, WELL),
    "the vendor forgets for a moment": Fault({"poll": [errors.Gone("404")] * 2}, None, WELL),
    "the vendor forgets": Fault({"poll": [errors.Gone("404")] * 6}, errors.Gone, "intend submitted closed", billed=2),
    "the key expires while it is made": Fault({"poll": [errors.NoAccess("401")]}, errors.NoAccess, "intend submitted"),
    "the download breaks off": Fault({"fetch half": [errors.Transient("reset")] * 3}, None, WELL),
    "the download never works": Fault({"fetch": [errors.Transient("500")] * 6}, errors.Transient, "intend submitted"),
    "what comes is never whole": Fault(
        {"fetch half": [errors.LocalTool("no moov")] * 6}, errors.LocalTool, "intend submitted"
    ),
    "completed, and the clip comes later": Fault({"fetch": [errors.Gone("404: no content")] * 5}, None, WELL),
    "completed, and there is no clip": Fault(
        {"fetch": [errors.Gone("404: no content")] * 6}, errors.Gone, "intend submitted closed", billed=2
    ),
    "the intent cannot be written": Fault({"intend": [FULL]}, errors.LocalTool, ""),
    "the answer cannot be written": Fault({"submitted": [FULL]}, None, "intend kept"),
    "the clip cannot be written": Fault({"keep": [FULL]}, errors.LocalTool, "intend submitted"),
    "the end cannot be written": Fault({"kept": [FULL]}, None, "intend submitted"),
    "that it was not sent cannot be written": Fault(
        {"submit": [errors.Transient("503")], "closed": [FULL]}, None, f"intend {WELL}"
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault(name: str, tmp_path: Path) -> None:
    fault = FAULTS[name]
    world = World(tmp_path, **fault.world)
    world.faults = {effect: list(raised) for effect, raised in fault.at.items()}
    first = world.run(BOARD)
    result = first.results["shot:a"]
    if fault.ends is None:
        assert result.state is State.DONE, result.error
        assert first.results["cut"].state is State.DONE
    else:
        assert type(result.error) is fault.ends
        assert first.results["cut"].state is State.SKIPPED
    assert " ".join(verb for verb, _, _ in world.journal.lines) == fault.journal.strip()
    assert not list(tmp_path.glob("scratch*"))
    world.faults = {}
    second = world.run(BOARD)
    assert (second.results["cut"].state is State.DONE) == fault.second
    assert sum(world.vendor.bill.values()) == fault.billed
    if fault.second:
        assert world.journal.open() == []
    third = world.run(BOARD)
    assert world.submitted == []
    assert (third.results["cut"].state is State.DONE) == fault.second


def test_a_dead_job_costs_perhaps_and_the_next_run_orders_anew(tmp_path: Path) -> None:
    world = World(tmp_path, vendor=Vendor(seconds=lambda job: 5.0))
    original = world.vendor.create

    def stillborn(*given: Any) -> Any:
        made = original(*given)
        made.dead = Dead("RM920", "output moderation")
        return made

    world.vendor.create = stillborn  # type: ignore[method-assign]
    first = world.run(BOARD)
    assert isinstance(first.results["shot:a"].error, errors.Refused)
    assert sum(world.vendor.bill.values()) == 1
    world.vendor.create = original  # type: ignore[method-assign]
    assert not world.run(BOARD).failed


def test_one_shot_that_fails_for_now_does_not_keep_the_others_waiting_for_ever(tmp_path: Path) -> None:
    world = World(tmp_path)
    board = steps(*(shot(f"s{n}", f"shot {n}") for n in range(20)))
    world.faults = {"submit": [errors.Transient("429", after=5.0)] * 30}
    outcome = world.run(board)
    assert not outcome.failed  # one goes ahead and asks; the others do not use up their tries
    assert len(world.told(events.StepRetrying)) == 30


def test_polls_do_not_pile_up(tmp_path: Path) -> None:
    world = World(tmp_path, vendor=Vendor(seconds=lambda job: 300.0))
    world.run(steps(shot("a", "a kite")))
    assert world.vendor.requests["poll"] < 40
    took = world.told(events.StepDone)[0].at
    assert took < 300 * 1.15
