"""kill -9 on the real command building twelve shots with chains from the fake server, at random moments and at every
stage of HTTP: nothing billed twice, nothing paid lost, no hand needed, the same cut.

test_killed_anywhere.py does the same between any two effects, in one process and six hundred times. Here those that
are killed at a stage are the real command; the others begin where it has imported its modules.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reelmake.store.journal import LocalJournal
from reelmake.store.local import LocalStore
from reelmake_fake.server import FakeServer
from reelmake_fake.settings import ServerOptions
from tests.support.stepping import spent
from tests.support.twelve import SHOTS, STORYBOARD
from tests.support.warm import Begin, warm

ROOT = Path(__file__).parents[2]
RANDOM = int(os.environ.get("REELMAKE_KILLS", "80"))
OPTIONS = ServerOptions(takes=0.3, deterministic=True)
ADDRESS = "http://127.0.0.1:1/v1"

Met = Callable[[FakeServer], bool]


def held(server: FakeServer) -> bool:
    return any(line.get("held") or line.get("manner") == "half-held" for line in server.requests)


def answered(orders: int) -> Met:
    """So many orders have had their answer."""

    def met(server: FakeServer) -> bool:
        return sum(r["method"] == "POST" and "ended" in r for r in server.requests) >= orders

    return met


STAGES: dict[str, tuple[tuple[str, ...], Met]] = {
    **{f"order {n} is not accepted yet": ((f"create:hold-before@{n}",), held) for n in (1, 4, 7, 12)},
    **{f"order {n} is accepted, its answer lost": ((f"create:hold@{n}",), held) for n in (1, 2, 5, 8, 11, 12)},
    **{f"order {n} is answered": ((), answered(n)) for n in (1, 3, 6, 9, 12)},
    **{f"poll {n} waits": ((f"poll:hold@{n}",), held) for n in (1, 9)},
    **{f"download {n} is half there": ((f"content:hold@{n}",), held) for n in (1, 4, 12)},
}


@pytest.fixture(scope="module")
def begin() -> Iterator[Begin]:
    with warm() as begin:
        yield begin


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory, begin: Begin) -> tuple[Path, str]:
    """A film built without a disturbance by the real command, and the digest of its cut."""
    folder = tmp_path_factory.mktemp("clean") / "film"
    with FakeServer(OPTIONS) as server:
        start(folder, server).communicate()
        digest = finish(begin, folder, server)
        assert len(server.bill) == SHOTS
    return folder, digest


def words(folder: Path, server: FakeServer) -> list[str]:
    """What is built, and the command line that does it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "storyboard.yaml").write_text(STORYBOARD.replace(ADDRESS, server.base_url))
    return ["build", "-f", str(folder), "--yes", "--json"]


def environment() -> dict[str, str]:
    return {**os.environ, "STUDIO_KEY": "sk-killed-0123456789", "NO_COLOR": "1"}


def start(folder: Path, server: FakeServer) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.support.hurried", *words(folder, server)],
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finish(begin: Begin, folder: Path, server: FakeServer) -> str:
    """A build that nobody disturbs; the digest of its cut."""
    code, out, err = begin(words(folder, server), environment(), folder.parent / "said").end()
    assert code == 0, err + out
    sha256: str = json.loads(out)["outputs"]["build/cut.mp4"]["sha256"]
    return sha256


def kill(process: subprocess.Popen[str]) -> None:
    """The whole of it, its workers too, as the machine's last moment would."""
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def furnished(folder: Path, model: Path) -> None:
    """A project that has made nothing of its own yet, but whose local work needs not be done again: it would come out
    the same, and takes most of the time."""
    state = folder / ".reelmake"
    shutil.copytree(model / ".reelmake" / "takes", state / "takes")
    shutil.copytree(model / ".reelmake" / "store", state / "store")
    store = LocalStore(state)
    for record in list((state / "takes").rglob("*.json")):
        take = store.record(record.stem)
        if take and take.kind == "shot":
            record.unlink()
            store.path(take).unlink(missing_ok=True)  # two takes may be the same bytes


def judge(folder: Path, server: FakeServer, digest: str, clean: str) -> None:
    assert digest == clean
    orders = Counter((line["operation"], line["prompt"], line["source"]) for line in server.bill)
    assert len(server.bill) == SHOTS, orders
    journal = LocalJournal(folder / ".reelmake" / "journal")
    assert not journal.open()
    ledger = journal.ledger()
    assert (ledger.spent, ledger.reserved, ledger.maybe) == (spent(server.bill), 0, 0)
    kept = {e.attempt.remote for e in journal.entries() if e.standing == "kept"}
    assert kept == {line["id"] for line in server.bill}


@pytest.mark.slow
@pytest.mark.parametrize("stage", STAGES)
def test_killed_at_a_stage(stage: str, tmp_path: Path, clean: tuple[Path, str], begin: Begin) -> None:
    faults, met = STAGES[stage]
    with FakeServer(OPTIONS) as server:
        server.instruct(faults=faults)
        furnished(tmp_path / "film", clean[0])
        process = start(tmp_path / "film", server)
        server.until(met)
        kill(process)
        server.instruct()
        server.release()
        judge(tmp_path / "film", server, finish(begin, tmp_path / "film", server), clean[1])


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(RANDOM))
def test_killed_at_a_random_moment(seed: int, tmp_path: Path, clean: tuple[Path, str], begin: Begin) -> None:
    chance = random.Random(seed)
    with FakeServer(OPTIONS) as server:
        furnished(tmp_path / "film", clean[0])
        for _ in range(chance.choice((1, 1, 2))):
            doomed = begin(words(tmp_path / "film", server), environment(), tmp_path / "said")
            server.until(lambda seen: bool(seen.requests))
            time.sleep(chance.uniform(0.0, 2.5))
            os.killpg(doomed.pid, signal.SIGKILL)
            doomed.end()
        judge(tmp_path / "film", server, finish(begin, tmp_path / "film", server), clean[1])
