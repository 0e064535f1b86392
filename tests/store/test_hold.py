"""The hold: one run at a time, and a dead one never stands in the way. With real processes."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from reelmake.errors import Busy
from reelmake.store.hold import Hold, holder

HOLDER = """
import sys, time
from pathlib import Path
from reelmake.store.hold import Hold
with Hold(Path(sys.argv[1]), command="reelmake build", since="noon"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def other(tmp_path: Path):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / "hold")], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_the_second_names_the_first(tmp_path: Path, other: subprocess.Popen[str]) -> None:
    with pytest.raises(Busy) as caught, Hold(tmp_path / "hold", wait=False):
        pass
    assert f"reelmake build (process {other.pid} on " in str(caught.value)
    assert "since noon" in str(caught.value)


def test_the_second_waits_and_goes_on_when_the_first_is_killed(tmp_path: Path, other: subprocess.Popen[str]) -> None:
    told: list[str] = []
    threading.Timer(0.3, lambda: os.kill(other.pid, signal.SIGKILL)).start()
    began = time.monotonic()
    with Hold(tmp_path / "hold", tell=told.append):
        assert time.monotonic() - began > 0.25
        assert str(os.getpid()) in holder(tmp_path / "hold")
    assert len(told) == 1
    assert str(other.pid) in told[0]


def test_waiting_can_be_stopped(tmp_path: Path, other: subprocess.Popen[str]) -> None:
    with pytest.raises(Busy), Hold(tmp_path / "hold", stopped=lambda: True):
        pass


def test_it_is_free_after_use_and_after_an_error(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), Hold(tmp_path / "new" / "hold", wait=False):
            raise ZeroDivisionError
    with Hold(tmp_path / "new" / "hold", wait=False):
        pass
    assert holder(tmp_path / "new" / "hold") == "a process that has not given its name yet"


def test_what_a_dead_run_left_in_the_file_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "hold").write_text("{" + "x" * 1000)
    with Hold(tmp_path / "hold", wait=False, command="me"):
        assert holder(tmp_path / "hold").startswith("me (process")


def test_a_wait_that_is_cancelled_never_takes_it_later(tmp_path: Path, other: subprocess.Popen[str]) -> None:
    async def cancelled() -> None:
        async def wait() -> None:
            async with Hold(tmp_path / "hold"):
                pytest.fail("it is held by another")

        waiting = asyncio.ensure_future(wait())
        await asyncio.sleep(0.25)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        other.kill()
        other.wait()
        await asyncio.sleep(0.3)

    handles = len(list(Path("/proc/self/fd").iterdir()))
    asyncio.run(cancelled())

    assert len(list(Path("/proc/self/fd").iterdir())) == handles
    with Hold(tmp_path / "hold", wait=False):
        pass
