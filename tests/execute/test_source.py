"""Remixes over a small world: what is sent of their source, and what is remembered when it is gone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reelmake import errors
from reelmake.execute.runner import Outcome
from reelmake.model import events
from reelmake.model.remote import Accepted, Ready, Submission
from reelmake.model.step import Input, Step
from reelmake.plan.waitlist import State
from reelmake.store.record import from_take, to_take
from tests.support.world import Provider, World, shot, steps

PARK = shot("park", "a kite")


def board(policy: str = "stop", operation: str = "remix") -> dict[str, Step]:
    source = Input("source", step="shot:park")
    return steps(PARK, shot("dusk", "at dusk", source, operation=operation, if_gone=policy))


class Sharp(Provider):
    """A vendor that keeps the orders, and refuses those that name one of the `forgotten`."""

    def __init__(self, world: World, forgotten: tuple[str, ...] = ()) -> None:
        super().__init__(world)
        self.orders: list[Submission] = []
        self.sent: list[dict[str, bytes]] = []
        self.forgotten = forgotten

    async def submit(self, submission: Submission) -> Accepted:
        self.orders.append(submission)
        self.sent.append({label: path.read_bytes() for label, path in submission.inputs.items()})
        if submission.source in self.forgotten:
            raise errors.Gone("404: no such video")
        return await super().submit(submission)


def run(world: World, vendor: Sharp, graph: dict[str, Step], **options: Any) -> Outcome:
    return world.run(graph, providers={"studio": vendor}, **options)


def test_a_source_is_named_by_its_id_and_its_clip_is_at_hand(tmp_path: Path) -> None:
    world = World(tmp_path)
    vendor = Sharp(world)
    outcome = run(world, vendor, board())
    assert not outcome.failed
    last = vendor.orders[-1]
    assert (last.source, last.order.operation, list(last.inputs)) == ("job/0?", "remix", ["source"])
    assert outcome.gone == frozenset()


@pytest.mark.parametrize(
    ("policy", "operation", "files"), [("upload", "remix", ["source"]), ("continue", "generate", ["image"])]
)
@pytest.mark.parametrize("surprise", [True, False])
def test_a_policy_is_followed_whether_it_was_known_or_not(
    tmp_path: Path, policy: str, operation: str, files: list[str], surprise: bool
) -> None:
    world = World(tmp_path)
    vendor = Sharp(world, ("job/0?",))
    known = () if surprise else (("studio", "job/0?"),)
    outcome = run(world, vendor, board(policy), gone=known)
    assert not outcome.failed, outcome.failed[0].error
    assert len(vendor.orders) == (3 if surprise else 2)
    last = vendor.orders[-1]
    assert (last.source, last.order.operation, list(last.inputs)) == ("", operation, files)
    if policy == "continue":
        assert b"FitWork(size=Size(width=64, height=36), fit='crop'" in vendor.sent[-1]["image"]
        assert b"LastFrame(seconds=Fraction(4, 1))" in vendor.sent[-1]["image"]
    take = outcome.take("shot:dusk")
    assert take is not None
    assert to_take(from_take(take)).via == policy
    assert outcome.gone == {("studio", "job/0?")}
    assert len(world.told(events.StepRetrying)) == surprise
    assert not list(tmp_path.glob("scratch*"))
    assert not world.run(board("stop")).made  # a policy is in no key


@pytest.mark.parametrize("policy", ["stop", "regenerate"])
def test_without_a_way_nothing_is_sent_if_it_is_known(tmp_path: Path, policy: str) -> None:
    world = World(tmp_path)
    vendor = Sharp(world)
    outcome = run(world, vendor, board(policy), gone=[("studio", "job/0?")])
    assert isinstance(outcome.results["shot:dusk"].error, errors.Gone)
    assert len(vendor.orders) == 1
    assert [verb for verb, _, _ in world.journal.lines] == ["intend", "submitted", "kept"]


def test_a_surprise_without_a_way_is_free_and_remembered(tmp_path: Path) -> None:
    world = World(tmp_path)
    outcome = run(world, Sharp(world, ("job/0?",)), board())
    error = outcome.results["shot:dusk"].error
    assert isinstance(error, errors.Gone)
    assert error.next_steps
    assert outcome.gone == {("studio", "job/0?")}
    assert sum(world.vendor.bill.values()) == 1
    assert (outcome.risked, world.journal.open()) == (0, [])


def test_a_source_whose_time_is_over_is_not_named(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.statuses = [Ready(expires="2026-11-20T00:00:00+00:00")]
    vendor = Sharp(world)
    outcome = run(world, vendor, board("upload"))
    park = outcome.take("shot:park")
    assert park is not None
    assert to_take(from_take(park)).expires == "2026-11-20T00:00:00+00:00"
    assert vendor.orders[-1].source == ""


def test_a_still_that_cannot_be_made_is_no_order(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.faults = {"perform ": [errors.LocalTool("no frame")]}
    vendor = Sharp(world)
    outcome = run(world, vendor, board("continue"), gone=[("studio", "job/0?")])
    assert isinstance(outcome.results["shot:dusk"].error, errors.LocalTool)
    assert len(vendor.orders) == 1
    assert world.journal.open() == []
    assert run(world, vendor, board("continue")).results["shot:dusk"].state is State.DONE


def test_takes_that_earlier_versions_wrote_have_no_end(tmp_path: Path) -> None:
    world = World(tmp_path)
    take = world.run(steps(PARK)).take("shot:park")
    assert take is not None
    assert to_take(from_take(take)) == replace(take, took=round(take.took, 3))
    assert not {"expires", "via"} & from_take(take).keys()
