"""What was expected of local work and how long it took: the next plan expects that."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from reelmake.model.order import Order
from reelmake.prep.memory import Durations
from reelmake.store.notes import Notes


def of(folder: Path, crowd: float = 1.0) -> Durations:
    return Durations(Notes(folder), crowd)


def test_at_first_only_the_crowd_counts(tmp_path: Path) -> None:
    assert of(tmp_path).pace == 1.0
    assert of(tmp_path, 4.0).pace == 4.0


def test_what_was_seen_counts_and_newer_runs_for_more(tmp_path: Path) -> None:
    of(tmp_path, 9.0).learn_local([(2.0, 5.0), (2.0, 3.0)])
    assert of(tmp_path, 9.0).pace == pytest.approx(2.0)
    of(tmp_path).learn_local([(4.0, 16.0)])
    assert of(tmp_path).pace == pytest.approx(3.0)


def test_a_moment_of_work_tells_nothing(tmp_path: Path) -> None:
    of(tmp_path).learn_local([(0.1, 3.0)])
    of(tmp_path).learn_local([])
    assert of(tmp_path).pace == 1.0


def order(model: str, **said: object) -> Order:
    return Order(dialect="d", model=model, prompt="A kite.", shot="a", provider="studio", tier="t", **said)  # type: ignore[arg-type]


def test_each_sort_of_order_is_remembered_by_itself(tmp_path: Path) -> None:
    """One model may make clips, stills and edits of them; what nothing is known of takes as long as its medium does."""
    clip, still = order("omni", medium="clip", seconds=Fraction(4)), order("omni", medium="still")
    edit, line = order("omni", medium="still", operation="edit"), order("voice", medium="speech")
    assert [of(tmp_path).expected(job) for job in (clip, still, edit, line)] == [90.0, 10.0, 10.0, 2.0]

    of(tmp_path).learn([], {"studio": {"omni": 75.0, "omni still": 5.0}})

    assert [of(tmp_path).expected(job) for job in (clip, still, edit, line)] == [300.0, 5.0, 10.0, 2.0]
    assert of(tmp_path).usual == {"studio": {"omni": 75.0, "omni still": 5.0}}
