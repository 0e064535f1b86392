"""What a refusal names as next is typed in the very state that printed it: it works, and orders what was asked for."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tests.e2e.test_money import FILM, HEAD, bill
from tests.support.folder import Folder, Ran

pytestmark = pytest.mark.slow

STATES = {
    "a build": ("build", []),
    "a build of one shot": ("build b", []),
    "a build over its budget": ("build b --budget 0.10", []),
    "a locked build": ("build b --locked", []),
    "a retake": ("retake a", ["build a --yes"]),
    "a retake over its budget": ("retake a --budget 0.01", ["build a --yes"]),
    "a shot of its own": ("shoot Snow. --tier final", []),
    "a build of what became dear": ("build b e --budget 0.20", ["build b --yes"]),
}
ORDERED = {  # what a step that pays may order in that state, beyond what was ordered before
    "a build": {"A kite.", "A tram.", "The kite at dusk.", "It lands.", "The sea."},
    "a build of one shot": {"A tram."},
    "a build over its budget": {"A tram."},
    "a locked build": {"A tram."},
    "a retake": {"A kite."},
    "a retake over its budget": {"A kite."},
    "a shot of its own": {"Snow."},
    "a build of what became dear": {"The sea."},
}


@pytest.fixture
def film(project: Folder) -> Folder:
    vendor = Path(__file__).parent.parent / "support" / "vendor"
    project.env |= {
        "PYTHONPATH": str(vendor),
        "VENDOR_WORLD": str(project.root / "vendor"),
        "XDG_STATE_HOME": str(project.root / "state"),
    }
    project.storyboard(FILM, head=HEAD)
    return project


@pytest.mark.parametrize("state", STATES)
def test_what_is_next_works_where_it_is_said(film: Folder, state: str, tmp_path: Path) -> None:
    command, before = STATES[state]
    for line in before:
        film.run(*shlex.split(line)).expect()
    refused = film.run(*shlex.split(command)).expect(3)
    steps = _next(refused)
    assert steps

    for n, step in enumerate(steps):
        there = film.copy(tmp_path / f"then-{n}")
        there.env["VENDOR_WORLD"] = str(there.root / "vendor")
        there.env["XDG_STATE_HOME"] = str(there.root / "state")
        paid = bill(there)
        words = shlex.split(step)
        assert words[0] == "reelmake"
        ran = there.run(*words[1:])
        new = bill(there)[len(paid) :]
        if "--yes" in words or "--budget" in words:
            ran.expect()
            assert set(new) == ORDERED[state]
            assert len(new) == len(set(new))
        else:
            assert ran.code in (0, 3), ran.stderr  # a look, or the same question once more
            assert not new


def _next(ran: Ran) -> list[str]:
    mark = "= next: "
    return [line.partition(mark)[2] for line in ran.stderr.splitlines() if mark in line]
