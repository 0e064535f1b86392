"""What opens others' files has no secrets, starts no program, reaches no network, and takes no more than its share."""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from reelmake.errors import LocalTool
from reelmake.media import cell, ffmpeg, readers
from reelmake.media.pool import Pool
from reelmake.media.process_pool import ProcessPool
from reelmake.ports import Tell
from reelmake.scratch import discard

pytestmark = pytest.mark.slow
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the kernel of Linux holds the seal and the limits")


# what the cell is asked; it imports this module by name


def told(file: Path) -> dict[str, str]:
    return dict(os.environ)


def start(file: Path) -> str:
    return subprocess.run([file], capture_output=True, text=True, check=True).stdout


def start_below_python(file: Path) -> int:
    """As a decoder would that was taken over: Python is not asked."""
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    libc.execve(str(file).encode(), (ctypes.c_char_p * 2)(str(file).encode(), None), None)
    return ctypes.get_errno()


def connect(file: Path, port: int) -> str:
    with socket.create_connection(("127.0.0.1", port), timeout=5):
        return "connected"


def socket_below_python(file: Path) -> int:
    import ctypes

    return int(ctypes.CDLL(None).socket(socket.AF_INET, socket.SOCK_STREAM, 0))


def draw_postscript(file: Path) -> str:
    with Image.open(file) as picture:
        picture.load()
    return "drawn"


def swell(file: Path) -> int:
    return len(bytearray(3 << 30))


def write(file: Path, count: int) -> int:
    with file.with_name("made").open("wb") as made:
        return made.write(bytes(count))


def sleep(file: Path) -> None:
    time.sleep(30)


def crash(file: Path) -> None:
    os.kill(os.getpid(), 11)


class Gadget:
    """What is done, when it is read, by a process that reads whatever can be pickled."""

    def __init__(self, what: Callable[..., object], *given: object) -> None:
        self._done = what, given

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return self._done


def answer(file: Path, how: str) -> object:
    """As a decoder would that was taken over."""
    return {
        "a function": Gadget(exec, f"open({str(file)!r} + '.out', 'w')"),
        "one of ours": Gadget(discard, file),
        "a class": Gadget(subprocess.Popen, ["rm", str(file)]),
        "one of ours that does things": Gadget(ProcessPool, 1),
        "a part of a class": Gadget(Path.unlink, file),
        "an end": Gadget(SystemExit, 0),
        "hidden in an error": LocalTool("x", next_steps=(Gadget(os.unlink, file),)),  # type: ignore[arg-type]
    }[how]


def run_ours(tell: Tell) -> str:
    return ffmpeg._ask(ffmpeg.program(), "-version")


def run_other(program: str, tell: Tell) -> str:
    return subprocess.run([program], capture_output=True, text=True, check=True).stdout


def limits(tell: Tell) -> tuple[int, int]:
    cell.room(3 << 30)
    return resource.getrlimit(resource.RLIMIT_DATA)[0], resource.getrlimit(resource.RLIMIT_CORE)[0]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """One that may be run."""
    made = tmp_path / "file"
    made.write_text("#!/bin/sh\necho started\n")
    made.chmod(0o755)
    return made


def test_no_secret_and_nothing_else_that_is_not_known(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "https_proxy", "AWS_SESSION_TOKEN", "REELMAKE_KEYS", "SSH_AUTH_SOCK", "UNHEARD_OF"):
        monkeypatch.setenv(name, "sk-secret")
    monkeypatch.setenv("LC_TIME", "C.UTF-8")
    readers._crew.cache_clear()  # or they would have been started before
    seen = readers.ask(told, file)
    assert "sk-secret" not in seen.values()
    assert seen["PATH"] == os.environ["PATH"]
    assert seen["LC_TIME"] == "C.UTF-8"


def test_ffmpeg_is_told_no_secret_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "ffmpeg"
    script.write_text('#!/bin/sh\nenv > "$(dirname "$0")/told"\necho ffmpeg version 9.9\n')
    script.chmod(0o755)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("REELMAKE_FFMPEG", str(script))
    ffmpeg.program.cache_clear()
    try:
        ffmpeg._ask(str(script), "-version")
        asked = (tmp_path / "told").read_text()
        ffmpeg.measure(["-f", "null", "-"])
    finally:
        ffmpeg.program.cache_clear()
    assert "sk-secret" not in asked + (tmp_path / "told").read_text()


@pytest.mark.parametrize("way", [start, draw_postscript])
def test_no_program_is_started(file: Path, way: Callable[[Path], str]) -> None:
    if way is draw_postscript:  # Pillow would have `gs` draw it, whatever it is called
        file.write_text("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 20 10\n%%EndComments\nshowpage\n")
        gs = file.with_name("gs")
        gs.write_text(f"#!/bin/sh\necho x > {file.with_name('made')}\n")
        gs.chmod(0o755)
    with pytest.raises(LocalTool, match="cannot be read"):
        readers.ask(way, file)
    assert not file.with_name("made").exists()


@LINUX
def test_nor_by_a_decoder_that_was_taken_over(file: Path) -> None:
    assert readers.ask(start_below_python, file) == 1  # EPERM
    assert readers.ask(socket_below_python, file) == -1


def test_nothing_is_sent(file: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.3)
        with pytest.raises(LocalTool, match="nothing is sent"):
            readers.ask(connect, file, server.getsockname()[1])
        with pytest.raises(TimeoutError):
            server.accept()


def test_those_who_encode_start_our_ffmpeg_and_no_other(file: Path) -> None:
    pool = Pool(1)
    crew = pool._processes
    assert isinstance(crew, ProcessPool)
    try:
        assert "ffmpeg version" in crew.submit(run_ours).result(30)
        with pytest.raises(PermissionError, match="no program"):
            crew.submit(run_other, str(file)).result(30)
        if sys.platform == "linux":
            assert crew.submit(limits).result(30) == (6 << 30, 0)
    finally:
        pool.close(kill=True)


@LINUX
def test_ffmpeg_itself_has_no_network(file: Path) -> None:
    """Even if its own rules did not hold: the cell's are inherited."""
    file.write_text(f"#!{sys.executable}\nimport socket\ntry: socket.socket()\nexcept OSError as e: print(e.errno)\n")
    crew = ProcessPool(1, program=str(file))
    try:
        assert crew.submit(run_other, str(file)).result(30) == "1\n"
    finally:
        crew.kill()


@LINUX
def test_memory_and_disk_have_an_end(file: Path) -> None:
    with pytest.raises(LocalTool, match="takes too much memory"):
        readers.ask(swell, file)
    assert readers.ask(write, file, 1000) == 1000
    with pytest.raises(LocalTool, match="too large"):
        readers.ask(write, file, 20 << 20)


def test_time_has_an_end(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "PATIENCE", 0.5)
    with pytest.raises(LocalTool, match=r"^file cannot be read: it took more than 1 s|0 s$"):
        readers.ask(sleep, file)


def test_a_decoder_that_breaks_costs_one_answer(file: Path) -> None:
    with pytest.raises(LocalTool, match=r"^file cannot be read: .*SIGSEGV"):
        readers.ask(crash, file)
    assert "PATH" in readers.ask(told, file)


@pytest.mark.parametrize(
    "how",
    [
        "a function", "one of ours", "a class", "one of ours that does things", "a part of a class", "an end",
        "hidden in an error",
    ],
)  # fmt: skip
def test_no_answer_does_anything_where_it_is_heard(file: Path, how: str) -> None:
    with pytest.raises(LocalTool, match="ended in the middle of its work"):
        readers.ask(answer, file, how)
    assert [each.name for each in file.parent.iterdir()] == ["file"]
    assert "PATH" in readers.ask(told, file)


def test_who_forks_has_readers_of_its_own(file: Path) -> None:
    code = f"""
import os, pathlib
from reelmake.media import readers
from tests.media.test_cell import told
readers.ask(told, pathlib.Path({str(file)!r}))
child = os.fork()
if child == 0:
    readers.ask(told, pathlib.Path({str(file)!r}))
    os._exit(7)
raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    paths = os.pathsep.join(path for path in sys.path if path)
    env = os.environ | {"PYTHONPATH": paths}  # for these functions: workers look nowhere else
    assert subprocess.run([sys.executable, "-c", code], env=env, timeout=60, check=False).returncode == 7


def test_a_folder_with_modules_of_its_own_runs_none_of_them(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker is started where the storyboard is, and whoever wrote that may have put more beside it."""
    for name in ("reelmake/__init__.py", "pickle.py", "signal.py", "av.py", "PIL/__init__.py", "sitecustomize.py"):
        there = file.parent / name
        there.parent.mkdir(exist_ok=True)
        there.write_text(f"open({str(file.with_name('ran'))!r}, 'w')\nraise SystemExit(3)\n")
    monkeypatch.chdir(file.parent)
    crew = ProcessPool(1)
    try:
        assert crew.submit(limits).result(30)
    finally:
        crew.kill()
    assert not file.with_name("ran").exists()
