"""Results that came with an answer, on disk until the store has them."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path

import pytest

from reelmake.errors import LocalTool
from reelmake.model.remote import Content
from reelmake.model.take import SpokenWord
from reelmake.store.local import LocalStore

SOUND = Content(b"RIFF\n\n\0{}", (SpokenWord("toît", Fraction(1, 3), Fraction(1, 2)),))


def test_another_process_finds_it_until_it_is_dropped(tmp_path: Path) -> None:
    LocalStore(tmp_path).answers.set_aside("token/../1", SOUND)
    LocalStore(tmp_path).sweep()
    answers = LocalStore(tmp_path).answers
    assert answers.find("token/../1") == SOUND
    assert answers.find("token-2") is None
    answers.drop("token/../1")
    answers.drop("token/../1")
    assert answers.find("token/../1") is None
    assert [file.name for file in tmp_path.iterdir() if file.name != ".gitignore"] == ["answers"]
    assert not list((tmp_path / "answers").iterdir())


def test_what_is_torn_is_none(tmp_path: Path) -> None:
    answers = LocalStore(tmp_path).answers
    answers.set_aside("t", SOUND)
    (file,) = (tmp_path / "answers").iterdir()
    for torn in (b"", b"{", b"{}\nRIFF", b'{"words": [["a"]]}\nRIFF', file.read_bytes()[:20]):
        file.write_bytes(torn)
        assert answers.find("t") is None


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(LocalTool):
        LocalStore(tmp_path / "state").answers.set_aside("t", SOUND)


def test_a_place_that_is_taken_is_told(tmp_path: Path) -> None:
    (tmp_path / "answers").write_bytes(b"")
    with pytest.raises(LocalTool):
        LocalStore(tmp_path).answers.set_aside("t", SOUND)
