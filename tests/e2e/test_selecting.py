"""Selections with the real command and real git: what differs from a revision is built, and nothing else."""

from __future__ import annotations

import json
import subprocess

import pytest

import reelmake
from tests.support.folder import Folder

FILM = """\
vars: {light: dusk}
shots:
  skyline: {prompt: A city at dawn.}
  park: {prompt: A child flies a red kite in a park., takes: 2}
  dusk: {remix: park, prompt: "The same at ${light}."}
  home: {continue: dusk, prompt: She walks home.}
"""


def git(folder: Folder, *words: str) -> str:
    who = ("-c", "user.name=Kim", "-c", "user.email=kim@example.org")
    return subprocess.run(["git", *who, *words], cwd=folder.root, check=True, capture_output=True, text=True).stdout


VARIANTS = """reelmake: 1
matrix: {x: [a, b, c]}
defaults: {size: 64x36, seconds: 0.5}
shots:
  own: {prompt: "A kite, ${x}."}
  same: {prompt: A ticket.}
"""


@pytest.fixture
def film(project: Folder) -> Folder:
    """At `main`, and here with another light."""
    project.storyboard(FILM)
    git(project, "init", "-q", "-b", "main")
    git(project, "add", "-A")
    git(project, "commit", "-qm", "A film")
    project.storyboard(FILM.replace("dusk}", "night}"))
    return project


def names(folder: Folder, *words: str) -> list[str]:
    """The shots that `status` shows."""
    return [shot["shot"] for shot in folder.run("status", "--json", *words).expect().json["shots"]]


def test_what_has_changed_since_a_revision(film: Folder) -> None:
    assert names(film, "@changed:main") == ["dusk"]
    assert names(film, "@changed:main+") == ["dusk", "home"]
    assert names(film, "+@changed:HEAD") == ["park", "dusk"]
    assert names(film, "@changed:main...", "sky*") == ["skyline", "dusk"]
    film.run("plan", "@changed:nowhere").expect(2, stderr="nowhere")


def test_every_command_that_takes_shots_takes_selections(film: Folder) -> None:
    assert set(film.verdicts("@changed:main+")) == {"park", "dusk", "home"}  # with what they are made from
    assert [shot["shot"] for shot in film.run("explain", "--json", "@changed:main+").expect().json["shots"]] == [
        *("dusk", "home"),
    ]
    assert {take["shot"] for take in film.run("takes", "--json", "+dusk").expect().json["takes"]} == {"park", "dusk"}
    assert "home" not in film.run("graph", "--format", "json", "@changed:main").expect().stdout
    assert (
        film.run("retake", "-n", "--json", "@changed:main+").expect().json["generate"] == 5
    )  # and what they are made from
    film.run("export", "dusk+", "-o", "x.mp4").expect(2, stderr='"dusk+" matches 2 shots')
    board = reelmake.load(film.root / "storyboard.yaml")
    assert [d.step.name for d in reelmake.plan(board, ["@changed:main"]).jobs] == ["park", "dusk"]


def test_nothing_changed_is_nothing_to_do(film: Folder) -> None:
    film.storyboard(FILM + "# The same film.\n")
    said = film.run("build", "@changed:main+").expect(stderr="@changed:main+ selects nothing: no shot has changed")
    assert said.stdout == ""
    assert "nothing to do: 0 takes reused\n" in said.stderr
    assert not (film.root / "build").exists()
    assert film.run("plan", "--json", "@changed:main").expect().json["jobs"] == []
    film.run("explain", "@changed:main").expect(stderr="@changed:main selects nothing: no shot has changed")
    film.run("export", "@changed:main", "-o", "x.mp4").expect(2, stderr="matches 0 shots\n   = help: name one\n")
    assert film.run("pick", "--json", "@changed:main", "2").expect().json["picked"] == {}
    assert film.run("retake", "--json", "@changed:main").expect().json["generated"] == 0
    assert reelmake.plan(film.root / "storyboard.yaml", "@changed:main").decisions == {}


@pytest.mark.slow
def test_only_what_has_changed_is_made_and_the_answer_follows_the_branch(film: Folder) -> None:
    made = film.build("@changed:main")
    assert (sorted(made["clips"]), made["outputs"]) == (["dusk", "park"], {})
    film.build("@changed:main")
    git(film, "commit", "-qam", "Night")  # no file of the project is another one, but the answer is

    assert film.build("@changed:main") == {"outputs": {}, "generated": 0, "reused": 0, "cost_usd": 0.0}


def test_where_there_was_no_storyboard_everything_is_new(project: Folder) -> None:
    project.write("README", "A film.\n")
    git(project, "init", "-q", "-b", "main")
    git(project, "add", "-A")
    git(project, "commit", "-qm", "No film yet")
    project.storyboard(FILM)

    assert names(project, "@changed:main") == ["skyline", "park", "dusk", "home"]


def test_names_are_completed(film: Folder) -> None:
    words = film.run("completion", "names").expect().stdout.split()
    assert words == ["skyline", "park", "dusk", "home", "build/cut.mp4", "cut.mp4"]
    film.write("complete", film.run("completion", "bash").expect().stdout)
    shell = """
        reelmake() { "$PYTHON" -m reelmake "$@"; }
        source ./complete
        COMP_CWORD=2
        for word in pa +du +; do COMP_WORDS=(reelmake build $word); _shtab_reelmake; echo ${COMPREPLY[*]}; done
    """
    asked = {"PYTHON": film.python, "PATH": "/usr/bin:/bin"}
    said = subprocess.run(["bash", "-c", shell], cwd=film.root, env=asked, capture_output=True, text=True, check=True)
    assert said.stdout.splitlines()[:2] == ["park", "+dusk"], said.stderr
    assert json.dumps(said.stdout.splitlines()[2]).count("+") == len(words)


def test_of_a_shared_take_only_the_selected_variant_is_told(project: Folder) -> None:
    project.write("storyboard.yaml", VARIANTS)
    told = project.run("plan", "b/*").expect().stdout
    assert [line.split()[0] for line in told.splitlines() if "/" in line] == ["b/own", "b/same"]
    assert "shares the take" not in told
    built = project.run("build", "b/*").expect().stdout
    assert [line.split()[0] for line in built.splitlines()] == ["b/own", "b/same"]
