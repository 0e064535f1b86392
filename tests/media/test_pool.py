"""The worker processes: they work, report, fail and die as they should, and leave nothing behind."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from reelmake.errors import LocalTool
from reelmake.media import ffmpeg, process_pool
from reelmake.media.pool import Pool
from reelmake.media.process_pool import ProcessPool
from reelmake.model.frame import Size
from reelmake.model.segment import BodyWork, Piece, VideoFormat
from reelmake.ports import Tell
from tests.support.film import footage

pytestmark = pytest.mark.slow
LONG = BodyWork(Piece(0, 100_000, "pad"), VideoFormat(Size(640, 360), Fraction(24), 18, "medium"))
SHORT = BodyWork(Piece(0, 24, "pad"), VideoFormat(Size(64, 36), Fraction(24), 30, "ultrafast"))


def silent(fraction: float | None, word: str) -> None:
    """Nobody listens."""


# what the crew is given to do; workers import this module by name


def twice(value: int, tell: Tell) -> int:
    tell(0.5, "half")
    return 2 * value


def stay(seconds: float, tell: Tell) -> int:
    time.sleep(seconds)
    return os.getpid()


def fail(message: str, tell: Tell) -> None:
    raise LocalTool(message, next_steps=("reelmake doctor",))


def break_down(tell: Tell) -> None:
    raise ZeroDivisionError("our bug")


def die(tell: Tell) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def named(name: str, tell: Tell) -> str:
    return os.environ[name]


def chatter(tell: Tell) -> str:
    print("printed by some library")
    os.write(1, b"and by C code\n")
    return "fine"


def running(word: str) -> int:
    """How many programs have `word` among their arguments."""
    count = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                count += word.encode() in (entry / "cmdline").read_bytes()
            except OSError:
                continue
    return count


def soon(true: object, seconds: float = 5) -> bool:
    assert callable(true)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if true():
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def crew():  # type: ignore[no-untyped-def]
    crew = ProcessPool(2)
    yield crew
    crew.kill()


def test_tasks_and_what_they_tell(crew: ProcessPool) -> None:
    said: list[tuple[float | None, str]] = []
    futures = [crew.submit(twice, n, heard=lambda f, w: said.append((f, w))) for n in range(6)]
    assert [f.result(20) for f in futures] == [0, 2, 4, 6, 8, 10]
    assert said == [(0.5, "half")] * 6


def test_as_many_workers_as_needed_and_no_more(crew: ProcessPool) -> None:
    futures = [crew.submit(stay, 0.3) for _ in range(4)]
    assert len({f.result(20) for f in futures}) == 2
    assert len({crew.submit(stay, 0).result(20) for _ in range(4)}) <= 2


def test_workers_are_told_which_ffmpeg_was_found() -> None:
    pool = Pool(1)
    try:
        crew = pool._processes
        assert isinstance(crew, ProcessPool)
        assert crew.submit(named, "REELMAKE_FFMPEG").result(20) == ffmpeg.program()
    finally:
        pool.close(kill=True)


def test_errors_come_home_as_they_are(crew: ProcessPool) -> None:
    with pytest.raises(LocalTool, match="no disk") as caught:
        crew.submit(fail, "no disk").result(20)
    assert caught.value.next_steps == ("reelmake doctor",)
    with pytest.raises(ZeroDivisionError) as bug:
        crew.submit(break_down).result(20)
    assert "break_down" in "".join(bug.value.__notes__)


def test_a_worker_that_dies_costs_one_task(crew: ProcessPool) -> None:
    with pytest.raises(LocalTool, match="ended in the middle"):
        crew.submit(die).result(20)
    assert crew.submit(twice, 4).result(20) == 8


def test_what_libraries_print_does_no_harm(crew: ProcessPool) -> None:
    assert crew.submit(chatter).result(20) == "fine"


def test_stopping_one_leaves_the_others(crew: ProcessPool) -> None:
    slow, other = crew.submit(stay, 60), crew.submit(stay, 0.5)
    assert soon(slow.running)
    crew.stop(slow)
    with pytest.raises(LocalTool):
        slow.result(5)
    assert other.result(20)
    assert crew.submit(twice, 1).result(20) == 2


def test_stopped_at_the_last_moment_nothing_else_is_hit(monkeypatch: pytest.MonkeyPatch) -> None:
    crew, heard = ProcessPool(1), process_pool._converse

    def and_then(*said: Any) -> object:
        answer = heard(*said)
        if answer == 0:
            crew.stop(next(iter(crew._running)))
        return answer

    monkeypatch.setattr(process_pool, "_converse", and_then)
    try:
        for _ in range(10):
            assert crew.submit(twice, 1).result(20) == 2
            assert crew.submit(twice, 0).result(20) == 0
    finally:
        crew.kill()


def test_its_time_up_at_the_last_moment_nothing_else_is_hit(monkeypatch: pytest.MonkeyPatch) -> None:
    crew, heard, kill = ProcessPool(1), process_pool._converse, subprocess.Popen.kill

    def and_then(*said: Any) -> object:
        answer = heard(*said)
        time.sleep(0.6 if answer == 0 else 0)  # its work is done, who listens to it is not
        return answer

    def late(child: "subprocess.Popen[bytes]") -> None:
        time.sleep(0.4)
        kill(child)

    monkeypatch.setattr(process_pool, "_converse", and_then)
    monkeypatch.setattr(subprocess.Popen, "kill", late)
    try:
        assert crew.submit(twice, 1).result(20) == 2
        assert crew.submit(twice, 0, seconds=0.5).result(20) == 0
        assert crew.submit(stay, 1.0).result(20)
    finally:
        crew.kill()


def test_closing_at_once(tmp_path: Path) -> None:
    footage(tmp_path / "a.mp4", 1, 24)

    async def go() -> None:
        pool = Pool(1)
        inputs, into = {"clip": tmp_path / "a.mp4"}, tmp_path / "marked-one.mp4"
        tasks = [asyncio.ensure_future(pool.perform("", LONG, inputs, into, silent)) for _ in range(2)]
        await asyncio.to_thread(soon, lambda: running("marked-one"))
        began = time.monotonic()
        pool.close(kill=True)
        assert time.monotonic() - began < 1
        for outcome in await asyncio.gather(*tasks, return_exceptions=True):
            assert isinstance(outcome, LocalTool | asyncio.CancelledError)

    asyncio.run(go())
    assert soon(lambda: not running("marked-one"))
    assert soon(lambda: [f.name for f in tmp_path.iterdir()] == ["a.mp4"])


def test_a_cancelled_work_is_stopped_and_its_pieces_are_gone(tmp_path: Path) -> None:
    footage(tmp_path / "a.mp4", 1, 24)

    async def go() -> None:
        pool = Pool(1)
        inputs = {"clip": tmp_path / "a.mp4"}
        told: list[float | None] = []
        task = asyncio.ensure_future(
            pool.perform("", LONG, inputs, tmp_path / "marked-two.mp4", lambda fraction, word: told.append(fraction))
        )
        while not told:
            await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await asyncio.to_thread(soon, lambda: not running("marked-two"))
        facts = await pool.perform("", SHORT, inputs, tmp_path / "b.mp4", silent)
        assert facts.frames == 24
        pool.close()

    asyncio.run(go())
    assert sorted(f.name for f in tmp_path.iterdir()) == ["a.mp4", "b.mp4"]


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal")
def test_kill_9_of_the_tool_takes_workers_and_ffmpeg_along(tmp_path: Path) -> None:
    """The script has no __main__ guard: the crew must not run it again."""
    footage(tmp_path / "a.mp4", 1, 24)
    script = tmp_path / "script.py"
    script.write_text(
        dedent("""
        import asyncio, sys
        from pathlib import Path
        from reelmake.media.pool import Pool
        from tests.media.test_pool import LONG
        print("begun", flush=True)
        folder = Path(sys.argv[1])
        tell = lambda fraction, word: print("told", flush=True)
        asyncio.run(Pool(1).perform("", LONG, {"clip": folder / "a.mp4"}, folder / "marked-three.mp4", tell))
        """)
    )
    paths = os.pathsep.join(path for path in sys.path if path)
    tool = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path)], stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": paths}
    )
    with tool:
        assert tool.stdout is not None
        assert tool.stdout.readline() == b"begun\n"
        assert tool.stdout.readline() == b"told\n"
        assert running("marked-three")
        tool.kill()
    assert soon(lambda: not running("marked-three"))


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal")
def test_kill_9_of_the_tool_takes_a_silent_worker_along() -> None:
    code = "from tests.media.test_pool import *; ProcessPool(1).submit(stay, 60).result()"
    paths = os.pathsep.join(path for path in sys.path if path)
    with subprocess.Popen([sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": paths}) as tool:
        worker = f"reelmake.media.worker\0{tool.pid}\0"
        assert soon(lambda: running(worker), 20)
        time.sleep(0.5)  # it has begun to sleep
        tool.kill()
    assert soon(lambda: not running(worker))


def test_what_follows_goes_to_who_has_just_worked(crew: ProcessPool) -> None:
    """Whoever waits for a task and has the next one ready does not make the crew larger."""
    done = [crew.submit(stay, 0).result(20) for _ in range(5)]
    assert len(set(done)) == 1


def test_who_has_nothing_to_do_goes_home(crew: ProcessPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reelmake.media.process_pool.PATIENCE", 0.1)
    gone = [f.result(20) for f in [crew.submit(stay, 0.2) for _ in range(2)]]
    assert soon(lambda: not any(Path(f"/proc/{pid}").exists() for pid in gone))
    assert crew.submit(twice, 4).result(20) == 8
