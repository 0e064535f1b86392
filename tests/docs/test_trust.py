"""The tables of who may decide what, and of whom to believe: every row names what holds it, and that is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

HERE = Path(__file__).parents[2]


@pytest.mark.parametrize("page", ["trust.md", "shared-store.md"])
def test_every_row_is_held(page: str) -> None:
    text = (HERE / "docs" / "explanation" / page).read_text("utf-8")
    rows = [line.split("|") for line in text.splitlines() if line.startswith("| ")][2:]
    held = [re.fullmatch(r" `(tests/[^:`]+)(?:::(\w+))?` ", row[-2]) for row in rows]

    assert len(rows) > 10
    for row, found in zip(rows, held, strict=True):
        assert found, f"no test in the row of {row[1]}"
        text = (HERE / found[1]).read_text("utf-8")
        assert not found[2] or f"def {found[2]}(" in text, f"{found[1]} has no {found[2]}"
