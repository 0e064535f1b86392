"""The benchmark of the cut in a small size: that its films are right. How long they take is not looked at here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.support.folder import HERE
from tests.support.once import once

BENCH = HERE / "benchmarks" / "cut"
SMALL = ["--clips", "3", "--seconds", "2", "--size", "192x108", "--rounds", "1", "--every", "0.2"]
SMALL += ["--growth", "2,3,4", "--chained", "2", "--peers", ""]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """All parts but those that need peers, as JSON."""

    def measure(folder: Path) -> None:
        command = [sys.executable, str(BENCH), *SMALL, "--folder", str(folder), "--json", str(folder / "told.json")]
        ran = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "NO_COLOR": "1"}, check=False)
        assert ran.returncode in (0, 1), ran.stdout + ran.stderr  # 1: so small a film is not worth a program's start

    found: dict[str, Any] = json.loads((once(tmp_path_factory, "bench", measure) / "told.json").read_text())
    return found


@pytest.mark.slow
def test_every_film_has_its_frames_and_ours_its_samples(told: dict[str, Any]) -> None:
    rows = {row["name"]: row for row in told["rows"] if row["rounds"]}
    ours = {name: row for name, row in rows.items() if row["ours"]}

    assert (len(rows), len(ours)) == (15, 12)
    assert [name for name, row in rows.items() if row["frames"][0] != row["frames"][1]] == []
    assert {name: (row["drift_ms"], row["complaints"]) for name, row in ours.items()} == dict.fromkeys(ours, (0.0, 0))


@pytest.mark.slow
def test_hard_cuts_are_copied_and_a_gain_draws_nothing(told: dict[str, Any]) -> None:
    notes = {row["name"].strip(): row["rounds"][0]["note"] for row in told["rows"] if row["rounds"]}

    assert notes["hard cuts: reelmake, made anew"] == "144 pictures bit for bit"
    assert notes["then the music's gain changed"] == "not a frame encoded"
    assert notes["then one shot changed"] != "segments: 0"


@pytest.mark.slow
def test_what_was_promised_without_a_clock(told: dict[str, Any]) -> None:
    got = {verdict["promise"]: verdict for verdict in told["verdicts"]}

    assert got["digests of the reel from 1 and 4 workers, in two folders, twice"]["got"] == 1
    assert got["picture: dB (PSNR) that one ffmpeg graph is nearer to the lossless film"]["verdict"] == "met"
    assert got["dissolves: wall time, to MoviePy"]["verdict"] == "not run"


@pytest.mark.slow
def test_figures_of_a_wrong_film_do_not_count(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.syspath_prepend(str(BENCH))
    from contest import Contender, contest
    from footage import clips
    from measure import measured

    (clip,) = clips(1, 2, "192x108")
    reel = tmp_path / "reel.mp4"

    def run() -> Any:
        return measured(["cp", str(clip), str(reel)], tmp_path)

    right = Contender("right", run, reel, Fraction(2), ours=True)
    longer = replace(right, name="longer", seconds=Fraction(49, 24))
    louder = replace(right, name="louder", seconds=Fraction(97, 48))
    broken = replace(right, name="broken", run=lambda: measured(["false"], tmp_path))
    found = contest([right, longer, louder, broken], 2)

    assert len(found.rows["right"].costs) == 2
    assert {name: row.wrong.splitlines()[0] for name, row in found.rows.items() if row.wrong} == {
        "longer": "48 of 49 frames, sound -41.667 ms, 0 complaints, 1 different reels",
        "louder": "48 of 48 frames, sound -20.833 ms, 0 complaints, 1 different reels",
        "broken": "false",
    }
    assert found.ratio("longer", "right") is None
