"""What was expected of local work and how long it took: the next plan expects that."""

from __future__ import annotations

from pathlib import Path

import pytest

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
