"""What was found out about files: asked once, several at a time, kept beside what is known of others, and bounded."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from reelmake.errors import LocalTool
from reelmake.media import readers
from reelmake.prep import findings
from reelmake.prep.findings import Findings, Question
from reelmake.store.notes import Notes

Asked = list[str]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """The names of the files that were looked into; those that are called broken cannot be."""
    names: Asked = []

    def ask(look: Callable[..., object], file: Path, *more: object) -> list[object]:
        names.append(file.name)
        if file.name == "broken":
            raise LocalTool("it is broken")
        return [file.name, *more]

    monkeypatch.setattr(readers, "ask", ask)
    return names


def _look(file: Path) -> list[str]:
    raise AssertionError("nobody looks in this process")


def _kind(tmp_path: Path, rules: str = "1") -> Findings:
    return Findings(Notes(tmp_path), "note.json", rules, (str,))


def _questions(*names: str) -> dict[str, Question]:
    return {name: Question(_look, Path(name)) for name in names}


def test_each_is_asked_once_in_this_run_and_the_next(tmp_path: Path, asked: Asked) -> None:
    first = _kind(tmp_path)
    first.look(_questions("a", "b"))
    first.look(_questions("b", "c"))
    again = _kind(tmp_path)
    answers = again.look(_questions("a", "b", "c"))
    assert sorted(asked) == ["a", "b", "c"]
    assert answers["a"] == ["a"]


def test_who_looks_at_one_forgets_no_other(tmp_path: Path, asked: Asked) -> None:
    _kind(tmp_path).look(_questions("a", "b"))
    _kind(tmp_path).look(_questions("c"))
    assert _kind(tmp_path).of("a", Question(_look, Path("a"))) == ["a"]
    assert sorted(asked) == ["a", "b", "c"]


def test_what_cannot_be_told_hides_nothing_and_is_asked_again_by_the_next_run(tmp_path: Path, asked: Asked) -> None:
    for _ in range(2):
        found = _kind(tmp_path)
        answers = found.look(_questions("broken", "a"))
        assert (answers.get("broken"), answers.get("a")) == (None, ["a"])
        with pytest.raises(LocalTool, match="broken"):
            found.of("broken", Question(_look, Path("broken")))
    assert sorted(asked) == ["a", "broken", "broken"]


@pytest.mark.parametrize("said", ["a", [], [3], None, {"a": 1}])
def test_what_is_noted_in_another_form_is_not_believed(tmp_path: Path, asked: Asked, said: object) -> None:
    (tmp_path / "note.json").write_text(json.dumps({"": "1", "a": said}))
    assert _kind(tmp_path).of("a", Question(_look, Path("a"))) == ["a"]


def test_other_rules_look_anew(tmp_path: Path, asked: Asked) -> None:
    _kind(tmp_path).look(_questions("a"))
    _kind(tmp_path, rules="2").look(_questions("a"))
    assert asked == ["a", "a"]


def test_a_note_is_bounded(tmp_path: Path, asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings, "MOST", 2)
    _kind(tmp_path).look(_questions("a", "b"))
    _kind(tmp_path).look(_questions("c"))
    assert json.loads((tmp_path / "note.json").read_text()) == {"": "1", "c": ["c"]}
