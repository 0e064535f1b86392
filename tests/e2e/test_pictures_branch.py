"""The branch with pictures for comments, on a real remote: one commit, the newest changes, and nobody else's branch."""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path

import pytest

from reelmake.errors import StepError
from reelmake.world import pictures_branch
from reelmake.world.pictures_branch import PicturesBranch, push

TOKEN = "ghs_planted-77aa"


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(tmp_path / "film.git")], check=True)
    return tmp_path / "film.git"


def asked(remote: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=remote, check=True, capture_output=True, text=True).stdout.strip()


def picture(tmp_path: Path, name: str, data: str) -> Path:
    file = tmp_path / name
    file.write_text(data)
    return file


def pushed(remote: Path, folder: str, *pictures: Path, branch: str = "shown") -> None:
    push(PicturesBranch(str(remote), TOKEN, branch), folder, pictures)


def files(remote: Path) -> list[str]:
    return asked(remote, "ls-tree", "-r", "--name-only", "shown").splitlines()


def test_it_has_one_commit_and_the_newest_of_each_change(remote: Path, tmp_path: Path) -> None:
    old, new = picture(tmp_path, "old.png", "1"), picture(tmp_path, "new.png", "2")
    pushed(remote, "12/preview", old)
    pushed(remote, "13/preview", old)
    pushed(remote, "12/trailer", old)
    pushed(remote, "12/preview", new)

    assert files(remote) == ["12/preview/new.png", "12/trailer/old.png", "13/preview/old.png"]
    assert asked(remote, "rev-list", "--count", "shown") == "1"
    assert asked(remote, "show", "shown:12/preview/new.png") == "2"
    assert asked(remote, "for-each-ref", "--format=%(refname)") == "refs/heads/shown"


def test_old_changes_make_room(remote: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures_branch, "KEPT", 2)
    for number in (9, 30, 100):
        pushed(remote, f"{number}/preview", picture(tmp_path, "a.png", str(number)))
    assert files(remote) == ["100/preview/a.png", "30/preview/a.png"]


def test_runs_that_push_at_once_all_get_in(remote: Path, tmp_path: Path) -> None:
    file = picture(tmp_path, "a.png", "1")
    runs = [threading.Thread(target=pushed, args=(remote, f"{number}/preview", file)) for number in range(4)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert files(remote) == [f"{number}/preview/a.png" for number in range(4)]


@pytest.mark.parametrize("subject", ["film", pictures_branch.SUBJECT])
def test_a_branch_with_anything_else_is_left_alone(subject: str, remote: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    who = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "clone", "-q", str(remote), str(work)], check=True, capture_output=True)
    for words in (["commit", "-qm", "film"], ["commit", "-qm", subject], ["push", "-q", "origin", "HEAD:main"]):
        more = ["--allow-empty"] if words[0] == "commit" else []
        subprocess.run(["git", *who, *words, *more], cwd=work, check=True)
    before = asked(remote, "rev-parse", "main")

    with pytest.raises(StepError, match="holds something else than pictures"):
        pushed(remote, "12/preview", picture(tmp_path, "a.png", "1"), branch="main")

    assert asked(remote, "rev-parse", "main") == before


def test_the_token_is_no_argument(remote: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = subprocess.run(["which", "git"], capture_output=True, text=True, check=True).stdout.strip()
    program = tmp_path / "bin" / "git"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/log\nenv >> {tmp_path}/env\nexec {real} "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    monkeypatch.setenv("GIT_DIR", "/nowhere")

    pushed(remote, "12/preview", picture(tmp_path, "a.png", "1"))

    said = (tmp_path / "log").read_text()
    assert "push" in said
    assert TOKEN not in said
    assert "Basic" not in said
    assert "Authorization: Basic" in (tmp_path / "env").read_text()
