"""Twelve shots with chains, killed at a random moment, again and again: nothing billed twice, nothing paid lost, the
same cut, and nobody has to lend a hand.

Here the process is stepped inside this one, so that it dies exactly between two effects; test_killed.py kills real
ones.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from reelmake.session.project import Project, look, plan, read
from reelmake.session.workspace import Workspace
from reelmake.store.journal import LocalJournal
from tests.support.stepping import Crash, Far, Process, spent
from tests.support.twelve import SHOTS, STORYBOARD

SEEDS = int(os.environ.get("REELMAKE_KILL_SEEDS", "600"))
BATCH = 50


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where local artifacts are shared, and a clean build by which all others are judged."""
    return tmp_path_factory.mktemp("workshop")


@pytest.fixture(autouse=True)
def unsynced(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process dies here, not the machine: what was written is there, synced or not, and quicker."""
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", lambda handle: None)
        yield


def board(folder: Path) -> Project:
    folder.mkdir(parents=True)
    (folder / "storyboard.yaml").write_text(STORYBOARD)
    return read(Workspace(folder / "storyboard.yaml"))


def process(far: Far, project: Project, workshop: Path, chance: random.Random, die_at: int | None = None) -> Process:
    seen = look(read(Workspace(project.workspace.storyboard)))
    made = workshop / "made"
    made.mkdir(exist_ok=True)
    return Process(far, seen, plan(seen), made, chance, die_at)


def cut(process: Process) -> str:
    outcome = process.run()
    assert not outcome.failed, [str(r.error) for r in outcome.failed]
    assert not outcome.interrupted
    (reel,) = [r.take for r in outcome.results.values() if r.step.output == "build/cut.mp4"]
    assert reel is not None
    return reel.digest


@pytest.fixture(scope="module")
def clean(workshop: Path) -> tuple[str, list[str]]:
    """Digest of the cut of an undisturbed build, and the stages it goes through, moment by moment."""
    far = Far(workshop / "far")
    whole = process(far, board(workshop / "film"), workshop, random.Random(0))
    digest = cut(whole)
    assert len(far.bill) == SHOTS
    return digest, whole.stages


def when(chance: random.Random, stages: list[str]) -> int:
    """The number of a moment: any, or one of a stage that is drawn first, for most moments are those of polls."""
    if chance.random() < 0.3:
        return chance.randint(1, len(stages))
    stage = chance.choice(sorted(set(stages)))
    return 1 + chance.choice([n for n, named in enumerate(stages) if named == stage])


def live(seed: int, folder: Path, workshop: Path, clean: tuple[str, list[str]]) -> list[str]:
    """One project's life. At which stages its processes died."""
    digest, stages = clean
    chance = random.Random(seed)
    far, project = Far(folder / "far"), board(folder / "film")
    (
        folder / "far" / "clips"
    ).rmdir()  # the server's clips are painted once for all seeds: the same order, the same clip
    (folder / "far" / "clips").symlink_to(workshop / "far" / "clips")
    died = []
    for _ in range(chance.choice((1, 1, 2, 3))):
        doomed = process(far, project, workshop, chance, when(chance, stages))
        with contextlib.suppress(Crash):
            doomed.run()
        died += [doomed.stage] if doomed.stage else []
        far.now += chance.choice((0, 0, 5, 70, 4000))
    last = process(far, project, workshop, chance)
    assert cut(last) == digest
    orders = Counter((line["operation"], line["prompt"], line["source"]) for line in far.bill)
    assert len(far.bill) == SHOTS, orders
    journal = LocalJournal(project.workspace.root / ".reelmake" / "journal")
    assert not journal.open()
    assert (ledger := journal.ledger()).spent == spent(far.bill)
    assert (ledger.reserved, ledger.maybe) == (0, 0)
    kept = {e.attempt.remote for e in journal.entries() if e.standing == "kept"}
    assert kept == {line["id"] for line in far.bill}
    again = process(far, project, workshop, chance)
    assert cut(again) == digest
    assert len(far.bill) == SHOTS
    return died


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(SEEDS // BATCH))
def test_killed_at_a_random_moment(batch: int, tmp_path: Path, workshop: Path, clean: tuple[str, list[str]]) -> None:
    for seed in range(batch * BATCH, (batch + 1) * BATCH):
        folder = tmp_path / str(seed)
        try:
            live(seed, folder, workshop, clean)
        except BaseException as error:
            raise AssertionError(f"seed {seed} in {folder}") from error
        shutil.rmtree(folder)
