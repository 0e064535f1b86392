"""Progress without a terminal: a line for a take and a line for an output, under names that people know."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from reelmake.model import events
from reelmake.model.delivery import LastFrame, SheetWork, ThumbWork
from reelmake.model.frame import Size
from reelmake.model.mix import MixWork
from reelmake.model.step import Step
from reelmake.report.plain import PlainReport
from tests.support.world import shot


def lines(*heard: events.Event) -> list[str]:
    said: list[str] = []
    report = PlainReport(said.append)
    for event in heard:
        report.handle(event)
    return [line.partition("] ")[2] for line in said]


def done(step: str, name: str, cost: str | None = None, took: float = 2.0) -> events.StepDone:
    price = Decimal(cost) if cost else None
    return events.StepDone(1.0, step, step.partition(":")[0], "park", "d", True, price, took, name=name)


def test_local_steps_are_not_told_and_takes_are_counted() -> None:
    assert lines(
        events.RunStarted(0.0, 2, 1, 62, Decimal(0)),
        events.StepStarted(0.1, "shot:park#1", "shot", "park", "studio"),
        done("shot:park#1", "park", "0.40", 75.0),
        done("segment:ad-9x16.mp4:008", "park in ad-9x16.mp4"),
        done("shot:park#2", "park #2"),
        done("reel:ad-9x16.mp4", "ad-9x16.mp4"),
        events.Published(2.0, "build/ad-9x16.mp4", "d", 24, 1.0),
    ) == [
        "2 to generate, 1 reused",
        "park done in 75 s, $0.40 (1/2)",
        "park #2 done in 2 s (2/2)",
        "wrote build/ad-9x16.mp4",
    ]


def test_a_failing_local_step_is_named_by_its_shot() -> None:
    failed = events.StepFailed(
        1.0, "segment:cut.mp4:008", "segment", "park", "RM960", "the disk is full", name="park in cut.mp4"
    )
    skipped = events.StepSkipped(1.0, "reel:cut.mp4", "park in cut.mp4 failed")
    assert lines(failed, skipped) == ["park in cut.mp4 failed: the disk is full [RM960]"]


def test_a_skipped_shot_names_what_failed_by_its_name() -> None:
    failed = events.StepFailed(1.0, "shot:park#1", "shot", "park", "RM910", "no connection", name="park")
    skipped = events.StepSkipped(1.0, "shot:dusk#1", "shot:park#1", kind="shot", name="dusk")
    assert lines(failed, skipped) == ["park failed: no connection [RM910]", "dusk skipped: park failed"]


def test_where_nothing_is_generated_nothing_is_said_of_it() -> None:
    assert lines(events.RunStarted(0.0, 0, 4, 12, Decimal(0))) == ["4 reused"]


def test_names_of_steps() -> None:
    third = replace(shot("oslo/park", "p", take=3), shots=("oslo/park",))
    still = ThumbWork(0, Fraction(24), Size(2, 2), "crop")
    sheet = Step("output:s", "output", SheetWork("", "", (), 1, Size(2, 2), "jpg"), part_of="sheet.jpg")
    assert third.name == "oslo/park #3"
    assert Step("frame:dusk#1", "frame", LastFrame(), shots=("dusk",)).name == "the last frame of dusk"
    assert Step("frame:s:001", "frame", still, shots=("park",), part_of="sheet.jpg").name == "park in sheet.jpg"
    assert Step("s", "sound", object.__new__(MixWork), part_of="cut.mp4").name == "the sound of cut.mp4"
    assert sheet.name == "sheet.jpg"
