"""What `diff` says of a film in a real repository: of shots, of the cut, of outputs and of what it would cost."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support.film import footage
from tests.support.folder import Folder
from tests.support.repository import Repository

FILM = """\
reelmake: 1
defaults: {size: 128x72, seconds: 0.5}
stills: {kite: {prompt: A kite.}}
shots:
  park: {prompt: A park., image: {still: kite}}
  pond: {continue: park, prompt: It rains.}
  hill: {prompt: A hill.}
cut: [park, pond, hill]
"""
IGNORED = ".reelmake/\nbuild/\n"


@pytest.fixture
def film(project: Folder) -> Folder:
    project.write("storyboard.yaml", FILM)
    project.write(".gitignore", IGNORED)
    Repository.begin(project.root)
    return project


def commit(film: Folder) -> None:
    Repository(film.root).commit()


def change(film: Folder, before: str, after: str) -> None:
    text = (film.root / "storyboard.yaml").read_text()
    assert before in text
    film.write("storyboard.yaml", text.replace(before, after))


def diff(film: Folder, *words: str) -> Any:
    return film.run("diff", *words, "--json").expect().json


def kinds(said: Any) -> dict[str, str]:
    return {d["shot"]: d["kind"] for d in said["shots"]}


def test_what_was_never_made_can_be_compared(film: Folder) -> None:
    commit(film)
    assert film.run("diff", "HEAD").expect().stdout.splitlines()[1:] == ["nothing is different"]
    change(film, "A kite.", "A red kite.")
    change(film, "[park, pond, hill]", "[hill, {shot: park, trim: [0, 0.25]}, {shot: pond, title: Rain}]")
    said = diff(film, "HEAD")
    assert kinds(said) == {"kite": "changed", "park": "follows", "pond": "follows"}
    assert said["shots"][0]["changes"] == [{"label": "prompt", "before": "A kite.", "after": "A red kite."}]
    (cut,) = said["cuts"]
    moved, trimmed, titled = cut["entries"]
    assert titled["changes"] == [{"label": "title", "before": None, "after": "Rain"}]
    assert (moved["shot"], moved["moved_behind"], moved["changes"]) == ("hill", "", [])
    assert (trimmed["shot"], trimmed["moved_behind"]) == ("park", None)
    assert trimmed["changes"] == [{"label": "frames", "before": "12", "after": "6"}]
    assert (cut["frames"], cut["seconds"]) == ([36, 30], [1.5, 1.25])
    assert said["to_make"]["takes"] == 4
    text = film.run("diff", "HEAD").expect().stdout
    assert "park  made from kite, which changed" in text
    assert "cut  0:01.5 → 0:01.3\n  hill  moved to the beginning" in text
    assert text.endswith("To make: 4 takes, for free\n")
    commit(film)
    again = diff(film, "HEAD~1", "HEAD")
    assert {**again, "before": 0, "after": 0} == {**said, "before": 0, "after": 0}
    assert kinds(diff(film, "HEAD", "HEAD~1")) == kinds(said)
    told = film.run("report", "--base", "HEAD~1", "--draft").expect().stdout
    assert "follows        pond  made from park, which changed; in the cut title changed\n" in told


def test_before_there_was_a_film_all_is_new(film: Folder) -> None:
    (film.root / "storyboard.yaml").unlink()
    Repository(film.root).commit({"README": "Not yet."})
    film.write("storyboard.yaml", FILM)
    assert set(kinds(diff(film, "HEAD")).values()) == {"added"}
    commit(film)
    assert set(kinds(diff(film, "HEAD", "HEAD~1")).values()) == {"removed"}


def test_what_was_wrong_then_is_told_where_it_was(film: Folder) -> None:
    change(film, "A hill.}", "A hill., lasts: 3}")
    commit(film)
    change(film, ", lasts: 3", "")
    film.run("diff", "HEAD").expect(2, stderr="--> HEAD:storyboard.yaml:7:")
    film.run("diff", "nonsense").expect(2, stderr='error[RM741]: there is no revision "nonsense" here')


def test_a_file_is_what_is_in_it(film: Folder) -> None:
    lut = "LUT_3D_SIZE 2\n" + "".join(f"{r} {g} {b}\n" for b in (0, 1) for g in (0, 1) for r in (0, 1))
    film.write("warm.cube", lut)
    footage(film.root / "street.mp4", 1, 12)
    change(film, "hill: {prompt: A hill.}", "hill: {file: street.mp4, look: warm.cube}")
    change(film, "pond, hill]", "{shot: pond, look: warm.cube, insets: [{shot: hill}]}, hill]")
    commit(film)
    for old, new in (("warm.cube", "grade.cube"), ("street.mp4", "road.mp4")):
        (film.root / old).rename(film.root / new)
        text = (film.root / "storyboard.yaml").read_text()
        film.write("storyboard.yaml", text.replace(old, new))
    assert film.run("diff", "HEAD").expect().stdout.splitlines()[1:] == ["nothing is different"]
    assert film.run("plan", "@changed:HEAD", "--json").expect().json["jobs"] == []
    film.write("grade.cube", lut.replace("0 0 0", "0.1 0 0"))
    footage(film.root / "road.mp4", 2, 12)
    said = diff(film, "HEAD")
    assert [(d["shot"], [c["label"] for c in d["changes"]]) for d in said["shots"]] == [("hill", ["footage"])]
    labels = {e["shot"]: [c["label"] for c in e["changes"]] for e in said["cuts"][0]["entries"]}
    assert labels["pond"] == ["look", "look of inset 1"]
    assert "footage  (road.mp4)" in film.run("diff", "HEAD").expect().stdout


@pytest.mark.slow
def test_a_film_that_was_made_is_compared_by_its_takes_here_or_not(film: Folder, tmp_path: Path) -> None:
    film.run("build").expect()
    commit(film)
    film.run("retake", "hill").expect()
    film.run("build").expect()
    change(film, "  pond:", "  lake:")
    change(film, "park, pond", "park, lake")
    film.run("build").expect()
    commit(film)
    said = diff(film, "HEAD~1")
    assert kinds(said) == {"lake": "renamed", "hill": "repicked"}
    assert [d["takes"] for d in said["shots"]] == [None, [1, 2]]
    (output,) = said["outputs"]
    assert (output["output"], output["shots"], output["pieces"]) == (
        "build/cut.mp4",
        ["lake", "hill"],
        {"new": 2, "all": 3},
    )
    assert said["to_make"]["takes"] == 0
    clone = Folder(tmp_path / "clone")
    Repository(tmp_path).git("clone", "-q", str(film.root), "clone")
    there = diff(clone, "HEAD~1")
    assert {**there, "outputs": 0, "to_make": 0} == {
        **said,
        "outputs": 0,
        "to_make": 0,
    }  # nothing is here, all is known
    lock = (clone.root / "reelmake.lock").read_text()
    (now,) = [t["sha256"] for t in film.run("takes", "hill", "--json").expect().json["takes"] if t["picked"]]
    assert now in lock
    clone.write("reelmake.lock", lock.replace(now, "f" * 64))  # a colleague paid for the same once more
    assert kinds(diff(clone, "HEAD")) == {"hill": "remade"}
    shutil.rmtree(clone.root / ".git")
    clone.run("diff", "HEAD~1").expect(2, stderr="RM740")
