"""What stands where an output is to be is told before anything is made."""

from __future__ import annotations

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


@pytest.mark.parametrize("file", SAID)
def test_what_is_in_the_way_is_named_and_nothing_is_made(project: Folder, file: str) -> None:
    project.storyboard(BOARD.replace("kite.}", "kite., caption: Wind!}"))
    mine = project.write(file, "mine")
    told = project.run("build").expect(1, stderr=f"error[RM962]: {SAID[file]}")
    assert "started" not in told.stderr
    error = project.run("build", "--json").expect(1).json["error"]
    assert (error["code"], error["message"]) == ("RM962", SAID[file])
    away = file.removesuffix("/x")
    assert [step["command"] for step in error["next"]] == [f"mv {away} {away}.old", "reelmake build"]
    assert mine.read_text() == "mine"


def test_a_link_that_leads_nowhere_is_in_the_way_and_one_to_a_folder_is_not(project: Folder) -> None:
    project.storyboard("shots:\n  kite: {prompt: A child flies a kite.}\n")
    (project.root / "build").symlink_to("elsewhere")
    project.run("build").expect(1, stderr="build is a link that leads nowhere, where a folder is needed")
    (project.root / "elsewhere").mkdir()
    project.run("build").expect(0)
    assert (project.root / "elsewhere/cut.mp4").is_file()
    assert project.run("build").expect(0).stdout


def test_it_is_told_when_everything_is_made_too(project: Folder) -> None:
    project.storyboard("shots:\n  kite: {prompt: A child flies a kite.}\n")
    project.run("build").expect(0)
    (project.root / "build").rename(project.root / "kept")
    project.write("build", "mine")
    project.run("build").expect(1, stderr="RM962")
    (project.root / "build").unlink()
    project.run("build").expect(0)
    assert (project.root / "build/cut.mp4").is_file()
