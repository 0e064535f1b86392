"""Finds what stands on the shelves: providers, transitions, outputs, commands.

Ours are modules in the shelf's folder: `ls providers/` is the truth. Everybody else's, those of `reelmake_sketch` and
`reelmake_fake` among them, are named by the entry-point group `reelmake.SHELF` of a distribution. A module is imported
only when it is named or asked for what it declares. A provider may also be a file of data in providers/vendors, or in
the project. Knows no member by name.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from types import ModuleType

    from reelmake.diagnostics import Source
    from reelmake.model.provider import Capabilities, Model
    from reelmake.model.storyboard import ProviderSpec
    from reelmake.model.vendor import Vendor

_RECORDS = (".dist-info", ".egg-info", ".egg")  # how folders are called that say what a distribution offers


class PlugIn(NamedTuple):
    """A member of a shelf that is no module of ours. `package`: whose it is, with its version ("spin 1.2").

    `file`: what an installer writes anew with another version.
    """

    shelf: str
    name: str
    module: str
    package: str
    file: Path


@cache
def names(shelf: str) -> tuple[str, ...]:
    """Members of a shelf, sorted, as modules are called: a plug-in's name has _ for each -."""
    return tuple(sorted({*_ours(shelf), *_plug_ins(shelf)}))


def load(shelf: str, name: str) -> ModuleType:
    """One module of a shelf; of two with one name ours."""
    return importlib.import_module(
        f"reelmake.{shelf}.{name}" if name in _ours(shelf) else _plug_ins(shelf)[name].module
    )


@cache
def members(shelf: str) -> dict[str, ModuleType]:
    """Every module of a shelf, imported, by name."""
    return {name: load(shelf, name) for name in names(shelf)}


@cache
def origin(module: str) -> str:
    """The distribution and version that a module comes from ("spin 1.2"); "" for what comes with reelmake, and for what
    was not installed."""
    package = module.partition(".")[0]
    named = [plug_in.package for plug_in in _found() if plug_in.module.partition(".")[0] == package]
    if package != "reelmake" and not named:  # it is imported by a plug-in that is called otherwise
        from importlib.metadata import packages_distributions, version

        named = [f"{name} {version(name)}" for name in packages_distributions().get(package, [])]
    return next((said for said in named if not said.startswith("reelmake ")), "")


def plug_in_files() -> tuple[Path, ...]:
    """What is written anew when a plug-in comes, goes or has another version."""
    return tuple(dict.fromkeys(plug_in.file for plug_in in _found()))


@cache
def _ours(shelf: str) -> frozenset[str]:
    """Modules in the shelf's folder; names that start with an underscore are not on it."""
    folder = Path(__file__).parent / shelf
    found = {file.stem for file in folder.glob("[!_]*.py")} | {
        file.parent.name for file in folder.glob("[!_]*/__init__.py")
    }
    return frozenset(found)


@cache
def _plug_ins(shelf: str) -> dict[str, PlugIn]:
    """The first of each name, as Python would find it, and none in the place of one of ours."""
    found = {plug_in.name: plug_in for plug_in in reversed(_found()) if plug_in.shelf == shelf}
    return {name: found[name] for name in sorted(found.keys() - _ours(shelf))}


@cache
def _found() -> tuple[PlugIn, ...]:
    """Everybody's. importlib.metadata takes 28 ms to say that there is none; to look for our name in the files that it
    would read takes one. Where packages lie in archives it has to be asked."""
    found: list[PlugIn] = []
    for place in sys.path:
        if os.path.isfile(place):
            found += _archived(place)
            continue
        with contextlib.suppress(OSError):
            for entry in os.listdir(place or "."):
                if entry.endswith(_RECORDS):
                    found += _recorded(f"{place or '.'}/{entry}{'/EGG-INFO' if entry.endswith('.egg') else ''}")
    return tuple(found)


def _recorded(folder: str) -> Iterator[PlugIn]:
    """What a distribution's record in a folder offers; what cannot be read offers nothing."""
    try:
        with open(f"{folder}/entry_points.txt", "rb") as file:
            offered = file.read()
    except OSError:
        return
    if b"[reelmake." not in offered:
        return
    record = Path(folder, "METADATA" if folder.endswith(".dist-info") else "PKG-INFO")
    lines = record.read_text("utf-8", errors="replace").splitlines() if record.is_file() else []
    said = dict(line.split(": ", 1) for line in reversed(lines) if line.startswith(("Name: ", "Version: ")))
    package = f"{said.get('Name', '')} {said.get('Version', '')}"
    yield from _read(offered.decode(errors="replace"), package, Path(folder, "entry_points.txt"))


def _read(text: str, package: str, file: Path) -> Iterator[PlugIn]:
    shelf = ""
    for line in text.splitlines():
        if line.startswith("["):
            shelf = line.strip("[] \t").removeprefix("reelmake.") if line.startswith("[reelmake.") else ""
        elif shelf and "=" in line:
            name, _, module = line.partition("=")
            yield PlugIn(shelf, name.strip().replace("-", "_"), module.strip(), package, file)


def _archived(archive: str) -> Iterator[PlugIn]:
    from importlib.metadata import distributions

    for found in distributions(path=[archive]):
        yield from _read(found.read_text("entry_points.txt") or "", f"{found.name} {found.version}", Path(archive))


class _Kinds(Mapping[str, "Capabilities"]):
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
    from reelmake.diagnostics import Report, Source
    from reelmake.errors import Mistake

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
    from dataclasses import replace

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
    if not file.is_file():
        return {}
    from reelmake.compile.models import read_models
    from reelmake.compile.read import read
    from reelmake.diagnostics import Report, Source

    report = Report()
    found = read_models(read(Source(file.name, file.read_text("utf-8")), report), kind)
    if report.items:
        raise RuntimeError(f"bug: {file} cannot be read: {report.items[0].message}")
    return found


def transitions() -> dict[str, frozenset[str]]:
    """Transition names and the parameters each takes."""
    return {module.NAME: frozenset(module.PARAMS) for module in members("transitions").values()}


def transition(name: str) -> ModuleType | None:
    """A transition by its name in the language."""
    return next((module for module in members("transitions").values() if name == module.NAME), None)


def complaint(name: str, params: Mapping[str, object]) -> str:
    """What is wrong with the parameters of a transition, as a sentence; "" if nothing is, or nobody knows it."""
    module = transition(name)
    return str(module.complaint(params)) if module and hasattr(module, "complaint") else ""


def filters(name: str, params: Mapping[str, object]) -> frozenset[str]:
    """What a transition needs of the filters that not every ffmpeg has."""
    module = transition(name)
    return frozenset(module.filters(params)) if module and hasattr(module, "filters") else frozenset()


def outputs() -> dict[str, frozenset[str]]:
    """Output suffixes and the options each takes."""
    return {suffix: frozenset(module.OPTIONS) for module in members("outputs").values() for suffix in module.SUFFIXES}


def output(path: str) -> ModuleType:
    """The output kind that a path's suffix picks. KeyError if there is none; compile has refused that."""
    by_suffix = {suffix: module for module in members("outputs").values() for suffix in module.SUFFIXES}
    return by_suffix[PurePosixPath(path).suffix]
