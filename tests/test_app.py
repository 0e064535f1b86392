"""What the program makes of a disk that fails where nobody expected it, and of a stdout that nobody reads."""

from __future__ import annotations

import errno
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from reelmake import app
from reelmake.commands import doctor
from reelmake.scratch import discard
from reelmake.store.hold import Hold
from reelmake.store.lines import Lines


def test_a_disk_that_fails_is_told_and_is_no_bug(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*args: object) -> int:
        raise OSError(errno.EROFS, "Read-only file system", "/film/x")

    monkeypatch.setattr(doctor, "run", run)

    assert app.main(["doctor"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("error[RM960]: /film/x: Read-only file system\n")
    assert "Traceback" not in said
    assert "bug" not in said


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC, errno.EPIPE])
def test_an_error_of_a_disk_is_not_blamed_on_stdout(
    number: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*args: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(doctor, "run", run)

    assert app.main(["doctor"]) == 1
    assert "stdout" not in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize(
    "argv", [["explain", "RM203"], ["explain", "RM999"], ["providers", "--json"], ["explain", "RM999", "--json"]]
)
def test_a_stdout_that_cannot_be_written_is_one_line(argv: list[str], tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "reelmake", *argv], cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True
        )

    assert "Traceback" not in ran.stderr
    if argv != ["explain", "RM999"]:  # which has nothing for stdout
        assert ran.returncode == 1
        assert "error: the result cannot be written to stdout: No space left on device\n" in ran.stderr


def test_what_cannot_be_thrown_away_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()

    discard(tmp_path / "folder", tmp_path / "not there", tmp_path / "file")

    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def _broken(*args: object) -> None:
    raise OSError(errno.EIO, "Input/output error")


def test_a_hold_that_cannot_be_tidied_is_given_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Hold(tmp_path / "hold"):
        monkeypatch.setattr(os, "ftruncate", _broken)
    monkeypatch.undo()

    with Hold(tmp_path / "hold", wait=False):
        pass


def test_the_error_of_a_line_is_the_first_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = Lines(tmp_path / "journal", "the journal")
    lines.append({"n": 1})

    def full(*args: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        patched.setattr(os, "ftruncate", _broken)
        with pytest.raises(Exception, match="disk is full"):
            lines.append({"n": 2})
    assert [record["n"] for _, record in lines.read().records] == [1]


def test_a_folder_that_was_deleted(tmp_path: Path) -> None:
    gone = "mkdir gone; cd gone; rmdir ../gone; exec "
    command = gone + shlex.join([sys.executable, "-P", "-m", "reelmake", "plan"])
    ran = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (1, "error[RM960]: the current folder no longer exists\n")
