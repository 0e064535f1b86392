"""States of every form there ever was, each left by the version that wrote it, are brought up one step at a time; one
of a newer form is refused, and stays as it is.

`tests/fixtures/state-N.tar.xz`: a small film of form N with two takes of a shot, a pick, what is continued from it, and
a sketch; $0.80 were paid. State 0 was left by the version before forms were counted, which is the first one there was.
"""

from __future__ import annotations

import json
import os
import shutil
import tarfile
from pathlib import Path

import pytest

from reelmake.store import disk, formats
from reelmake.store.hold import Hold
from tests.support.folder import Folder

FIXTURES = Path(__file__).parent.parent / "fixtures"


def state(project: Folder, form: int) -> Folder:
    with tarfile.open(FIXTURES / f"state-{form}.tar.xz") as archive:
        archive.extractall(project.root, filter="data")
    return project


def contents(project: Folder) -> dict[str, bytes]:
    files = (file for file in project.root.rglob("*") if file.is_file())
    return {str(file.relative_to(project.root)): file.read_bytes() for file in files}


def test_there_is_a_fixture_of_every_form() -> None:
    assert {file.name for file in FIXTURES.glob("state-*")} == {f"state-{n}.tar.xz" for n in range(disk.FORM + 1)}
    assert sorted(formats._STEPS) == [*range(disk.FORM)]
    assert disk.SINCE.keys() == {*range(1, disk.FORM + 1)}


@pytest.mark.parametrize("form", range(disk.FORM + 1))
def test_nothing_is_lost_and_nothing_paid_again(project: Folder, form: int) -> None:
    before = contents(state(project, form))
    draft = project.root / ".reelmake/takes/00/killed.tmp"
    draft.parent.mkdir(exist_ok=True)
    draft.touch()

    assert project.plan()["cost_usd"] == 0
    assert formats.number(project.root / ".reelmake") == disk.FORM
    assert draft.exists() is (form > 0)
    project.run("build", "park", "roof", "--locked").expect()  # the sketch is of other tools, perhaps
    project.run("status").expect(stdout="spent $0.80")
    project.run("cache", "verify").expect(stderr=" 0 damaged")
    taken = {
        name: data for name, data in before.items() if name.startswith(".reelmake/store/") or name == "reelmake.lock"
    }
    after = contents(project)
    assert {name: after[name] for name in taken} == taken
    assert after[".reelmake/journal"] == before[".reelmake/journal"]


def test_a_step_that_was_interrupted_is_taken_again(project: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """With steps that are not there yet: each ends in the next form, and only then says so."""
    folder, taken = state(project, 0).root / ".reelmake", list[int]()

    def second(given: Path) -> None:
        taken.append(formats.number(given))
        if len(taken) == 1:
            raise OSError("the plug was pulled")

    monkeypatch.setattr(formats, "FORM", 2)
    monkeypatch.setitem(disk.SINCE, 2, "0.2")
    monkeypatch.setitem(formats._STEPS, 1, second)
    monkeypatch.setattr(formats, "_AS_IT_IS", 2)
    with pytest.raises(formats.LocalTool, match="bring"):
        formats.ready(folder)
    assert json.loads((folder / "format").read_text()) == {"format": 1, "reelmake": "0.1"}
    formats.ready(folder)
    assert json.loads((folder / "format").read_text()) == {"format": 2, "reelmake": "0.2"}
    formats.ready(folder)
    assert taken == [1, 1]


def test_who_works_on_it_is_not_disturbed(project: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = state(project, 0).root / ".reelmake"
    with Hold(folder / "hold"):
        formats.ready(folder)  # this form can be read as it is
        assert not (folder / "format").exists()
        monkeypatch.setattr(formats, "_AS_IT_IS", 1)
        with pytest.raises(formats.Busy):
            formats.ready(folder)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ('{"format": 7, "reelmake": "0.9"}', "it needs reelmake 0.9 or newer"),
        ('{"format": 7, "reelmake": "; rm -r ."}', "a newer reelmake is needed"),
        ("{", "its mark is damaged"),
        ('{"format": -1}', "its mark is damaged"),
    ],
)
def test_a_newer_one_is_refused_and_stays_as_it_is(project: Folder, said: str, words: str) -> None:
    state(project, 1).write(".reelmake/format", said)
    before = contents(project)
    for command in ("build --yes", "plan", "cache gc --paid --delete", "pick park 1"):
        ran = project.run(*command.split()).expect(1, stderr="RM986")
        assert words in ran.stderr
        assert "rm -r" not in ran.stderr
    assert contents(project) == before


def test_a_newer_lock_file_is_refused_and_stays_as_it_is(project: Folder) -> None:
    lock = state(project, 1).root / "reelmake.lock"
    header, *lines = lock.read_text().splitlines(keepends=True)
    lock.write_text("".join((header, "# format: 2 (reelmake 0.9)\n", *lines)))
    before = lock.read_bytes()
    for command in ("build --yes", "plan", "pick park 1", "retake park --yes"):
        said = project.run(*command.split()).expect(2, stderr="error[RM987]").stderr
        assert "reelmake.lock:2:1" in said
        assert "reelmake 0.9 reads it" in said
    assert lock.read_bytes() == before
    lock.write_text("".join((header, "# format: 1\n", *lines)))
    project.run("plan").expect()


def test_a_shared_store_of_today_is_read_as_long_as_there_is_one(project: Folder, tmp_path: Path) -> None:
    """`shared-1.tar.xz`: what the film of form 1 has in a shared store of format 1."""
    state(project, 1)
    shutil.rmtree(project.root / ".reelmake")
    with tarfile.open(FIXTURES / "shared-1.tar.xz") as archive:
        archive.extractall(tmp_path / "shared", filter="data")
    project.env["REELMAKE_CACHE"] = (tmp_path / "shared").as_uri()
    mark = tmp_path / "shared/reelmake.json"
    today = mark.read_text()
    mark.write_text('{"format": 2, "reelmake": "0.9"}')
    told = project.run("build", "park", "roof", "--locked").expect(3).stderr
    assert "it is in form 2, and this reelmake reads up to 1: it needs reelmake 0.9 or newer" in told
    mark.write_text(today)
    project.run("build", "park", "roof", "--locked").expect()
    mark.write_text('{"format": 2, "reelmake": "0.9"}')
    before = {file: file.stat().st_mtime_ns for file in (tmp_path / "shared").rglob("*")}
    project.run("cache", "push", "--again").expect(1, stderr="needs reelmake 0.9 or newer")
    assert before == {file: file.stat().st_mtime_ns for file in (tmp_path / "shared").rglob("*")}


def test_a_colleagues_newer_folder_is_a_shelf_that_says_so(project: Folder, tmp_path: Path) -> None:
    theirs = state(project, 1).copy(tmp_path / "theirs")
    theirs.write(".reelmake/format", '{"format": 2, "reelmake": "0.9"}')
    shutil.rmtree(project.root / ".reelmake")
    project.env["REELMAKE_CACHE"] = theirs.root.as_uri()
    before = contents(theirs)
    assert "needs reelmake 0.9 or newer" in project.run("build", "park", "--locked").expect(3).stderr
    assert contents(theirs) == before


def test_what_is_new_says_its_form_from_the_beginning(tmp_path: Path) -> None:
    disk.make_folder(tmp_path / "film/.reelmake/takes", durable=True)
    assert formats.number(tmp_path / "film/.reelmake") == disk.FORM
    assert formats.number(formats.ready(tmp_path / "home", make=True)) == disk.FORM
    assert not formats.ready(tmp_path / "none").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_read_as_it_is(project: Folder) -> None:
    folder = state(project, 0).root / ".reelmake"
    folder.chmod(0o555)
    try:
        assert formats.ready(folder) == folder
    finally:
        folder.chmod(0o755)
