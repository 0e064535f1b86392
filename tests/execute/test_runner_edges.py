"""What a run does at its edges: files edited meanwhile, interruption, cancellation, our own bugs, speed."""

from __future__ import annotations

import asyncio
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from reelmake import errors
from reelmake.execute.caller import Stop
from reelmake.model import events
from reelmake.model.provider import Limits
from reelmake.model.remote import Accepted, Submission
from reelmake.model.step import Input
from reelmake.plan.waitlist import State
from tests.support.world import Provider, Vendor, World, clip_of, job, mix, shot, steps


def at_event(world: World, kind: type[events.Event], do: Any) -> None:
    """Does something the first time an event of this kind is told."""
    done = []

    class Listening(list[events.Event]):
        def append(self, event: events.Event) -> None:
            super().append(event)
            if isinstance(event, kind) and not done:
                done.append(event)
                do()

    world.listening = Listening


# Files


def test_local_work_on_a_file_that_is_edited_meanwhile_is_not_recorded(tmp_path: Path) -> None:
    world = World(tmp_path, files={"street.mov": b"before"})
    board = steps(mix("x", "x", Input("clip", file="street.mov")))
    at_event(world, events.StepStarted, lambda: world.files.update({"street.mov": b"after"}))
    first = world.run(board)
    assert isinstance(first.results["x"].error, errors.LocalTool)
    assert "street.mov was edited" in str(first.results["x"].error)
    assert world.store.kept == 0
    world.listening = list
    second = world.run(board)
    assert world.store.path(second.results["x"].take).read_bytes().count(b"after") == 1


def test_a_paid_order_sends_the_bytes_its_key_was_made_from(tmp_path: Path) -> None:
    world = World(tmp_path, files={"maya.png": b"before"}, latency=0.0)
    board = steps(shot("a", "a kite", Input("image", file="maya.png")))
    at_event(world, events.StepStarted, lambda: world.files.update({"maya.png": b"after"}))
    first = world.run(board)
    assert isinstance(first.results["shot:a"].error, errors.LocalTool)
    assert world.submitted == []
    assert world.journal.lines == []

    world = World(tmp_path / "second", files={"maya.png": b"before"})
    intend = world.journal.intend

    def edit_after(attempt: Any) -> None:
        intend(attempt)
        world.files["maya.png"] = b"after"

    world.journal.intend = edit_after  # type: ignore[method-assign]
    first = world.run(board)
    take = first.results["shot:a"].take
    assert b"before" in world.store.path(take).read_bytes()
    assert not list(world.folder.glob("scratch*"))


def test_a_missing_file_fails_its_step_only(tmp_path: Path) -> None:
    outcome = World(tmp_path).run(steps(mix("x", "x", Input("c", file="no.mov")), mix("y", "y")))
    assert [r.step.id for r in outcome.failed] == ["x"]
    assert outcome.results["y"].state is State.DONE


# Interruption


def test_interrupted_once_everything_paid_is_resumed_by_the_next_run(tmp_path: Path) -> None:
    world = World(tmp_path, vendor=Vendor(seconds=lambda job: 100.0))
    board = steps(*(shot(f"s{n}", f"shot {n}") for n in range(5)))
    world.limits = Limits(in_flight=3)
    stop = Stop()
    at_event(world, events.StepProgressed, stop.request)
    outcome = world.run(board, stop=stop)
    assert outcome.interrupted
    assert len(world.submitted) == 3
    assert len(world.journal.open()) == 3
    assert world.now < 20
    world.listening = list
    again = world.run(board)
    assert len(world.submitted) == 2
    assert [event.found for event in world.told(events.Adopted)] == [False] * 3
    assert again.generated == 5
    assert sum(world.vendor.bill.values()) == 5


def test_interrupted_twice_while_the_order_is_out_nothing_is_lost(tmp_path: Path) -> None:
    world = World(tmp_path, latency=1000.0)
    stop = Stop()

    def both() -> None:
        stop.request()
        stop.request()

    at_event(world, events.StepStarted, both)
    board = steps(shot("a", "a kite"))
    world.chance.random = lambda: 0.5  # type: ignore[method-assign]
    outcome = world.run(board, stop=stop)
    assert outcome.interrupted
    assert world.now < 10
    world.listening, world.latency = list, 0.1
    assert not world.run(board).failed
    assert sum(world.vendor.bill.values()) == 1


def test_a_stop_before_the_start_starts_nothing(tmp_path: Path) -> None:
    world = World(tmp_path)
    stop = Stop()
    stop.request()
    outcome = world.run(steps(shot("a", "a kite"), mix("x", "x")), stop=stop)
    assert outcome.interrupted
    assert (world.submitted, world.performed, world.journal.lines) == ([], [], [])


def test_long_local_work_is_abandoned_after_the_grace(tmp_path: Path) -> None:
    world = World(tmp_path, work_time=600.0)
    stop = Stop()
    at_event(world, events.StepStarted, stop.request)
    assert world.run(steps(mix("x", "x")), stop=stop).interrupted
    assert world.now < 10
    assert not list(tmp_path.glob("scratch*"))


def test_a_cancelled_caller_still_hears_the_answer_to_a_paid_request(tmp_path: Path) -> None:
    world = World(tmp_path, latency=10.0)
    world.chance.random = lambda: 0.9  # type: ignore[method-assign]
    board = steps(shot("a", "a kite"))
    at_event(world, events.StepStarted, lambda: asyncio.get_running_loop().call_later(1.0, cancel_all))

    def cancel_all() -> None:
        main = min(asyncio.all_tasks(), key=lambda t: int(t.get_name().rpartition("-")[2]))
        main.cancel()

    with pytest.raises(asyncio.CancelledError):
        world.run(board)
    assert [a.remote for a in world.journal.open()] == ["job/0?"]


def test_our_own_bug_comes_out_and_loses_no_order(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.faults = {"perform x": [ZeroDivisionError("a bug of ours")]}
    world.chance.random = lambda: 0.9  # type: ignore[method-assign]
    board = steps(shot("a", "a kite"), mix("x", "x"))
    with pytest.raises(ZeroDivisionError):
        world.run(board)
    assert all(a.remote for a in world.journal.open())
    assert len(world.journal.open()) == sum(world.vendor.bill.values()) == 1
    assert not world.run(board).failed
    assert sum(world.vendor.bill.values()) == 1


# Limits, money, order


def test_segments_are_encoded_while_other_shots_are_still_made(tmp_path: Path) -> None:
    world = World(tmp_path, vendor=Vendor(seconds=lambda job: 10.0 if "fast" in job.prompt else 500.0))
    fast, slow = shot("fast", "fast"), shot("slow", "slow")
    board = steps(
        fast,
        slow,
        mix("segment:fast", "body", Input("c", step="shot:fast")),
        mix("reel", "reel", Input("a", step="segment:fast"), Input("b", step="shot:slow")),
    )
    world.run(board)
    done = {e.step: e.at for e in world.told(events.StepDone)}
    assert done["segment:fast"] < 30 < 500 < done["shot:slow"] <= done["reel"]


def test_the_pool_and_the_provider_are_full_at_the_same_time(tmp_path: Path) -> None:
    world = World(tmp_path, limits=Limits(in_flight=1), work_time=10.0, vendor=Vendor(seconds=lambda job: 10.0))
    board = steps(*(mix(f"m{n}", f"m{n}") for n in range(6)), *(shot(f"s{n}", f"s {n}") for n in range(3)))
    world.run(board, workers=2)
    assert world.busiest == 2
    assert world.vendor.busiest == 1
    assert world.now < 10 * 3 * 1.7 < 10 * (3 + 6 / 2)  # one after the other; the first ends are noticed late


def test_local_shots_need_no_provider_and_no_journal(tmp_path: Path) -> None:
    world = World(tmp_path)
    sketch = shot("s", "a sketch", provider="sketch", maker="sketch:draw", price="0")
    outcome = world.run(steps(sketch), providers={})
    take = outcome.take("shot:s")
    assert take is not None
    assert (take.provider, take.model, take.cost, world.journal.lines) == ("sketch", "m1", Decimal(0), [])
    assert world.store.path(take).read_bytes() == clip_of(job("a sketch", provider="sketch"), {})


def test_only_the_targets_and_what_they_depend_on_run(tmp_path: Path) -> None:
    world = World(tmp_path)
    board = steps(mix("x", "x"), mix("y", "y", Input("c", step="x")), mix("z", "z"))
    outcome = world.run(board, ["y"])
    assert list(outcome.results) == ["x", "y"]
    assert world.performed == ["x", "y"]


def test_takes_keep_what_they_were_made_from(tmp_path: Path) -> None:
    world = World(tmp_path)
    take = world.run(steps(shot("a", "a kite"))).take("shot:a")
    assert take is not None
    assert dict(take.manifest)["prompt"] == "a kite"
    assert (take.cost, take.provider, take.model, take.remote) == (Decimal(4), "studio", "m1", "job/0?")
    assert take.made.startswith("2026-11-21T")
    assert take.took > 0


class Instant(Provider):
    """A provider that answers at once, so that only the engine's own work is measured."""

    async def submit(self, submission: Submission) -> Accepted:
        return Accepted(
            self.world.vendor.create(submission.order, submission.token, clip_of(submission.order, {}), 0.0).id
        )


def test_a_thousand_steps_cost_less_than_two_milliseconds_each(tmp_path: Path) -> None:
    world = World(tmp_path, work_time=0.0, latency=0.0, vendor=Vendor(seconds=lambda job: 0.0))
    made: list[Any] = []
    for n in range(500):
        made.append(shot(f"s{n}", f"shot {n}", *([Input("image", step=f"m{n - 1}")] if n % 5 else [])))
        made.append(mix(f"m{n}", f"mix {n}", Input("clip", step=f"shot:s{n}")))
    board = steps(*made)
    began = time.process_time()
    outcome = world.run(board, providers={"studio": Instant(world)})
    spent = time.process_time() - began
    assert len(outcome.made) == 1000
    assert spent / 1000 < 0.002
    began = time.process_time()
    assert len(world.run(board).reused) == 1000
    assert (time.process_time() - began) / 1000 < 0.001


def test_wide_and_deep_graphs_do_not_break_the_machine(tmp_path: Path) -> None:
    world = World(tmp_path, work_time=0.0)
    chain = [mix("m0", "0")] + [mix(f"m{n}", f"{n}", Input("c", step=f"m{n - 1}")) for n in range(1, 3000)]
    world.faults = {"perform 0": [errors.LocalTool("broken")]}
    outcome = world.run(steps(*chain))
    assert len(outcome.skipped) == 2999
