"""What stands where an output is to be is told before anything is made."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.support.folder import Folder

BOARD = """\
shots:
  kite: {prompt: A child flies a kite.}
outputs:
  cut.mp4: {}
  live/page.srt: {}
"""
SAID = {
    "build": "build/cut.mp4 cannot be written: build is a file, where a folder is needed",
    "build/live": "build/live/page.srt cannot be written: build/live is a file, where a folder is needed",
    "build/cut.mp4/x": "build/cut.mp4 cannot be written: build/cut.mp4 is a folder",
}


def git(root: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=root, check=True)


@pytest.mark.parametrize("file", SAID)
def test_what_is_in_the_way_is_named_and_nothing_is_made(project: Folder, file: str) -> None:
    project.storyboard(BOARD.replace("kite.}", "kite., caption: Wind!}"))
    mine = project.write(file, "mine")
    told = project.run("build").expect(1, stderr=f"error[RM962]: {SAID[file]}")
    assert " done in " not in told.stderr
    error = project.run("build", "--json").expect(1).json["error"]
    assert (error["code"], error["message"]) == ("RM962", SAID[file])
    away = file.removesuffix("/x")
    assert [step["command"] for step in error["next"]] == [f"mv {away} {away}.old", "reelmake build"]
    assert mine.read_text() == "mine"


@pytest.mark.parametrize("file", [".reelmake", ".reelmake/store", ".reelmake/takes"])
def test_a_file_where_the_state_is_to_be(project: Folder, file: str) -> None:
    project.storyboard(BOARD.replace("kite.}", "kite., caption: Wind!}"))
    mine = project.write(file, "mine")
    for command in ("build", "plan", "status", "doctor"):
        told = project.run(command).expect(1, stderr=f"error[RM962]: {file} is a file, where a folder is needed")
        assert f"next: mv {file} {file}.old\n" in told.stderr
    assert mine.read_text() == "mine"


@pytest.mark.parametrize("link", ["build", "build/social"])
def test_nothing_is_written_through_a_link(project: Folder, link: str) -> None:
    """A storyboard may come with links; only the owner of the machine can mean one."""
    away = project.root.parent / "elsewhere"
    away.mkdir()
    old = away / ".part"
    project.storyboard("shots:\n  kite: {prompt: A child flies a kite.}\noutputs: {social/cut.mp4: {}}\n")
    (project.root / link).parent.mkdir(exist_ok=True)
    (project.root / link).symlink_to(away)
    told = project.run("build").expect(3, stderr=f"error[RM963]: {link} is a link to {away}")
    assert " done in " not in told.stderr
    assert "blocked" not in project.run("plan").expect(0).stderr
    assert list(away.iterdir()) == []
    project.env["REELMAKE_LINKS"] = str(away)
    project.run("build").expect(0)
    assert len(list(away.rglob("cut.mp4"))) == 1
    assert not old.exists()


def test_an_output_that_is_a_link_is_replaced_and_what_it_leads_to_is_not(project: Folder) -> None:
    project.storyboard("shots:\n  kite: {prompt: A child flies a kite.}\n")
    mine = project.write("../mine.mp4", "mine")
    (project.root / "build").mkdir()
    (project.root / "build/cut.mp4").symlink_to(mine)
    project.run("build").expect(0)
    assert mine.read_text() == "mine"
    assert not (project.root / "build/cut.mp4").is_symlink()


@pytest.mark.parametrize(("link", "target"), [("build/cut.mp4", "/proc/self/environ"), ("build/deep/clips", "..")])
def test_nothing_is_built_beside_a_link_that_came_with_a_commit(project: Folder, link: str, target: str) -> None:
    """A workflow uploads build/cut.mp4, whether the stranger's board makes one or not."""
    project.storyboard("shots:\n  kite: {prompt: A child flies a kite.}\noutputs: {other.mp4: {}}\n")
    place = project.root / link
    place.parent.mkdir(parents=True)
    place.symlink_to(target)
    git(project.root, "init", "-q")
    git(project.root, "add", "-f", link)
    project.run("build", "--draft").expect(3, stderr=f"error[RM824]: {link} is a link that git tracks")
    git(project.root, "rm", "-q", "--cached", link)
    project.run("build", "--draft").expect(0)


def test_a_link_that_leads_nowhere_is_in_the_way(project: Folder) -> None:
    project.storyboard("shots:\n  kite: {prompt: A child flies a kite.}\n")
    (project.root / "build").symlink_to("elsewhere")
    project.run("build").expect(1, stderr="build is a link that leads nowhere, where a folder is needed")


def test_it_is_told_when_everything_is_made_too(project: Folder) -> None:
    project.storyboard("shots:\n  kite: {prompt: A child flies a kite.}\n")
    project.run("build").expect(0)
    (project.root / "build").rename(project.root / "kept")
    project.write("build", "mine")
    project.run("build").expect(1, stderr="RM962")
    (project.root / "build").unlink()
    project.run("build").expect(0)
    assert (project.root / "build/cut.mp4").is_file()
