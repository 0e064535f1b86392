"""Whoever names a submodule imports it. Most commands of tests begin where every module is imported (support/warm.py),
so what only happens to be there would be missed by none but those who install the program."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path

SOURCES = Path(__file__).parents[2] / "src"


def unasked(text: str) -> set[str]:
    """Submodules that a source takes for imported."""
    nodes = list(ast.walk(ast.parse(text)))
    imported, packages = set[str](), dict[str, str]()
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            imported |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module or ""}
        for name, known_as in ((a.name, a.asname) for a in node.names) if isinstance(node, ast.Import) else ():
            imported.add(name)
            packages[known_as or name.partition(".")[0]] = name if known_as else name.partition(".")[0]
    found = {
        f"{packages[node.value.id]}.{node.attr}"
        for node in nodes
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in packages
    }
    asked = {name for name in found if any(f"{whole}.".startswith(f"{name}.") for whole in imported)}
    return {name for name in found - asked if _comes_alone(name)}


@cache
def _comes_alone(name: str) -> bool:
    """Is it a module that its package does not bring along?"""
    package, _, last = name.rpartition(".")
    spec = find_spec(package)  # of an extra that is not installed there is none
    if spec is None or not spec.submodule_search_locations or not find_spec(name):
        return False
    code = f"import {package}; {package}.{last}"
    return subprocess.run([sys.executable, "-c", code], stderr=subprocess.DEVNULL, check=False).returncode != 0


def test_every_submodule_is_imported_by_who_names_it() -> None:
    assert {str(file): names for file in SOURCES.rglob("*.py") if (names := unasked(file.read_text()))} == {}


def test_one_that_is_not_would_be_seen() -> None:
    assert unasked("import xml as x\nx.etree, x.sax") == {"xml.etree", "xml.sax"}
    assert unasked("import xml.sax\nxml.etree, xml.sax") == {"xml.etree"}
    assert not unasked("import os, json, numpy\nos.path, json.decoder, numpy.linalg")
