"""What a project remembers saves work and says nothing: a plan with it and one without it are the same, after any edit.

The film is built with everything real but the pixels (benchmarks/seed.py); so nothing is rendered.
"""

from __future__ import annotations

import importlib.util
import json
import random
import shutil
from pathlib import Path
from types import ModuleType

import pytest

from reelmake.app import main
from reelmake.media import machine, readers
from reelmake.store import notes
from tests.support.folder import HERE

REMEMBERED = ("takes.json", "treatment.json", "voices.json", "digests.json")
Said = tuple[int, str, str]


@pytest.fixture(scope="module")
def seed() -> ModuleType:
    found = importlib.util.spec_from_file_location("seed", HERE / "benchmarks" / "seed.py")
    assert found
    assert found.loader
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def built(seed: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    film: Path = seed.built(tmp_path_factory.mktemp("remembered") / "film", 20)
    return film


@pytest.fixture
def film(
    built: Path, seed: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Film:
    monkeypatch.setattr(readers, "ask", seed._looked)
    monkeypatch.setattr(notes, "GRAIN", -(1 << 62))  # what was written just now is remembered too
    monkeypatch.setattr(machine, "crowd", lambda: 1.0)  # how long a build will take hangs on what else goes on here
    monkeypatch.setattr(machine, "spare", lambda: None)
    shutil.copytree(built, tmp_path / "film")
    monkeypatch.chdir(tmp_path / "film")
    return Film(tmp_path / "film", capsys)


class Film:
    """A project that is planned in this process."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.state, self.text = root / ".reelmake", root / "storyboard.yaml"
        self._capsys = capsys

    def says(self, *command: str) -> Said:
        self._capsys.readouterr()
        status = main([*command])
        return status, *self._capsys.readouterr()

    def plan(self) -> Said:
        return self.says("plan", "--json")

    def forget(self) -> None:
        for name in REMEMBERED:
            (self.state / name).unlink(missing_ok=True)


def _edited(text: str, chance: random.Random) -> str:
    """With one edit, such as people make: some of them mistakes."""
    lines = text.split("\n")
    first = lines.index("shots:") + 1
    last = len(lines) - 2  # the last one is empty
    at, other = chance.randint(first, last), chance.randint(first, last)
    match chance.randrange(12):
        case 0:
            lines.insert(at, f"  n{chance.randrange(10**6)}: {{prompt: A new shot.}}")
        case 1 if last - first > 3:
            del lines[at]  # which another may depend on
        case 2:
            lines[at] = lines[at].replace("s", "r", 1)
        case 3:
            lines[at], lines[other] = lines[other], lines[at]
        case 4:
            lines[at] = lines[at].replace("film", "movie")
        case 5:
            lines[2] = f"defaults: {{size: 64x36, seconds: {chance.choice(['0.5', '1', '-1'])}}}"
        case 6:
            lines[2] = f"defaults: {{size: {chance.choice(['64x36', '32x18'])}, seconds: 0.5, takes: 2}}"
        case 7:
            lines.insert(at, f"  # {chance.random()}")
        case 8:
            lines[first:] = [line.replace("  ", "    ", 1) for line in lines[first:]]
        case 9:
            lines[at] = lines[at].replace("prompt: ", "promt: ")
        case 10:
            lines[1] = f"title: {chance.choice(['Long', 'Longer'])}\nstyle: {chance.choice(['grain', 'ink'])}"
        case _:
            lines[at] = lines[at].replace("}", ", tier: fnal}")
    return "\n".join(lines)


@pytest.mark.parametrize("number", range(6))
def test_a_plan_with_what_is_remembered_is_one_without(film: Film, number: int) -> None:
    chance, first, refused = random.Random(number), film.text.read_text(), 0
    for _ in range(10):
        before = film.text.read_text()
        text = _edited(before if chance.random() < 0.7 else first, chance)
        film.text.write_text(text)
        known = film.plan()
        film.forget()
        assert film.plan() == known, text
        assert film.plan() == known, text  # with what the last one noted
        if known[0]:
            refused += 1
            film.text.write_text(before)
    assert refused < 10  # else nothing was planned


@pytest.mark.parametrize("number", range(6))
def test_what_is_damaged_changes_no_plan(film: Film, number: int) -> None:
    chance = random.Random(number)
    film.text.write_text(film.text.read_text().replace("number 8 ", "number eight "))
    known = film.plan()
    assert json.loads(known[1])["generate"] == 3
    for name in REMEMBERED[:3]:
        text = (film.state / name).read_text()
        for _ in range(5):
            begin, end = sorted(chance.sample(range(len(text)), 2))
            kind = chance.choice(["[]", "null", '"', "{}", "", "9" * 30])
            (film.state / name).write_text(text[:begin] + kind + text[end:])
            assert film.plan() == known
            (film.state / name).write_text(text)
