"""Placing outputs: together or not at all, and nothing left lying about."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reelmake.errors import LocalTool
from reelmake.store import placing
from reelmake.store.disk import fresh_name


def files(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in folder.iterdir()}


def test_what_belongs_together_is_placed_whole_or_not_at_all(tmp_path: Path) -> None:
    build, new = tmp_path / "build", tmp_path / "new"
    build.mkdir()
    for name in ("film.m4s", "film.m3u8"):
        (build / name).write_text("old")
    new.write_text("new")

    with pytest.raises(LocalTool, match=r"film\.m3u8"):
        placing.place([(new, build / "film.m4s"), (tmp_path / "none", build / "film.m3u8")])
    assert files(build) == {"film.m4s": "old", "film.m3u8": "old"}

    placing.place([(new, build / "film.m4s"), (new, build / "film.m3u8")])
    assert files(build) == {"film.m4s": "new", "film.m3u8": "new"}


def test_all_is_copied_before_anything_takes_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Copying is what takes time: a run is killed in it, and players read during it."""
    done: list[str] = []
    copy, rename = placing.copy_file, Path.replace
    monkeypatch.setattr(placing, "copy_file", lambda a, b: (done.append("copy"), copy(a, b)))
    monkeypatch.setattr(Path, "replace", lambda a, b: (done.append(b.name), rename(a, b)))
    (tmp_path / "new").write_text("new")

    placing.place([(tmp_path / "new", tmp_path / name) for name in ("film.m4s", "film.m3u8")])

    assert done == ["copy", "copy", "film.m4s", "film.m3u8"]


def test_what_a_killed_run_left_is_removed_later(tmp_path: Path) -> None:
    """Not at once: a run without a hold may be about to name it. Files of others are never touched."""
    old = [fresh_name(tmp_path, ".part"), fresh_name(tmp_path, ".tmp"), tmp_path / f"{'0f' * 16}.4711"]
    others = [tmp_path / name for name in ("download.part", "notes.tmp", "1-2.tmp", "0f" * 16)]
    new = fresh_name(tmp_path, ".part")
    for file in (*old, new, *others):
        file.touch()
    for file in (*old, *others):
        os.utime(file, (1000, 1000))

    placing.tidy(tmp_path, new.stat().st_mtime)

    assert set(tmp_path.iterdir()) == {new, *others}
    placing.tidy(tmp_path / "none", 0.0)
