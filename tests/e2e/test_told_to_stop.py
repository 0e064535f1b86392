"""Ctrl-C once and twice, SIGTERM and a terminal that is closed, at chosen moments of a real process; a disk that fills
up at chosen sizes. The next build goes on, and every order is paid once.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reelmake.store.journal import LocalJournal
from reelmake_fake.server import FakeServer
from reelmake_fake.settings import ServerOptions
from tests.support.desk import BOARD, KEY

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SHOTS = "shots:\n  a: {prompt: A kite.}\n  b: {prompt: A tram.}\n"
Met = Callable[[FakeServer], bool]


def requests(method: str, word: str, count: int = 1) -> Met:
    """So many requests of this sort have come."""
    return lambda s: sum(r["method"] == method and word in r["path"] for r in s.requests) >= count


ORDERED = ("create:hold", requests("POST", "/videos", 2))  # and not answered yet
LOOKED_FOR = ("create:drop", requests("GET", "/videos"))
MADE = ("poll:hold", requests("GET", "/videos/", 2))
DOWNLOADED = ("content:hold", requests("GET", "/content", 2))
TOLD: dict[str, tuple[tuple[int, ...], tuple[str, Met]]] = {
    "Ctrl-C before an order is answered": ((signal.SIGINT,), ORDERED),
    "Ctrl-C while an order is looked for": ((signal.SIGINT,), LOOKED_FOR),
    "Ctrl-C while a clip is made": ((signal.SIGINT,), MADE),
    "Ctrl-C twice before an order is answered": ((signal.SIGINT, signal.SIGINT), ORDERED),
    "Ctrl-C twice in a download": ((signal.SIGINT, signal.SIGINT), DOWNLOADED),
    "the terminal is closed": ((signal.SIGHUP,), MADE),
    "the machine goes down": ((signal.SIGTERM, signal.SIGKILL), ORDERED),
}


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with FakeServer(ServerOptions(takes=0.05, key=KEY)) as running:
        yield running


@pytest.fixture
def film(tmp_path: Path, server: FakeServer) -> Path:
    options = "{create_timeout: 20, read_timeout: 20}"
    (tmp_path / "storyboard.yaml").write_text(BOARD.format(url=server.base_url, options=options, shots=SHOTS))
    return tmp_path


def start(film: Path, *words: str, before: str = "") -> subprocess.Popen[str]:
    line = f'{before} exec "$0" -m tests.support.hurried "$@"'
    return subprocess.Popen(
        ["bash", "-c", line, sys.executable, *words, "-f", str(film)],
        cwd=ROOT,
        env={**os.environ, "STUDIO_KEY": KEY, "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def journal(film: Path) -> LocalJournal:
    return LocalJournal(film / ".reelmake" / "journal")


def judge(film: Path, server: FakeServer) -> None:
    """A build that nobody disturbs; every order is billed once and its clip is in the store."""
    server.instruct()
    server.release()
    process = start(film, "build", "--yes", "a", "b")
    _, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert sorted(line["prompt"] for line in server.bill) == ["A kite.", "A tram."], err
    assert {e.attempt.remote for e in journal(film).entries() if e.standing == "kept"} == {b["id"] for b in server.bill}
    assert not journal(film).open()


@pytest.mark.parametrize("told", TOLD)
def test_told_to_stop(film: Path, server: FakeServer, told: str) -> None:
    signals, (fault, met) = TOLD[told]
    server.instruct(fault)
    process = start(film, "build", "--yes", "a", "b")
    server.until(met)
    for number in signals:
        process.send_signal(number)
    if len(signals) == 1:
        server.release()  # an answer that is still out is waited for
    _, err = process.communicate(timeout=60)
    assert process.returncode in (130, -signal.SIGKILL), err
    assert "Traceback" not in err
    judge(film, server)


@pytest.mark.parametrize("kilobytes", [1, 4])
def test_a_disk_that_is_full(film: Path, server: FakeServer, kilobytes: int) -> None:
    """The journal, then the clips, find no room."""
    process = start(
        film, "build", "--yes", "a", "b", before=f"export PYTHONDONTWRITEBYTECODE=1; ulimit -f {kilobytes};"
    )
    _, err = process.communicate(timeout=120)
    assert process.returncode == 1, err
    assert "Traceback" not in err
    assert "RM960" in err
    judge(film, server)
