"""Finds what stands on the shelves by listing their folders: providers, transitions, outputs, commands.

`ls providers/` is the truth; a module is imported only when it is named or asked for what it declares. A provider may
also be a file of data in providers/vendors, or in the project.
Outsiders add theirs through the entry-point groups `reelmake.providers`, `reelmake.transitions` and `reelmake.outputs`.
Knows no member by name.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path, PurePosixPath
from types import ModuleType
from typing import Any

from reelmake.diagnostics import Report, Source
from reelmake.errors import Mistake
from reelmake.model.provider import Capabilities, Model
from reelmake.model.storyboard import ProviderSpec
from reelmake.model.vendor import Vendor

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
    if shelf in _OPEN_TO_OUTSIDERS and outsiders():
        from importlib.metadata import entry_points

        for point in entry_points(group=f"reelmake.{shelf}"):
            found.setdefault(point.name, point.load())
    return found


@cache
def origin(shelf: str, name: str) -> str:
    """The package and version that an outsider's member comes from ("spin 1.2"); "" for ours."""
    if not outsiders():
        return ""
    from importlib.metadata import entry_points

    for point in entry_points(group=f"reelmake.{shelf}"):
        module = members(shelf).get(point.name)
        if module and not module.__name__.startswith("reelmake.") and name == module.NAME and point.dist:
            return f"{point.dist.name} {point.dist.version}"
    return ""


@cache
def outsiders() -> tuple[Path, ...]:
    """Files that may name members of our shelves. importlib.metadata takes 28 ms to say that there are none; to look
    for our name in the files that it would read takes one. Where packages lie in archives it has to be asked."""
    found: list[Path] = []
    for place in map(Path, sys.path):
        if place.is_file():
            found.append(place)
        for form in ("*.dist-info", "*.egg-info", "*.egg/EGG-INFO"):
            found += filter(_offers, place.glob(f"{form}/entry_points.txt"))
    return tuple(found)


def _offers(points: Path) -> bool:
    """Do these entry points name one of our groups? If they cannot be read, whoever reads them all may say so."""
    try:
        return any(line.startswith("[reelmake.") for line in points.read_text("utf-8", errors="replace").splitlines())
    except OSError:
        return True


class _Kinds(Mapping[str, Capabilities]):
    """A vendor's file is read when its kind is asked for, not when kinds are listed."""

    def __init__(self) -> None:
        shelf = members("providers").values()
        self._modules = {m.CAPABILITIES.kind: m.CAPABILITIES for m in shelf if hasattr(m, "CAPABILITIES")}

    def __getitem__(self, kind: str) -> Capabilities:
        return self._modules[kind] if kind in self._modules else vendor(kind).capabilities

    def __iter__(self) -> Iterator[str]:
        return iter(sorted({*self._modules, *_vendors()}))

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __contains__(self, kind: object) -> bool:
        return kind in self._modules or kind in _vendors()


@cache
def kinds() -> Mapping[str, Capabilities]:
    """Provider kinds by name: modules, and vendors' files."""
    return _Kinds()


@cache
def _vendors() -> dict[str, Path]:
    """Vendors' files by the name of their kind."""
    folder = Path(str(importlib.import_module("reelmake.providers").__path__[0])) / "vendors"
    return {file.stem: file for file in sorted(folder.glob("*.yaml"))}


@cache
def vendor(kind: str, text: Source | None = None) -> Vendor:
    """A vendor by its kind; `text` is its file where that is the project's. KeyError if there is none.

    Raises Mistake for a text that does not describe one; compile has refused that.
    """
    from reelmake.compile.vendor_file import read_vendor

    report = Report()
    source = text or Source(f"{kind}.yaml", _vendors()[kind].read_text("utf-8"))
    found = read_vendor(source, kind, report)
    if found is None:
        raise Mistake(report.sorted())
    return found


def module(spec: ProviderSpec) -> Any:
    """What a provider is reached with: something with `converse(spec)` or `connect(spec, secret)`, or neither."""
    if spec.text is None and spec.kind not in _vendors():
        shelf = members("providers").values()
        return next(m for m in shelf if hasattr(m, "CAPABILITIES") and spec.kind == m.CAPABILITIES.kind)
    from reelmake.providers import json_jobs

    return json_jobs.Interpreter(vendor(spec.kind, spec.text))


def addressed(spec: ProviderSpec) -> ProviderSpec:
    """A provider that does not say where it is, with the address of its kind."""
    if spec.base_url:
        return spec
    can = vendor(spec.kind, spec.text).capabilities if spec.text else kinds()[spec.kind]
    return replace(spec, base_url=can.base_url or "")


@cache
def models(kind: str) -> Mapping[str, Model]:
    """What the catalog knows of a kind's models, by name: the file models.yaml beside its module, or its vendor's."""
    if kind in _vendors():
        return vendor(kind).models
    for module in members("providers").values():
        if hasattr(module, "CAPABILITIES") and module.CAPABILITIES.kind == kind and module.__file__:
            here = Path(module.__file__)
            folder = here.parent if here.stem == "__init__" else here.with_suffix("")
            return _models(folder / "models.yaml", kind)
    return {}


def _models(file: Path, kind: str) -> Mapping[str, Model]:
    from reelmake.compile.models import read_models
    from reelmake.compile.read import read

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
