"""What is published: everything that runs, and the licences of what is in it."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.support.folder import Folder
from tests.support.wheels import ROOT, Environment, wheel

PACKAGES = ("reelmake", "reelmake_fake", "reelmake_otio", "reelmake_sketch")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return wheel(ROOT, tmp_path_factory.mktemp("dist"))


def test_the_engine_and_its_plug_ins_are_in_one_wheel(built: Path) -> None:
    sources = {p.relative_to(ROOT / "src").as_posix() for p in (ROOT / "src").rglob("*.py")}
    with zipfile.ZipFile(built) as archive:
        there = {name for name in archive.namelist() if ".dist-info/" not in name}

    assert sources - there == set()
    assert {name.partition("/")[0] for name in there} == set(PACKAGES)


def test_what_others_made_is_there_with_its_licence(built: Path) -> None:
    with zipfile.ZipFile(built) as archive:
        names = archive.namelist()
        licences = {name.partition("/licenses/")[2] for name in names if "/licenses/" in name}
        notice = archive.read(next(name for name in names if name.endswith("/licenses/NOTICE"))).decode()

    fonts = {name.rpartition("/")[0] for name in names if name.endswith(".ttf")}
    assert licences == {"LICENSE", "NOTICE", *(f"src/{folder}/LICENSE-OpenSans.txt" for folder in fonts)}
    assert [folder for folder in fonts if f"src/{folder}/" not in notice] == []


@pytest.mark.slow
def test_what_is_installed_makes_the_film_of_init(built: Path, tmp_path: Path) -> None:
    there = Environment(tmp_path / "venv")
    there.install(built)
    (tmp_path / "film").mkdir()
    film = Folder(tmp_path / "film", {"PYTHONPATH": ""}, python=there.python)

    film.run("init").expect()
    film.run("build", "--set", "defaults.size=192x108").expect()
    film.run("serve-fake", "--words").expect(stdout="busy-503")

    assert film.cut()[4:8] == b"ftyp"
