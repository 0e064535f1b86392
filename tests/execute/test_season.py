"""Long films on virtual time: close to the shortest possible, few questions, ends noticed soon, little memory.

benchmarks/engine.py measures the same over more shapes and providers.
"""

from __future__ import annotations

from pathlib import Path
from statistics import mean

import pytest

from reelmake.model.provider import Limits
from tests.support.season import film, measured

SHAPES = ("singles", "chains", "one long chain", "trees")
LEARNED = {"m1": 75.0}
LOOKS = 60  # at a job of minutes, on the average: a wait is a tenth of its age at most


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("places", [4, 16])
def test_a_punctual_provider_is_used_to_the_full(shape: str, places: int, tmp_path: Path) -> None:
    found = measured(film(shape, "fixed", 400, 1), Limits(places), tmp_path)
    assert found.makespan <= 1.05 * found.bound
    assert found.busiest == places
    assert mean(found.polls) < LOOKS
    assert mean(found.late) < 0.05


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("temper", ["fixed", "exponential", "bimodal", "two_models"])
@pytest.mark.parametrize("places", [4, 16, 50])
def test_a_thousand_shots(shape: str, temper: str, places: int, tmp_path: Path) -> None:
    """Whatever the provider is like, a run loses at most a twentieth against one that sees every end at once. So many
    shots that each place is taken dozens of times."""
    found = measured(film(shape, temper, min(1000, 75 * places), 2), Limits(places), tmp_path)
    assert found.makespan <= 1.05 * max(found.bound, found.greedy)
    assert found.busiest <= places
    assert mean(found.polls) < LOOKS


def test_orders_by_the_minute_are_all_used(tmp_path: Path) -> None:
    found = measured(film("chains", "fixed", 200, 1), Limits(None, 20), tmp_path)
    assert found.makespan <= 1.05 * max(found.bound, found.greedy)
    assert found.most_in_a_minute == 20


def test_the_first_jobs_of_a_run_are_noticed_sooner_if_earlier_runs_have_learned(tmp_path: Path) -> None:
    blind = measured(film("singles", "fixed", 40, 1), Limits(8), tmp_path / "blind")
    told = measured(film("singles", "fixed", 40, 1), Limits(8), tmp_path / "told", usual=LEARNED)
    assert mean(told.late[:8]) < 0.03 < mean(blind.late[:8]) < 0.1


def test_short_work_is_noticed_soon_by_who_expects_long_work(tmp_path: Path) -> None:
    whole = film("singles", "fixed", 40, 1)
    whole.length = [5.0] * 40
    found = measured(whole, Limits(4), tmp_path, usual=LEARNED)
    assert max(found.late) * 5.0 <= 1.0
    assert max(found.polls) < 16
