"""The past of a project, in real repositories: what a revision says, and that looking at it runs nothing."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from reelmake.errors import LocalTool, Mistake
from reelmake.model.wish import Overrides
from reelmake.session import past
from reelmake.session.project import Project, look, plan
from reelmake.session.workspace import Workspace
from tests.support.repository import Repository

BOARD = "reelmake: 1\ndefaults: {size: 128x72, seconds: 0.5}\nshots:\n  park: {prompt: A park.}\n"
VARIED = """\
reelmake: 1
include: cast.yaml
matrix: cities.csv
defaults: {size: 128x72, seconds: 0.5}
shots:
  park: {prompt: "${look} in ${city}.", image: refs/park.png}
"""
PICTURED = BOARD.replace("A park.}", "A park., image: refs/park.png}")


@pytest.fixture
def film(tmp_path: Path) -> Repository:
    return Repository.begin(tmp_path / "film")


def then(film: Repository | Path, rev: str, **how: object) -> Project:
    found = past.at(here(film, **how), rev)
    assert found is not None
    return found


def here(film: Repository | Path, **how: object) -> Workspace:
    root = film.root if isinstance(film, Repository) else film
    return Workspace(root / "storyboard.yaml", Overrides(**how))  # type: ignore[arg-type]


def prompt(project: Project, shot: str = "park") -> str:
    assert project.script.ok, project.script.diagnostics
    return project.script.variants[0].slates[shot].orders[0].prompt


def picture(color: str) -> bytes:
    from io import BytesIO

    file = BytesIO()
    Image.new("RGB", (64, 64), color).save(file, "PNG")
    return file.getvalue()


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_a_revision_is_the_storyboard_its_lock_file_and_its_files(film: Repository) -> None:
    pointer = 'park {"order":"%s","picks":{"%s":2}}\n'
    old, new = picture("red"), picture("blue")
    film.commit(
        {
            "storyboard.yaml": VARIED,
            "cast.yaml": "vars: {look: A kite}\n",
            "cities.csv": "name,city\none,Lisbon\n",
            "reelmake.lock": "one/" + pointer % ("1f" * 8, "1f" * 8),
            "refs/park.png": old,
        }
    )  # fmt: skip
    film.git("tag", "v1")
    film.write({"cast.yaml": "vars: {look: A kite}\n", "refs/park.png": new, "reelmake.lock": ""})
    film.commit({"storyboard.yaml": BOARD, "cities.csv": ""})
    project = then(film, "v1")
    assert prompt(project, "one/park") == "A kite in Lisbon."
    seen = look(project)
    assert seen.records["one/park"].picks == {"1f" * 8: 2}
    assert seen.inputs.digest("refs/park.png") == sha(old)
    assert seen.inputs.path("refs/park.png").read_bytes() == old
    plan(seen)
    assert (film.root / ".reelmake/blobs.json").exists()
    assert seen.workspace.inputs().digest("refs/park.png") == sha(old)  # as it was remembered
    assert here(film).inputs().digest("refs/park.png") == sha(new)
    assert film.git("status", "--porcelain") == ""  # nothing was written


def test_what_is_as_it_was_is_read_where_it_is(film: Repository) -> None:
    film.commit({"storyboard.yaml": PICTURED, "refs/park.png": picture("red")})
    assert look(then(film, "HEAD")).inputs.path("refs/park.png") == film.root / "refs/park.png"


def test_a_draft_of_the_past_reads_no_lock_file(film: Repository) -> None:
    film.commit({"storyboard.yaml": BOARD, "reelmake.lock": "park {"})
    assert look(then(film, "HEAD", draft=True)).records == {}
    with pytest.raises(Mistake, match="cannot be read"):
        look(then(film, "HEAD"))


def test_mistakes_of_the_past_are_told_where_they_were(film: Repository) -> None:
    film.commit({"film/storyboard.yaml": BOARD.replace("park:", "park: nonsense\n  x:")})
    film.commit({"film/storyboard.yaml": BOARD})
    (wrong, *_) = then(film.root / "film", "HEAD~1").script.diagnostics
    assert wrong.span
    assert wrong.span.source.name == "HEAD~1:film/storyboard.yaml"
    film.commit({"film/storyboard.yaml": "include: gone.yaml\n" + BOARD})
    (wrong,) = then(film.root / "film", "HEAD").script.diagnostics
    assert wrong.code == "RM601" or "gone.yaml" in wrong.message


def test_before_there_was_a_storyboard_there_was_none(film: Repository) -> None:
    film.commit({"README": "A film."})
    film.commit({"storyboard.yaml": BOARD})
    assert past.at(here(film), "HEAD~1") is None


def test_a_storyboard_is_known_by_its_earlier_name(film: Repository) -> None:
    film.commit({"old/board.yaml": PICTURED, "old/refs/park.png": picture("red")})
    film.git("mv", "old/board.yaml", "old/storyboard.yaml")
    film.git("mv", "old", "new")
    film.commit()
    project = then(film.root / "new", "HEAD~1")
    assert project.workspace.shown("refs/park.png") == "HEAD~1:old/refs/park.png"
    assert look(project).inputs.digest("refs/park.png") == sha(picture("red"))


def test_three_dots_are_where_two_branches_parted(film: Repository) -> None:
    film.commit({"storyboard.yaml": BOARD})
    film.git("checkout", "-q", "-b", "mine")
    film.commit({"storyboard.yaml": BOARD.replace("A park.", "A pond.")})
    film.git("checkout", "-q", "main")
    film.commit({"storyboard.yaml": BOARD.replace("A park.", "A pier.")})
    film.git("checkout", "-q", "mine")
    assert prompt(then(film, "main")) == "A pier."
    assert prompt(then(film, "main...")) == "A park."


def test_links_lead_where_they_led_and_not_outside(film: Repository, tmp_path: Path) -> None:
    (tmp_path / "outside.png").write_bytes(picture("black"))
    film.write(
        {"film/shared/park.png": picture("red"), "beside.png": picture("green"), "film/storyboard.yaml": PICTURED}
    )
    (film.root / "film/refs").symlink_to("shared")
    film.commit()
    film.write({"film/shared/park.png": picture("blue")})
    project = then(film.root / "film", "HEAD")
    assert look(project).inputs.digest("refs/park.png") == sha(picture("red"))
    for target in ("../../outside.png", "../beside.png", "/etc/hostname", "refs/park.png"):
        (film.root / "film/refs").unlink()
        (film.root / "film/refs").mkdir()
        (film.root / "film/refs/park.png").symlink_to("../" + target if target[0] != "/" else target)
        film.commit()
        (film.root / "film/refs/park.png").unlink()
        (film.root / "film/refs").rmdir()
        (film.root / "film/refs").symlink_to("shared")
        with pytest.raises(LocalTool, match="there was no such file"):
            then(film.root / "film", "HEAD").workspace.inputs().digest("refs/park.png")


def test_what_git_does_not_keep_is_as_it_is_now(film: Repository) -> None:
    film.commit({"storyboard.yaml": PICTURED, ".gitignore": "refs/\n.reelmake\n"})
    film.write({"refs/park.png": picture("red")})
    assert look(then(film, "HEAD")).inputs.digest("refs/park.png") == sha(picture("red"))
    film.git("add", "-f", "refs/park.png")  # from now on git keeps it, and knows that it did not
    assert not then(film, "HEAD").script.ok


def test_pointers_of_lfs_are_what_they_point_to(film: Repository) -> None:
    old, new = picture("red"), picture("blue")
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha(old)}\nsize {len(old)}\n"
    film.commit({"storyboard.yaml": PICTURED, "refs/park.png": pointer})
    film.write({"refs/park.png": old})  # as LFS checks it out
    inputs = then(film, "HEAD").workspace.inputs()
    assert inputs.digest("refs/park.png") == sha(old)
    assert inputs.path("refs/park.png").read_bytes() == old
    film.write({"refs/park.png": new})
    with pytest.raises(LocalTool, match="git lfs fetch origin") as caught:
        then(film, "HEAD").workspace.inputs().path("refs/park.png")
    assert caught.value.code == "RM742"
    kept = film.root / ".git/lfs/objects" / sha(old)[:2] / sha(old)[2:4] / sha(old)
    kept.parent.mkdir(parents=True)
    kept.write_bytes(new)  # not what its name says
    with pytest.raises(LocalTool, match="git lfs fetch origin"):
        then(film, "HEAD").workspace.inputs().path("refs/park.png")
    kept.write_bytes(old)
    assert then(film, "HEAD").workspace.inputs().path("refs/park.png") == kept


def test_submodules_and_further_work_trees_have_a_past(film: Repository, tmp_path: Path) -> None:
    material = Repository.begin(tmp_path / "material")
    material.commit({"park.png": picture("red")})
    film.commit({"storyboard.yaml": PICTURED.replace("refs/", "material/")})
    film.git("submodule", "--quiet", "add", str(material.root), "material")
    film.commit()
    material.commit({"park.png": picture("blue")})
    Repository(film.root / "material").git("pull", "-q", "origin", "main")
    film.commit()
    assert look(then(film, "HEAD~1")).inputs.digest("material/park.png") == sha(picture("red"))
    (film.root / "material").rename(tmp_path / "private")  # another repository, of which a stranger knows a commit
    (film.root / "material").symlink_to(tmp_path / "private")
    with pytest.raises(Mistake, match="outside of the project"):
        look(then(film, "HEAD~1")).inputs.digest("material/park.png")


def test_a_further_work_tree_has_the_same_past(film: Repository, tmp_path: Path) -> None:
    film.commit({"film/storyboard.yaml": BOARD})
    film.git("worktree", "add", "-q", str(tmp_path / "second"), "-b", "second")
    Repository(tmp_path / "second").commit({"film/storyboard.yaml": BOARD.replace("A park", "A pond")})
    assert prompt(then(tmp_path / "second/film", "main")) == "A park."
    assert prompt(then(film.root / "film", "second")) == "A pond."


def test_who_asks_for_what_is_not_there_is_told_what_to_do(film: Repository, tmp_path: Path) -> None:
    film.commit({"storyboard.yaml": BOARD})
    film.commit({"storyboard.yaml": BOARD.replace("A park", "A pond")})
    for rev in (
        "nonsense",
        "-h",
        "^HEAD",
        "--help",
        "...",
        "",
        "a\0b",
        "HEAD:storyboard.yaml",
        "HEAD^{tree}",
        "HEAD~9",
    ):
        assert refused(film.root, rev).startswith("RM741")
    subprocess.run(["git", "clone", "-q", "--depth=1", film.root.as_uri(), str(tmp_path / "shallow")], check=True)
    assert "fetch-depth: 0" in refused(tmp_path / "shallow", "HEAD~1")
    (tmp_path / "alone").mkdir()
    (tmp_path / "alone/storyboard.yaml").write_text(BOARD)
    assert refused(tmp_path / "alone", "HEAD").startswith("RM740")
    assert refused(Repository.begin(tmp_path / "empty").root, "HEAD").startswith("RM741")


def test_without_git_it_is_told(film: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    film.commit({"storyboard.yaml": BOARD})
    monkeypatch.setenv("PATH", "")
    assert refused(film.root, "HEAD").startswith("RM740 git is needed")


def refused(root: Path, rev: str) -> str:
    with pytest.raises(Mistake) as caught:
        past.at(here(root), rev)
    (said,) = caught.value.diagnostics
    return f"{said.code} {said.message} {said.hint}"


def test_a_hostile_repository_runs_nothing(film: Repository, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    script = film.root.parent / "evil"
    script.write_text(f'#!/bin/sh\necho "$0" >> {ran}\ncat\n')
    script.chmod(0o755)
    film.commit(
        {"storyboard.yaml": PICTURED, "refs/park.png": picture("red"), ".gitattributes": "* filter=evil diff=evil\n"}
    )
    film.git("mv", "storyboard.yaml", "moved.yaml")
    film.commit()
    film.git("mv", "moved.yaml", "storyboard.yaml")
    film.commit({"refs/park.png": picture("blue")})
    for name, value in {
        "core.fsmonitor": script, "core.hooksPath": script.parent, "core.pager": script, "core.sshCommand": script,
        "core.alternateRefsCommand": script, "diff.external": script, "diff.evil.textconv": script,
        "diff.evil.command": script, "filter.evil.smudge": script, "filter.evil.clean": script,
        "filter.evil.process": script, "credential.helper": f"!{script}", "gpg.program": script,
        "remote.origin.url": f"ext::{script}", "remote.origin.promisor": "true", "protocol.ext.allow": "always",
        "remote.origin.partialclonefilter": "blob:none", "extensions.partialClone": "origin",
    }.items():  # fmt: skip
        film.git("config", name, str(value))
    blob = film.git("rev-parse", "HEAD~1:refs/park.png")
    assert look(then(film, "HEAD~1")).inputs.digest("refs/park.png") == sha(picture("red"))  # by its earlier name
    (film.root / ".git/objects" / blob[:2] / blob[2:]).unlink()  # it is missing: git would ask the remote
    with pytest.raises(LocalTool) as caught:
        then(film, "HEAD~2").workspace.inputs().digest("refs/park.png")
    assert caught.value.code == "RM742"
    assert not ran.exists(), ran.read_text()


def test_a_folder_that_looks_like_a_repository_is_none(film: Repository, tmp_path: Path) -> None:
    """What a commit can bring: a bare repository, of which git would believe the configuration."""
    film.commit({"film/storyboard.yaml": BOARD})
    theirs = Repository.begin(tmp_path / "theirs")
    theirs.commit({"film/storyboard.yaml": BOARD.replace("A park", "A pond")})
    theirs.git("config", "core.worktree", "..")
    shutil.copytree(theirs.root / ".git", film.root / "film", dirs_exist_ok=True)
    film.commit()
    assert refused(film.root / "film", "HEAD").startswith("RM740")


def test_a_hook_of_git_does_not_change_which_repository_is_meant(
    film: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film.commit({"storyboard.yaml": BOARD})
    other = Repository.begin(tmp_path / "other")
    other.commit({"storyboard.yaml": BOARD.replace("A park", "A pond")})
    monkeypatch.setenv("GIT_DIR", str(other.root / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other.root))
    assert prompt(then(film, "HEAD")) == "A park."
