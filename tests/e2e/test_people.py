"""What people see of a build, of the log and of takes, without a terminal."""

from __future__ import annotations

import pytest

from tests.support.folder import Folder

SHOTS = "shots:\n  a: {prompt: A kite., seconds: 0.5}\n  b: {prompt: A tram., seconds: 0.5}\n"


def test_the_bare_command_prints_the_help(project: Folder) -> None:
    told = project.run().expect(2, stdout="usage: reelmake")
    assert told.stderr == ""
    assert "build" in told.stdout


@pytest.mark.slow
def test_a_build_prints_a_line_a_take_and_a_line_an_output(project: Folder) -> None:
    project.storyboard(SHOTS)
    built = ("build", "--set", "title=Two words", "--events", "events.jsonl")
    told = project.run(*built).expect().stderr.splitlines()
    first, *takes, wrote, last = [line.partition("] ")[2] or line for line in told]
    assert (first, wrote) == ("2 to generate, 0 reused", "wrote build/cut.mp4")
    assert sorted(line.partition(" done in ")[0] for line in takes) == ["a", "b"]
    assert last.startswith("done in ")
    assert "segment:cut.mp4:001" in (project.root / "events.jsonl").read_text()  # the events have every step

    project.env["TZ"] = "Asia/Tokyo"
    last = project.run("log").expect().stdout.splitlines()[-1]
    assert "--set 'title=Two words'" in last
    runs = project.run("log", "--json").expect().json["runs"]
    utc, local = runs[-1]["at"], last[10:26]
    assert (int(local[11:13]) - int(utc[11:13])) % 24 == 9
    listed = project.run("takes").expect().stdout.splitlines()
    assert [line.split()[-1] for line in listed] == [
        t["sha256"][:12] for t in project.run("takes", "--json").expect().json["takes"]
    ]
    assert "cut.mp4: up to date" in project.run("status", "--set", "title=Two words").expect().stdout
