"""Every case file: the whole picture of everything there is to say, compared to the letter."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.compile.casebook import CASES, load


@pytest.mark.parametrize("path", sorted(CASES.glob("*.yaml")), ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    case = load(path)
    assert case.expect, "a case says what it expects: python tests/compile/casebook.py --write"
    assert case.drawn() == case.expect
    if path.stem.startswith("RM"):
        assert f"[{path.stem[:5]}]" in case.expect
    elif path.stem.startswith("clean"):
        assert case.expect == "clean\n"


def test_there_are_about_a_hundred() -> None:
    assert len(list(CASES.glob("*.yaml"))) > 100
