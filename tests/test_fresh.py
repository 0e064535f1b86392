"""The quick way out: it answers only if everything it looked at still stands, and never from half a record."""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path

import pytest

from reelmake.commands import _fresh as fresh

SAID = {"stdout": "build/cut.mp4  0:41.0\n", "stderr": "nothing to do: 3 takes — réels\n", "status": 0}


@pytest.fixture(params=["elsewhere", "in the folder"])
def record(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "in the folder":  # whose files are then told by short paths
        monkeypatch.chdir(tmp_path)
    (tmp_path / "storyboard.yaml").write_text("reelmake: 1\n")
    (tmp_path / "a clip.mp4").write_bytes(b"clip")
    found = (tmp_path / "a clip.mp4").stat()
    name = str(tmp_path / "fresh" / "record")
    fresh.note(
        name,
        texts={str(tmp_path / "storyboard.yaml"): blake2b(b"reelmake: 1\n").hexdigest()},
        files=[
            (str(tmp_path / "a clip.mp4"), found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino),
        ],
        absent=[str(tmp_path / "new.yaml")],
        said=SAID,
    )
    return name


def test_what_was_said_is_said_again(record: str) -> None:
    assert fresh.answer(record) == SAID


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "storyboard.yaml").write_text("reelmake: 2\n"),
        lambda root: (root / "storyboard.yaml").unlink(),
        lambda root: (root / "a clip.mp4").write_bytes(b"klip"),
        lambda root: (root / "a clip.mp4").unlink(),
        lambda root: (root / "new.yaml").touch(),
        lambda root: (root / "new.yaml").symlink_to("nowhere"),
        lambda root: os.utime(root / "a clip.mp4", (1, 1)),
    ],
)
def test_any_change_takes_the_long_way(record: str, tmp_path: Path, change: Callable[[Path], object]) -> None:
    change(tmp_path)

    assert fresh.answer(record) is None


def test_half_a_record_is_none(record: str) -> None:
    whole = Path(record).read_bytes()
    for length in range(len(whole)):
        Path(record).write_bytes(whole[:length])
        assert fresh.answer(record) is None
    for at in range(len(whole)):
        Path(record).write_bytes(whole[:at] + b"\xff\n" + whole[at:])
        assert fresh.answer(record) is None


def test_a_path_with_a_line_end_writes_no_record(tmp_path: Path) -> None:
    fresh.note(str(tmp_path / "record"), texts={}, files=[("a\nb", 1, 1, 1, 1)], absent=[], said=SAID)

    assert not (tmp_path / "record").exists()


def test_nothing_to_look_at_is_no_record(tmp_path: Path) -> None:
    assert fresh.answer(str(tmp_path / "none")) is None


@pytest.mark.parametrize(
    "argv",
    [
        *(
            ["build", "-f", "{}"],
            ["build", "--file", "{}"],
            ["build", "--file={}"],
            ["build", "-f{}"],
            ["-f{}", "build"],
        ),
        *(
            ["build", "-qf", "{}"],
            ["build", "-qyf{}"],
            ["build", "-f={}"],
            ["build", "--fil={}"],
            ["build", "--fi", "{}"],
        ),
        ["build", "-f{}", "-ofilm", "--fit=pad"],  # values and options that only begin alike
    ],
)
def test_the_record_is_with_the_storyboard_that_is_named(argv: list[str], tmp_path: Path) -> None:
    (tmp_path / "film").mkdir()
    for named in ("film", "film/other.yaml"):
        place = fresh.place([word.format(tmp_path / named) for word in argv])

        assert place is not None
        assert Path(place).parent == tmp_path / "film" / ".reelmake" / "fresh"
