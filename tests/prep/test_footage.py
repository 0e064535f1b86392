"""How long footage is: every file is read once, and what is wrong with one is said when it is asked for."""

from __future__ import annotations

import json
import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from reelmake.errors import LocalTool
from reelmake.media import readers
from reelmake.prep.materials import Footage
from reelmake.store.notes import Notes
from reelmake.store.premises import ProjectFiles
from tests.support.film import footage

pytestmark = pytest.mark.slow


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were probed."""
    names: list[str] = []
    real = readers.ask

    def noted(look: Any, file: Path, *more: Any) -> Any:
        names.append(file.name)
        return real(look, file, *more)

    monkeypatch.setattr(readers, "ask", noted)
    return names


def project(root: Path) -> Footage:
    return Footage(ProjectFiles(root), Notes(root / ".reelmake"))


def test_each_is_read_once_and_known_from_then_on(tmp_path: Path, read: list[str]) -> None:
    clip = footage(tmp_path / "0.mp4", 1, 24)
    for n in range(1, 9):
        free = bytes([0, 0, 0, 9, *b"free", n])  # a box that nobody reads: other bytes, the same film
        (tmp_path / f"{n}.mp4").write_bytes(clip.read_bytes() + free)
    names = [f"{n}.mp4" for n in range(9)]

    first = project(tmp_path)
    first.look([*names, *names])
    assert sorted(read) == names
    assert {first.seconds(name) for name in names} == {Fraction(1)}

    again = project(tmp_path)
    again.look(names)
    assert {again.seconds(name) for name in names} == {Fraction(1)}
    assert len(read) == 9


def test_one_that_is_broken_hides_no_other(tmp_path: Path, read: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    footage(tmp_path / "fine.mp4", 1, 24)
    (tmp_path / "broken.mp4").write_bytes(b"no film")
    found = project(tmp_path)
    found.look(["broken.mp4", "fine.mp4", "gone.mp4"])
    assert read == ["broken.mp4", "fine.mp4"]

    assert found.seconds("fine.mp4") == 1
    with pytest.raises(LocalTool, match=r"broken\.mp4 is not a video"):
        found.seconds("broken.mp4")
    with pytest.raises(LocalTool, match=r"cannot read gone\.mp4"):
        found.seconds("gone.mp4")
    assert read == ["broken.mp4", "fine.mp4"]  # nor is what is wrong with it found out again


def test_what_was_noted_by_other_rules_is_looked_at_anew(tmp_path: Path, read: list[str]) -> None:
    footage(tmp_path / "a.mp4", 1, 24)
    first = project(tmp_path)
    first.look(["a.mp4"])
    notes = Notes(tmp_path / ".reelmake")
    (known,) = (name for name in json.loads((notes.root / "footage.json").read_text()) if name)
    notes.write("footage.json", {known: "77"})  # as earlier versions wrote
    assert project(tmp_path).seconds("a.mp4") == 1
    assert read == ["a.mp4", "a.mp4"]
