"""What a refusal names as next is typed in the very state that printed it: it works, and orders what was asked for."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
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


# Steps that no command of ours can take, and those of other states: typed in a shell, one after the other


def _shell(film: Folder, step: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """As a person would type it there; `export` lasts."""
    if step.startswith("export "):
        name, _, value = step.removeprefix("export ").partition("=")
        film.env[name] = value.strip('"')
        return subprocess.CompletedProcess(step, 0, "", "")
    typed = step.replace("reelmake", shlex.join([sys.executable, "-m", "reelmake"]), 1) if _ours(step) else step
    env = {**os.environ, **film.own, "NO_COLOR": "1", **film.env}
    return subprocess.run(["sh", "-c", typed], cwd=cwd, env=env, capture_output=True, text=True, check=False)


def _ours(step: str) -> bool:
    return step.startswith("reelmake ")


def _walked(film: Folder, first: Ran, cwd: Path) -> list[str]:
    """Takes every step of a refusal in order, all of which must work but those that pay: they ask."""
    steps = _next(first)
    assert steps
    for step in steps:
        ran = _shell(film, step, cwd)
        assert ran.returncode in ((0, 3) if _ours(step) else (0,)), f"{step}\n{ran.stdout}{ran.stderr}"
    return steps


@pytest.mark.parametrize("where", [".", "sub", ".."])
def test_what_is_in_the_way_is_moved_from_wherever_it_is_typed(film: Folder, where: str) -> None:
    film.write("build", "not a folder")
    film.write("sub/x", "")
    given = ("-f", "film/storyboard.yaml") if where == ".." else ()
    refused = film.run("build", "b", "cut.mp4", "--yes", *given, cwd=where).expect(1, stderr="RM962")
    moved, again = _walked(film, refused, film.root / where)
    assert moved.startswith("mv ")
    assert (film.root / "build.old").read_text() == "not a folder"
    assert again.startswith("reelmake build b cut.mp4")


@pytest.mark.parametrize("where", [".", ".."])
def test_a_state_in_git_is_taken_out_as_it_says(film: Folder, where: str) -> None:
    film.run("build", "b", "--yes").expect()
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b.example"]
    film.env |= {f"GIT_{who}_{what}": "a@b.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    for words in (["init", "-q"], ["add", "-f", ".reelmake"], ["commit", "-qm", "all"]):
        subprocess.run([*git, *words], cwd=film.root, check=True)
    given = ("-f", "film/storyboard.yaml") if where == ".." else ()
    refused = film.run("build", "b", *given, cwd=where).expect(3, stderr="RM964")
    _walked(film, refused, film.root / where)
    film.run("build", "b").expect()


def test_a_binding_is_exported_as_it_says(film: Folder) -> None:
    head = HEAD.replace("loop-vendor,", "loop-vendor, base_url: 'https://a.example/v1', api_key: '${env:STUDIO_KEY}',")
    film.storyboard(FILM, head=head)
    film.env["STUDIO_KEY"] = "k"
    refused = film.run("build", "b", "--yes").expect(3, stderr="RM821")
    _walked(film, refused, film.root)
    assert "RM821" not in film.run("build", "b", "--yes").stderr


def test_what_is_away_is_ordered_again_as_it_says(film: Folder) -> None:
    film.run("build", "b", "--yes").expect()
    shutil.rmtree(film.root / ".reelmake")
    refused = film.run("build", "b", "--yes").expect(3, stderr="RM823")
    pull, remake = [step for step in _next(refused) if _ours(step)]
    assert pull == "reelmake cache pull"
    film.run(*shlex.split(pull)[1:]).expect(2, stderr="RM971")  # they are shared nowhere, and it says how to
    asked = film.run(*shlex.split(remake)[1:]).expect(3, stderr="RM803")
    [paying] = [step for step in _next(asked) if "--yes" in step]
    film.run(*shlex.split(paying)[1:]).expect()
    assert bill(film) == ["A tram.", "A tram."]


def test_a_damaged_journal_is_settled_as_it_says(film: Folder) -> None:
    film.run("build", "b", "--yes").expect()
    journal = film.root / ".reelmake" / "journal"
    lines = journal.read_bytes().split(b"\n")
    journal.write_bytes(b"\n".join([b"\x00" + lines[0][1:], *lines[1:]]))
    refused = film.run("build", "e", "--yes").expect(3, stderr="RM911")
    _walked(film, refused, film.root)
    film.run("build", "e", "--yes").expect()
