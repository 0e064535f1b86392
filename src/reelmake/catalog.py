"""Finds what stands on the shelves by listing their folders: providers, transitions, outputs, commands.

`ls providers/` is the truth; a module is imported only when it is named or asked for what it declares.
Outsiders add theirs through the entry-point groups `reelmake.providers`, `reelmake.transitions` and `reelmake.outputs`.
Knows no member by name.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path, PurePosixPath
from types import ModuleType

from reelmake.model.provider import Capabilities, Model

_OPEN_TO_OUTSIDERS = {"providers", "transitions", "outputs"}


@cache
def names(shelf: str) -> tuple[str, ...]:
    """Module names on a shelf, sorted; names that start with an underscore are not on it."""
    package = importlib.import_module(f"reelmake.{shelf}")
    return tuple(sorted(m.name for m in pkgutil.iter_modules(package.__path__) if not m.name.startswith("_")))


def load(shelf: str, name: str) -> ModuleType:
    """One module of a shelf."""
    return importlib.import_module(f"reelmake.{shelf}.{name}")


@cache
def members(shelf: str) -> dict[str, ModuleType]:
    """Every module of a shelf, imported, by module name; outsiders by the name of their entry point."""
    found = {name: load(shelf, name) for name in names(shelf)}
    if shelf in _OPEN_TO_OUTSIDERS:
        from importlib.metadata import entry_points  # 28 ms: only where the shelves are asked for

        for point in entry_points(group=f"reelmake.{shelf}"):
            found.setdefault(point.name, point.load())
    return found


def kinds() -> dict[str, Capabilities]:
    """Provider kinds by name."""
    shelf = members("providers").values()
    return {module.CAPABILITIES.kind: module.CAPABILITIES for module in shelf if hasattr(module, "CAPABILITIES")}


@cache
def models(kind: str) -> Mapping[str, Model]:
    """What the catalog knows of a kind's models, by name: the file models.yaml beside its module."""
    for module in members("providers").values():
        if hasattr(module, "CAPABILITIES") and module.CAPABILITIES.kind == kind and module.__file__:
            here = Path(module.__file__)
            folder = here.parent if here.stem == "__init__" else here.with_suffix("")
            return _models(folder / "models.yaml", kind)
    return {}


def _models(file: Path, kind: str) -> Mapping[str, Model]:
    from reelmake.compile.models import read_models
    from reelmake.compile.read import read
    from reelmake.diagnostics import Report, Source

    if not file.is_file():
        return {}
    report = Report()
    found = read_models(read(Source(file.name, file.read_text("utf-8")), report), kind)
    if report.items:
        raise RuntimeError(f"bug: {file} cannot be read: {report.items[0].message}")
    return found


def transitions() -> dict[str, frozenset[str]]:
    """Transition names and the parameters each takes."""
    return {module.NAME: frozenset(module.PARAMS) for module in members("transitions").values()}


def complaint(name: str, params: Mapping[str, object]) -> str:
    """What is wrong with the parameters of a transition, as a sentence; "" if nothing is, or nobody knows it."""
    for module in members("transitions").values():
        if name == module.NAME and hasattr(module, "complaint"):
            return str(module.complaint(params))
    return ""


def outputs() -> dict[str, frozenset[str]]:
    """Output suffixes and the options each takes."""
    return {suffix: frozenset(module.OPTIONS) for module in members("outputs").values() for suffix in module.SUFFIXES}


def output(path: str) -> ModuleType:
    """The output kind that a path's suffix picks. KeyError if there is none; compile has refused that."""
    by_suffix = {suffix: module for module in members("outputs").values() for suffix in module.SUFFIXES}
    return by_suffix[PurePosixPath(path).suffix]
