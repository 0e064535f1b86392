"""What paths of a project lead to, and what of its state was not made here."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from reelmake.errors import LocalTool, Unwilling
from reelmake.store.disk import make_folder
from reelmake.store.git_index import tracked
from reelmake.store.premises import Premises, state


def git(folder: Path, *words: str) -> str:
    who = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "init.defaultBranch=main"]
    return subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """A work tree with one file in a commit."""
    film = tmp_path / "film"
    film.mkdir()
    git(film, "init", "-q")
    (film / "storyboard.yaml").write_text("reelmake: 1\n")
    git(film, "add", "-A")
    git(film, "commit", "-qm", "one")
    return film


def commit(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("mine")
    git(folder, "add", "-f", name)
    git(folder, "commit", "-qm", name)


def test_state_ignores_itself_and_is_there_again_if_it_is_lost(film: Path) -> None:
    make_folder(film / ".reelmake", durable=False)
    (film / ".reelmake/journal").write_text("an order")
    assert git(film, "status", "--short", "--untracked-files=all") == ""
    (film / ".reelmake/.gitignore").unlink()
    make_folder(film / ".reelmake", durable=True)
    git(film, "add", "-A")
    git(film, "clean", "-fdq")
    assert (film / ".reelmake/journal").read_text() == "an order"
    assert tracked(str(film), ".reelmake") == ""
    assert state(film) == film / ".reelmake"


def test_it_ignores_itself_on_disk_before_a_journal_has_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a power cut could leave a journal that a commit takes along, or a clean away."""
    synced: list[str] = []
    fsync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda n: (synced.append(str(Path(f"/proc/self/fd/{n}").readlink())), fsync(n))[1])
    make_folder(tmp_path / ".reelmake", durable=False)
    state = str(tmp_path / ".reelmake")
    assert [Path(name).suffix for name in synced] == [".tmp", "", ".tmp", "", ""]  # its form, the rule, and the names
    assert synced[1::2] + synced[4:] == [state, state, str(tmp_path)]


@pytest.mark.parametrize("below", ["", "films/kite/"])
@pytest.mark.parametrize("name", [".reelmake/journal", ".Reelmake/journal", ".reelmake/store/ab/" + "c" * 250])
def test_a_state_that_came_with_a_commit_is_refused(film: Path, below: str, name: str) -> None:
    commit(film, below + name)
    for index in ("2", "3", "4"):
        git(film, "update-index", "--index-version", index)
        with pytest.raises(Unwilling, match="git tracks") as refused:
            state(film / below)
        assert refused.value.code == "RM964"
    git(film, "rm", "-qr", "--cached", below + name.split("/")[0])
    assert tracked(str(film / below), ".reelmake") == ""


def test_a_state_that_is_a_link_in_a_commit_is_refused(film: Path, tmp_path: Path) -> None:
    (tmp_path / "big").mkdir()
    (film / ".reelmake").symlink_to(tmp_path / "big")
    git(film, "add", "-f", ".reelmake")
    assert tracked(str(film), ".reelmake") == ".reelmake"


def test_other_work_trees_submodules_and_split_indexes_are_seen(film: Path, tmp_path: Path) -> None:
    git(film, "worktree", "add", "-q", "-b", "other", str(tmp_path / "other"))
    commit(tmp_path / "other", ".reelmake/journal")
    assert tracked(str(tmp_path / "other"), ".reelmake") == ".reelmake/journal"
    assert tracked(str(film), ".reelmake") == ""
    git(tmp_path / "other", "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(film), "sub")
    assert tracked(str(tmp_path / "other/sub"), ".reelmake") == ""
    git(film, "update-index", "--split-index")
    commit(film, ".reelmake/takes/ab/x.json")
    assert tracked(str(film), ".reelmake") == ".reelmake/takes/ab/x.json"


def test_a_folder_that_looks_like_a_repository_is_not_asked_in_its_place(film: Path, tmp_path: Path) -> None:
    """git would take it for one, with what it is configured to run."""
    commit(film, "kite/.reelmake/journal")
    git(film, "init", "-q", "--bare", str(tmp_path / "bare"))
    shutil.copytree(tmp_path / "bare", film / "kite", dirs_exist_ok=True)
    for name, value in (("bare", "false"), ("worktree", "."), ("fsmonitor", f"touch {tmp_path}/run; false")):
        git(film, "config", "-f", "kite/config", f"core.{name}", value)
    assert "journal" not in git(film / "kite", "-c", "core.fsmonitor=false", "ls-files")
    git(film, "update-index", "--index-version", "4")
    assert tracked(str(film / "kite"), ".reelmake") == ".reelmake/journal"
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("name", ["x.reelmake/journal", "films/kite/.reelmake/journal", ".reelmakers", "a/b.reelmake"])
def test_the_state_of_another_is_not_ours(film: Path, name: str) -> None:
    commit(film, name)
    for index in ("2", "4"):
        git(film, "update-index", "--index-version", index)
        assert tracked(str(film), ".reelmake") == ""


@pytest.mark.parametrize(
    "git", [b"gitdir: /proc/self/environ", b"gitdir: a\0b", b"x" * 100_000, b"gitdir: ../gone", b""]
)
def test_a_repository_that_is_not_there_tracks_nothing(tmp_path: Path, git: bytes) -> None:
    """As of a second work tree that was mounted alone."""
    (tmp_path / ".git").write_bytes(git)
    assert state(tmp_path) == tmp_path / ".reelmake"


def test_no_pipe_is_waited_for(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    os.mkfifo(tmp_path / ".git/index")
    with pytest.raises(Unwilling, match="cannot tell if git tracks"):
        state(tmp_path)


def test_outside_of_git_nothing_is_tracked(tmp_path: Path) -> None:
    assert tracked(str(tmp_path), ".reelmake") == ""


@pytest.mark.parametrize(
    "name", ["", "store", "store/ab", "takes", "takes/ab", "tmp", "fresh", "hold", "journal", "runs.jsonl"]
)
def test_nothing_of_the_state_is_a_link(tmp_path: Path, name: str) -> None:
    film, outside = tmp_path / "film", tmp_path / "outside"
    outside.mkdir()
    link = film / ".reelmake" / name
    link.parent.mkdir(parents=True)
    link.symlink_to(outside)
    with pytest.raises(Unwilling, match="link") as refused:
        state(film)
    assert refused.value.code == "RM963"


def test_a_link_of_the_owner_of_the_machine_is_followed(film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    big = film.parent / "big"
    big.mkdir()
    (film / ".reelmake").symlink_to(big)
    monkeypatch.setenv("REELMAKE_LINKS", f"/nowhere{os.pathsep}{film.parent}/./big")
    assert state(film) == film / ".reelmake"
    git(film, "add", "-f", ".reelmake")
    with pytest.raises(Unwilling):
        state(film)
    monkeypatch.setenv("REELMAKE_LINKS", str(film.parent / "bi"))  # no folder, only the beginning of its name
    git(film, "rm", "-q", "--cached", ".reelmake")
    with pytest.raises(Unwilling):
        state(film)


WAYS: dict[str, Callable[[Path, Path], object]] = {
    "a link to a file": lambda file, away: file.symlink_to(away / "secret"),
    "a link by dots": lambda file, away: file.symlink_to("../outside/secret"),
    "a link to a link": lambda file, away: (
        (file.parent / "between").symlink_to(away / "secret"),
        file.symlink_to("between"),
    ),
    "the environment": lambda file, away: file.symlink_to("/proc/self/environ"),
    "a descriptor": lambda file, away: file.symlink_to("/dev/stdin"),
    "the secrets of git": lambda file, away: file.symlink_to(".git/config"),
    "what we remember": lambda file, away: file.symlink_to(".reelmake/journal"),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_file_outside_is_not_opened(film: Path, way: str) -> None:
    away = film.parent / "outside"
    away.mkdir()
    (away / "secret").write_text("hunter2")
    commit(film, "footage/a.txt")
    (film / ".reelmake").mkdir()
    (film / ".reelmake/journal").write_text("an order")
    WAYS[way](film / "a.txt", away)
    with pytest.raises(LocalTool) as refused:
        Premises(film).stat("a.txt")
    assert refused.value.code == "RM613"
    assert "hunter2" not in str(refused.value)


def test_a_file_in_a_folder_that_is_a_link_to_outside_is_not_opened(film: Path) -> None:
    away = film.parent / "outside"
    (away / "deep").mkdir(parents=True)
    (away / "deep/secret").write_text("hunter2")
    (film / "footage").symlink_to(away)
    with pytest.raises(LocalTool, match="outside of the project"):
        Premises(film).stat("footage/deep/secret")


def test_links_inside_and_those_of_the_owner_are_followed(film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    away = film.parent / "footage"
    away.mkdir()
    (away / "a.mov").write_text("a")
    (film / "b.yaml").symlink_to("storyboard.yaml")
    (film / "a.mov").symlink_to(away / "a.mov")
    assert Premises(film).stat("b.yaml").st_size == 12
    monkeypatch.setenv("REELMAKE_LINKS", str(away))
    assert Premises(film).stat("a.mov").st_size == 1


def test_what_is_no_file_is_said_and_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "zero").symlink_to("/dev/zero")
    for name, said in (("pipe", "a named pipe"), ("folder", "a folder")):
        with pytest.raises(LocalTool, match=f"it is {said}, not a file") as refused:
            Premises(tmp_path).stat(name)
        assert refused.value.code == "RM614"
    with pytest.raises(LocalTool, match="outside"):
        Premises(tmp_path).stat("zero")
    assert Premises(tmp_path).barred("missing") is None
