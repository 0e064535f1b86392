"""Digests of project files: remembered, but never when the file may have changed since."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from reelmake.errors import LocalTool
from reelmake.store.notes import GRAIN
from reelmake.store.premises import ProjectFiles

OLD = 1_600_000_000_000_000_000


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def put(file: Path, data: bytes, at: int = OLD) -> None:
    file.write_bytes(data)
    os.utime(file, ns=(at, at))


def files(root: Path, later: int = 10 * GRAIN) -> ProjectFiles:
    """With a clock that runs ahead, so that what was just written counts as settled."""
    import time

    return ProjectFiles(root, root / ".reelmake" / "digests.json", now=lambda: time.time_ns() + later)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    seen: list[str] = []
    real = hashlib.file_digest

    def noted(file, kind):  # type: ignore[no-untyped-def]
        seen.append(Path(file.name).name)
        return real(file, kind)

    monkeypatch.setattr(hashlib, "file_digest", noted)
    return seen


def test_a_settled_file_is_read_once_also_by_the_next_process(tmp_path: Path, reads: list[str]) -> None:
    put(tmp_path / "a.png", b"one")
    first = files(tmp_path)
    assert first.digest("a.png") == first.digest("a.png") == sha(b"one")
    first.save()
    assert files(tmp_path).digest("a.png") == sha(b"one")
    assert reads == ["a.png"]


def test_a_file_written_only_now_is_not_believed_next_time(tmp_path: Path, reads: list[str]) -> None:
    put(tmp_path / "a.png", b"one")
    now = files(tmp_path, later=0)
    now.digest("a.png")
    assert now.digest("a.png") == sha(b"one")
    assert reads == ["a.png", "a.png"]


def test_the_same_size_and_time_with_other_bytes_is_noticed(tmp_path: Path) -> None:
    put(tmp_path / "a.png", b"one")
    known = files(tmp_path)
    known.digest("a.png")
    put(tmp_path / "a.png", b"two")  # same size, same mtime: only the change time and nothing else tells
    assert known.digest("a.png") == sha(b"two")
    (tmp_path / "b.png").write_bytes(b"six")
    os.utime(tmp_path / "b.png", ns=(OLD, OLD))
    (tmp_path / "b.png").replace(tmp_path / "a.png")
    assert known.digest("a.png") == sha(b"six")


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a.png": 3}', '{"a.png": [[1], "x"]}', "\0"])
def test_a_broken_cache_costs_only_time(tmp_path: Path, text: str) -> None:
    put(tmp_path / "a.png", b"one")
    (tmp_path / ".reelmake").mkdir()
    (tmp_path / ".reelmake" / "digests.json").write_text(text)
    assert files(tmp_path).digest("a.png") == sha(b"one")


def test_what_cannot_be_read_is_said_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(LocalTool, match=r"cannot read a\.png: No such file"):
        files(tmp_path).digest("a.png")
    with pytest.raises(LocalTool, match="cannot read folder"):
        files(tmp_path).digest("folder")


def test_nothing_is_written_if_nothing_changed(tmp_path: Path) -> None:
    put(tmp_path / "a.png", b"one")
    first = files(tmp_path)
    first.digest("a.png")
    first.save()
    before = (tmp_path / ".reelmake" / "digests.json").stat().st_mtime_ns
    second = files(tmp_path)
    second.digest("a.png")
    second.save()
    assert (tmp_path / ".reelmake" / "digests.json").stat().st_mtime_ns == before
