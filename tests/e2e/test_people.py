"""What people see of a build, of the log and of takes, without a terminal."""

from __future__ import annotations

import re

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
    told = project.run("build", "--set", "title=Two words", "--events", "events.jsonl").expect().stderr.splitlines()
    said = [re.sub(r"\[.*?\] | in [\d.]+ s", "", line) for line in told]
    assert said == [
        "2 to generate, 0 reused",
        *sorted(line for line in said if line.startswith(("a done", "b done"))),
        "wrote build/cut.mp4",
        "done: 2 generated, 0 reused",
    ]
    assert len(said) == 5
    assert "segment:cut.mp4:001" in (project.root / "events.jsonl").read_text()  # the events have every step

    project.env["TZ"] = "Asia/Tokyo"
    last = project.run("log").expect().stdout.splitlines()[-1]
    assert "--set 'title=Two words'" in last
    runs = project.json("log")["runs"]
    utc, local = runs[-1]["at"], last[:16]
    assert (int(local[11:13]) - int(utc[11:13])) % 24 == 9
    takes = project.run("takes").expect().stdout.splitlines()
    assert [line.split()[-1] for line in takes] == [t["sha256"][:12] for t in project.json("takes")["takes"]]
    assert "cut.mp4: up to date" in project.run("status").expect().stdout
