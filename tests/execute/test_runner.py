"""The runner over a small world: what is made, what is paid, what fails and what goes on."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from reelmake import errors
from reelmake.model import events
from reelmake.model.step import Input
from reelmake.plan.waitlist import State
from tests.support.world import World, mix, shot, steps


def two_shots_and_a_cut(a: str = "a kite", b: str = "a tram"):
    return steps(
        shot("a", a),
        shot("b", b),
        mix("segment:a", "body", Input("clip", step="shot:a")),
        mix("segment:b", "body", Input("clip", step="shot:b")),
        mix("reel", "join", Input("one", step="segment:a"), Input("two", step="segment:b")),
    )


def test_everything_is_made_once_and_then_nothing(tmp_path: Path) -> None:
    world = World(tmp_path)
    first = world.run(two_shots_and_a_cut())
    assert not first.failed
    assert len(first.made) == 5
    assert first.cost == Decimal(8)
    assert sorted(world.submitted) == ["a", "b"]
    second = world.run(two_shots_and_a_cut())
    assert len(second.reused) == 5
    assert (world.submitted, world.performed) == ([], [])
    assert second.cost == 0
    assert world.journal.open() == []


def test_one_letter_changes_one_shot_and_what_shows_it(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.run(two_shots_and_a_cut())
    world.run(two_shots_and_a_cut(b="a trim"))
    assert world.submitted == ["b"]
    assert world.performed == ["body", "join"]
    back = world.run(two_shots_and_a_cut())
    assert len(back.reused) == 5


def test_a_refusal_skips_what_depends_on_it_and_nothing_else(tmp_path: Path) -> None:
    world = World(tmp_path)
    outcome = world.run(two_shots_and_a_cut(b="REFUSE this"))
    states = {id: r.state for id, r in outcome.results.items()}
    assert states == {
        "shot:a": State.DONE,
        "segment:a": State.DONE,
        "shot:b": State.FAILED,
        "segment:b": State.SKIPPED,
        "reel": State.SKIPPED,
    }
    assert isinstance(outcome.results["shot:b"].error, errors.Refused)
    assert [e.step for e in world.told(events.StepSkipped)] == ["segment:b", "reel"]
    assert world.journal.open() == []
