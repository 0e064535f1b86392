"""kill -9 at random moments of real processes: nothing billed twice, nothing paid lost, no hand needed."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from reelmake.store.journal import LocalJournal
from reelmake.store.local import LocalStore

ROOT = Path(__file__).parents[2]


def start(folder: Path, seed: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.support.victim", str(folder), str(seed)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "started\n"
    return process


def end(process: subprocess.Popen[str]) -> list[int]:
    """[made, reused, failed]; read through the same buffer as the first line, which may hold the second already."""
    assert process.stdout
    with process.stdout as out:
        said = out.read()
    assert process.wait(timeout=60) == 0
    counts: list[int] = json.loads(said)
    return counts


def finish(folder: Path, seed: int) -> list[int]:
    return end(start(folder, seed))


def bill(folder: Path) -> list[dict[str, str]]:
    file = folder.parent / "bill"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_killed_again_and_again(seed: int, tmp_path: Path) -> None:
    chance, folder = random.Random(seed), tmp_path / "project"
    folder.mkdir()
    killed = 0
    for _ in range(8):
        process = start(folder, seed)
        time.sleep(chance.uniform(0.0, 0.25))
        killed += process.poll() is None
        process.kill()
        process.communicate()
    made, reused, failed = finish(folder, seed)
    assert killed > 0
    assert (made + reused, failed) == (25, 0)
    orders = bill(folder)
    assert Counter(o["prompt"] for o in orders) == {f"shot {n}": 1 for n in range(12)}
    store = LocalStore(folder / ".reelmake")
    clips = [t for t in store.takes() if t.kind == "shot"]
    assert sorted(t.remote for t in clips) == sorted(o["id"] for o in orders)
    assert all(store.whole(t) for t in store.takes())
    journal = LocalJournal(folder / ".reelmake" / "journal")
    assert journal.open() == []
    assert str(journal.ledger().spent) == "48"
    assert not list((folder / ".reelmake" / "tmp").glob("*"))
    assert finish(folder, seed) == [0, 25, 0]
    assert bill(folder) == orders


@pytest.mark.slow
def test_two_runs_at_once_make_everything_once(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    first, second = start(folder, 1), start(folder, 1)
    counts = [end(first), end(second)]
    assert sorted(counts) == [[0, 25, 0], [25, 0, 0]]
    assert len(bill(folder)) == 12
