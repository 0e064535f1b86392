"""What a terminal shows while a build goes on: who is made, who waits and how long, on any width."""

from __future__ import annotations

import io
from decimal import Decimal

from rich.console import Console

from reelmake.model import events
from reelmake.report.live import LiveReport


def drawn(*heard: events.Event, width: int = 80) -> list[str]:
    """The lines of progress after these events; what was printed above them is left out."""
    report = LiveReport(Console(file=io.StringIO(), width=width))
    for event in heard:
        report.handle(event)
    paper = io.StringIO()
    Console(file=paper, width=width).print(report)
    return paper.getvalue().splitlines()


BEGUN = (
    events.RunStarted(0.0, 2, 0, 2, Decimal("0.40")),
    events.StepStarted(0.0, "shot:park#1", "shot", "park", "fake", name="park"),
)


def test_a_shot_says_in_its_providers_words_what_it_is_at() -> None:
    park, total = drawn(*BEGUN, events.StepProgressed(1.0, "shot:park#1", 0.5, "in_progress"))

    assert park.startswith("park")
    assert park.endswith("in_progress")
    assert total.startswith("total")
    assert "0/2 steps" in total


def test_a_shot_that_rests_says_until_when() -> None:
    retrying = events.StepRetrying(1.0, "shot:park#1", 600.0, "it answers 429", 1)

    assert drawn(*BEGUN, retrying)[0].endswith("tries again in 10 min 00 s")
    assert drawn(*BEGUN, events.StepRetrying(1.0, "shot:park#1", 0.0, "it answers 429", 1))[0].endswith(
        "waits for its turn"
    )
    assert drawn(*BEGUN, retrying, events.StepProgressed(2.0, "shot:park#1", 0.1, "queued"))[0].endswith("queued")


def test_it_fits() -> None:
    name = "a-name-that-is-much-longer-than-a-line-of-a-terminal-can-ever-be"
    begun = (BEGUN[0], events.StepStarted(0.0, name, "shot", "a", "fake", name=name))

    for width in (40, 80, 120):
        lines = drawn(*begun, events.StepRetrying(1.0, name, 600.0, "busy", 1), width=width)
        assert len(lines) == 2 or width == 40
        assert all(len(line) <= width for line in lines)


def test_what_an_earlier_run_ordered_is_seen_to_go_on() -> None:
    followed = (BEGUN[0], events.Adopted(0.1, "shot:park", "video_1", wanted=False, shot="park", name="park"))
    asked = (*followed, events.StepProgressed(1.0, "shot:park#1", None, "queued", shot="park", name="park"))
    ended = events.StepDone(2.0, "shot:park#1", "shot", "park", "", made=True, cost=None, took=2.0, name="park")

    assert [line.split()[0] for line in drawn(*followed)] == ["park", "total"]
    park, _ = drawn(*asked)
    assert park.startswith("park")
    assert park.endswith("queued")
    assert len(drawn(*asked, ended)) == len(drawn(*followed, ended)) == 1
