"""The walks of ARCHITECTURE.md pass functions that are there: `Class.method` and `folder/module.function`."""

from __future__ import annotations

import ast
import re
from pathlib import Path

HERE = Path(__file__).parents[2]
SECTION = re.compile(r"^## Two walks$(.*?)^## ", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"`(?:\w+/)*(\w+)\.(\w+)`")


def defined() -> set[tuple[str, str]]:
    """(class or module, function) of all that is in the engine."""
    found = set()
    for file in (HERE / "src" / "reelmake").rglob("*.py"):
        tree = ast.parse(file.read_text("utf-8"))
        for owner, body in [
            (file.stem, tree.body),
            *((n.name, n.body) for n in tree.body if isinstance(n, ast.ClassDef)),
        ]:
            found |= {(owner, n.name) for n in body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}
    return found


def test_every_function_of_a_walk_is_there() -> None:
    section = SECTION.search((HERE / "ARCHITECTURE.md").read_text("utf-8"))
    assert section
    named = NAMED.findall(section[1])
    assert len(named) > 20
    assert not set(named) - defined()
