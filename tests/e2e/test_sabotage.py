"""A disk that fails under build, pick, retake, gc and jobs: nothing is ordered twice, and a sound disk mends all of it.

A sample of what tests/support/sabotage.py does by the thousand; REELMAKE_FAULTS=2000 does as many here.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from itertools import count
from pathlib import Path

import pytest

from tests.support.sabotage import SCENES, Trial, trials

pytestmark = pytest.mark.slow

FAULTS = int(os.environ.get("REELMAKE_FAULTS", "45"))


@pytest.mark.skipif(not (shutil.which("cc") or shutil.which("gcc")), reason="needs a C compiler")
@pytest.mark.timeout(3600)
def test_a_failing_disk_costs_nothing_twice_and_loses_nothing(tmp_path: Path) -> None:
    made: list[Trial] = list(trials(tmp_path, count(1), faults=FAULTS))

    wrong = [(trial.scene, trial.seed, trial.wrong) for trial in made if trial.wrong]
    assert not wrong, wrong
    assert {trial.scene for trial in made} == set(SCENES)
    met = sum((trial.faults for trial in made), Counter[str]())
    assert met.total() >= FAULTS
    assert {"write", "sync", "rename", "unlink", "open"} <= {name.split()[0] for name in met}
    assert any("killed" in name for name in met)
