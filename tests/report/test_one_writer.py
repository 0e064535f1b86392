"""Few write to terminals, and all of them make visible what comes from outside."""

from __future__ import annotations

import re
from pathlib import Path

SOURCES = Path(__file__).parents[2] / "src"
WRITERS = {
    "reelmake/report/console.py",  # written()
    "reelmake/commands/_parser.py",  # visible()
    "reelmake/commands/_preview.py",  # orders to a runner, which report/at_lines makes visible
    "reelmake/app.py",  # what a record holds is visible already; and errors of stdout itself, in our words
}


def test_nobody_else_writes_to_a_stream() -> None:
    writes = re.compile(r"(?<![.\w])print\(|sys\.std(?:out|err)\.write|print_exc|rich\.console import (?!Group\b)\w")
    found = {p.relative_to(SOURCES).as_posix() for p in SOURCES.rglob("*.py") if writes.search(code(p))}
    assert found - WRITERS - {"reelmake/report/screen.py"} == set()


def code(path: Path) -> str:
    """Without what stands in quotes: examples print."""
    return re.sub(r'"""(?:.|\n)*?"""', "", path.read_text())
