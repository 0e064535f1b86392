"""Runs as they are remembered: a line each, in full, and whatever a crash has left of them."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reelmake.session import past_runs
from reelmake.session.workspace import Workspace
from tests.support.desk import Post, post
from tests.support.folder import Folder
from tests.support.repository import Repository

EARLIER = """\
{"at": "2026-11-21T09:12:00+00:00", "command": ["build", "-q"], "generated": 5, "reused": 0, "failed": 0, \
"cost_usd": 1.5, "interrupted": false, "took": 2.1}
"""
SHOTS = "shots:\n  a: {prompt: A kite.}\n  b: {prompt: %s}\n"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    with post(tmp_path / "film", monkeypatch) as found:
        yield found


def test_lines_of_earlier_versions_are_runs(project: Folder) -> None:
    project.storyboard("shots: {a: {prompt: A kite.}}")
    project.run("log", "last").expect(2, stderr="error[RM743]: there was no run yet")
    project.write(".reelmake/runs.jsonl", EARLIER)
    (run,) = project.run("log", "--json").expect().json["runs"]
    text = project.run("log", run["id"][:6]).expect().stdout
    assert "build -q" in text
    assert "$1.50" in text
    assert project.run("log", "last", "--json").expect().json["run"] == run
    project.run("diff", run["id"]).expect(2, stderr="error[RM744]")
    project.run("log", run["id"][:5]).expect(2, stderr="error[RM743]")


def workspace(root: Path) -> Workspace:
    return Workspace(root / "storyboard.yaml")


def test_a_line_that_a_crash_cut_short_costs_no_other(tmp_path: Path) -> None:
    film = workspace(tmp_path)
    first = past_runs.note(film, {"took": 1})
    lines = film.state / "runs.jsonl"
    whole = lines.read_bytes()
    for length in range(1, len(whole) + 1):
        lines.write_bytes(whole + whole[:length])
        id = past_runs.note(film, {"took": length + 1})
        ids = [run["id"] for run in past_runs.listed(film)]
        assert (ids[0], ids[-1], len(ids)) == (first, id, 2 + (length >= len(whole) - 1))


def test_runs_that_end_at_once_are_all_there(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as crew:
        ids = crew.starmap(_noted, [(tmp_path, n) for n in range(60)])
    assert {run["id"] for run in past_runs.listed(workspace(tmp_path))} == set(ids)
    assert len(set(ids)) == 60


def _noted(root: Path, number: int) -> str:
    return past_runs.note(workspace(root), {"took": number, "words": "x" * 3000})


def test_only_the_last_are_kept_in_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(past_runs, "KEPT", 3)
    film = workspace(tmp_path)
    ids = [past_runs.note(film, {"took": n}, {"takes": [{"key": f"key {n}"}]}) for n in range(5)]
    assert {file.stem for file in (film.state / "runs").iterdir()} == set(ids[2:])
    assert past_runs.in_full(film, ids[4])["takes"] == [{"key": "key 4"}]
    assert "takes" not in past_runs.in_full(film, ids[0])


@pytest.mark.slow
def test_a_run_says_what_it_made_reused_and_failed_at(desk: Post) -> None:
    desk.board(SHOTS % "A tram.")
    commit = Repository.begin(desk.root).commit({".gitignore": ".reelmake/\nbuild/\n"})
    desk.build().expect()
    first = shown(desk)
    assert [(t["name"], t["how"], t["cost_usd"]) for t in first["takes"]] == [("a", "made", 0.1), ("b", "made", 0.1)]
    assert first["providers"] == {"studio": {"spent": 0.2}}
    assert first["revision"] == {"commit": commit, "changed": []}
    assert [(o["output"], o["frames"]) for o in first["outputs"]] == [("build/cut.mp4", 48)]
    assert "@" in first["by"]

    desk.board(SHOTS % "A boat., extras: {script: [400-moderation]}")
    desk.build().expect(1)
    second = shown(desk)
    assert [(t["name"], t["how"]) for t in second["takes"]] == [("a", "reused")]
    ((name, code),) = [(f["name"], f["code"]) for f in second["failures"]]
    assert (name, code) == ('shot "b"', "RM921")
    assert second["skipped"]
    assert second["revision"]["changed"] == ["storyboard.yaml"]
    text = desk.run("log", "last").expect().stdout
    assert 'failed    shot "b"  RM921' in text
    assert "reused    a" in text
    assert f"revision  {commit[:12]}, with changes in storyboard.yaml" in text

    said = desk.run("diff", first["id"], "--json").expect().json
    assert [(d["shot"], d["kind"]) for d in said["shots"]] == [("b", "changed")]
    assert said["shots"][0]["changes"][0]["before"] == "A tram."
    listed = desk.run("log").expect().stdout.splitlines()
    assert [line[:8] for line in listed] == [first["id"], second["id"]]


def shown(desk: Post) -> Any:
    return json.loads(desk.run("log", "last", "--json").expect().stdout)["run"]
