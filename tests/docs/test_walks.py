"""ARCHITECTURE.md and the glossary name what is there: files, and of the walks every `Class.method` and
`folder/module.function`."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

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


@pytest.mark.parametrize("name", ["ARCHITECTURE.md", "docs/glossary.md"])
def test_every_file_that_is_named_is_there(name: str) -> None:
    """`plan/key.py`, `plan/key` or `plan/`: of a folder of the engine."""
    engine = HERE / "src" / "reelmake"
    folders = {folder.name for folder in engine.iterdir() if folder.is_dir()}
    named = set(re.findall(r"`((?:\w+/)+\w*(?:\.(?:py|json|yaml))?)`", (HERE / name).read_text("utf-8")))
    ours = {path for path in named if path.partition("/")[0] in folders}
    assert len(ours) > 20
    modules = {path: engine / path for path in ours}
    assert [path for path, file in modules.items() if not file.exists() and not Path(f"{file}.py").exists()] == []
