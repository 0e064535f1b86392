"""Notes that somebody edited, or that came with a folder: they cost a little time, and end nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.folder import Folder

BOARD = """
shots:
  a: {prompt: A kite over the sea., seconds: 0.5}
outputs: {cut.mp4: {}}
"""
HUGE = 10**400


@pytest.fixture
def film(project: Folder, tmp_path: Path) -> Folder:
    project.env["REELMAKE_CACHE"] = (tmp_path / "shared").as_uri()
    project.storyboard(BOARD)
    project.run("build").expect(stderr="1 pushed")
    return project


def test_notes_of_another_form_are_as_none(film: Folder, tmp_path: Path) -> None:
    state = film.root / ".reelmake"
    key = next((state / "takes").glob("*/*.json")).stem
    (state / "shared.json").write_text(json.dumps({str(tmp_path / "shared"): {key: [[]], "": HUGE}}))
    for name in ("pace.json", "local-pace.json"):
        (state / name).write_text(json.dumps({"sketch ": HUGE, "pace": HUGE}))
    told = json.loads((state / "runs.jsonl").read_text())
    for odd in ({**told, "cost_usd": "much"}, {**told, "took": "long"}, {**told, "notes": [[]]}, {"at": 5}):
        with (state / "runs.jsonl").open("a") as file:
            file.write(json.dumps(odd) + "\n")
    assert len(film.run("log").expect().stdout.splitlines()) == 1
    film.run("log", "last").expect(2, stderr="what is remembered of this run is damaged")
    film.storyboard(BOARD.replace("kite", "tram"))
    film.run("plan").expect()
    film.run("build").expect(stderr="1 generated, 0 reused, 1 pushed")
    film.run("build").expect(stderr="nothing to do")
