"""Finds what stands on the shelves: providers, transitions, outputs, commands.

Ours are modules in the shelf's folder: `ls providers/` is the truth. Everybody else's, and those of the packages
that come with reelmake, are named by the entry-point group `reelmake.SHELF` of a distribution. A module is imported
only when it is named or asked for what it declares. A provider may also be a file of data in providers/vendors, or in
the project. Knows no member by name.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Generic, TypeVar

from reelmake.catalog.entry_points import PlugIn, plug_ins

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from reelmake.diagnostics import Source
    from reelmake.errors import Unloadable
    from reelmake.model.provider import Capabilities, Model
    from reelmake.model.storyboard import ProviderSpec
    from reelmake.model.vendor import Vendor
    from reelmake.providers.json_jobs import Interpreter

T = TypeVar("T")
_CALLED: Mapping[str, Callable[[ModuleType], Iterable[str]]] = {
    "providers": lambda module: [module.CAPABILITIES.kind] if hasattr(module, "CAPABILITIES") else [],
    "transitions": lambda module: [module.NAME],
    "outputs": lambda module: module.SUFFIXES,
}
"""What storyboards call a member of a shelf."""


@cache
def names(shelf: str) -> tuple[str, ...]:
    """Members of a shelf, sorted, as modules are called: a plug-in's name has _ for each -."""
    return tuple(sorted({*_ours(shelf), *_plug_ins(shelf)}))


def load(shelf: str, name: str) -> ModuleType:
    """One module of a shelf; of two with one name ours. Raises Unloadable for a plug-in that cannot be imported."""
    if name in _ours(shelf):
        return importlib.import_module(f"reelmake.{shelf}.{name}")
    found = _imported(_plug_ins(shelf)[name])
    if isinstance(found, Exception):
        raise found
    return found


@cache
def members(shelf: str) -> dict[str, ModuleType]:
    """Every module of a shelf that can be imported, by name."""
    found = {}
    for name in names(shelf):
        with contextlib.suppress(KeyError):
            found[name] = load(shelf, name)
    return found


@cache  # asked for every shot
def find(shelf: str, called: str) -> ModuleType:
    """What storyboards call so: a kind of provider, a transition, a suffix. KeyError if there is none, Unloadable
    if it cannot be imported. A module that has the name is looked at first, then ours, and none after the one it is."""
    likely = called.removeprefix(".").replace("-", "_")
    if likely in names(shelf) and called in _CALLED[shelf](module := load(shelf, likely)):
        return module
    for name in sorted(names(shelf), key=lambda name: name not in _ours(shelf)):
        with contextlib.suppress(KeyError):
            if called in _CALLED[shelf](module := load(shelf, name)):
                return module
    raise KeyError(called)


@cache
def _by_call(shelf: str) -> dict[str, ModuleType]:
    """Everything by what storyboards call it; of two that are called the same, ours."""
    there = sorted(members(shelf).items(), key=lambda member: member[0] in _ours(shelf))
    return {called: module for _, module in there for called in _CALLED[shelf](module)}


class _Shelf(Mapping[str, T], Generic[T]):
    """What each member of a shelf declares, by what storyboards call it; its module is imported when it is asked."""

    def __init__(self, shelf: str, declared: Callable[[ModuleType], T]) -> None:
        self._shelf, self._declared = shelf, declared

    def __getitem__(self, called: str) -> T:
        return self._declared(find(self._shelf, called))

    def __iter__(self) -> Iterator[str]:
        return iter(_by_call(self._shelf))

    def __len__(self) -> int:
        return len(_by_call(self._shelf))


def plug_in_of(module: str) -> str:
    """The plug-in, ours or others', that a module is part of ("spin 1.2"); "" if it is part of none."""
    package = module.partition(".")[0]
    return next((plug_in.package for plug_in in plug_ins() if plug_in.module.partition(".")[0] == package), "")


@cache
def origin(module: str) -> str:
    """The distribution and version that a module comes from ("spin 1.2"); "" for what comes with reelmake, and for what
    was not installed."""
    package = module.partition(".")[0]
    named = [said] if (said := plug_in_of(module)) else []
    if package != "reelmake" and not named:  # it is imported by a plug-in that is called otherwise
        from importlib.metadata import packages_distributions, version

        named = [f"{name} {version(name)}" for name in packages_distributions().get(package, [])]
    return next((said for said in named if not said.startswith("reelmake ")), "")


def plug_in_files() -> tuple[Path, ...]:
    """What is written anew when a plug-in comes, goes or has another version."""
    from pathlib import Path

    return tuple(dict.fromkeys(Path(plug_in.file) for plug_in in plug_ins()))


def others() -> tuple[list[str], list[str]]:
    """Packages with plug-ins, less what comes with reelmake; and why one of theirs cannot be imported."""
    found = [plug_in for plug_in in plug_ins() if not plug_in.package.startswith("reelmake ")]
    failed = [str(module) for module in map(_imported, found) if isinstance(module, Exception)]
    return list(dict.fromkeys(plug_in.package for plug_in in found)), failed


@cache
def _ours(shelf: str) -> frozenset[str]:
    """Modules in the shelf's folder; names that start with an underscore are not on it."""
    folder = os.path.join(os.path.dirname(os.path.dirname(__file__)), shelf)
    entries = [entry for entry in os.scandir(folder) if not entry.name.startswith("_")]
    packages = {entry.name for entry in entries if os.path.isfile(f"{entry.path}/__init__.py")}
    return frozenset(packages | {entry.name[:-3] for entry in entries if entry.name.endswith(".py")})


@cache
def _plug_ins(shelf: str) -> dict[str, PlugIn]:
    """The first of each name, as Python would find it, and none in the place of one of ours."""
    found = {plug_in.name: plug_in for plug_in in reversed(plug_ins()) if plug_in.shelf == shelf}
    return {name: found[name] for name in sorted(found.keys() - _ours(shelf))}


@cache
def _imported(plug_in: PlugIn) -> ModuleType | Unloadable:
    from reelmake.errors import Unloadable

    try:
        module = importlib.import_module(plug_in.module)
        if plug_in.shelf in _CALLED:
            _CALLED[plug_in.shelf](module)
    except Exception as error:  # whatever a stranger's module does
        return Unloadable(f"the plug-in {plug_in.package} cannot be loaded: {type(error).__name__}: {error}")
    return module


class _Kinds(_Shelf["Capabilities"]):
    """With vendors' files, each of which is read when its kind is asked for, not when kinds are listed."""

    def __getitem__(self, kind: str) -> Capabilities:
        return vendor(kind).capabilities if kind in _vendors() else super().__getitem__(kind)

    def __contains__(self, kind: object) -> bool:
        return kind in _vendors() or super().__contains__(kind)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted({*super().__iter__(), *_vendors()}))

    def __len__(self) -> int:
        return len(list(iter(self)))


def kinds() -> Mapping[str, Capabilities]:
    """Provider kinds by name: modules, and vendors' files."""
    return _Kinds("providers", lambda module: module.CAPABILITIES)


@cache
def _vendors() -> dict[str, Path]:
    """Vendors' files by the name of their kind."""
    from pathlib import Path

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


def module(spec: ProviderSpec) -> ModuleType | Interpreter:
    """What a provider is reached with: something with `converse(spec)` or `connect(spec, secret)`, or neither."""
    if spec.text is None and spec.kind not in _vendors():
        return find("providers", spec.kind)
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
    """What the catalog knows of a kind's models, by name: from its vendor's file, or from models.yaml in the folder of
    its module, the one that it would have as a package."""
    if kind in _vendors():
        return vendor(kind).models
    from pathlib import Path

    try:
        here = Path(find("providers", kind).__file__ or "")
    except KeyError:
        return {}
    file = (here.parent if here.stem == "__init__" else here.with_suffix("")) / "models.yaml"
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


def transitions() -> Mapping[str, frozenset[str]]:
    """Transition names and the parameters each takes."""
    return _Shelf("transitions", lambda module: frozenset(module.PARAMS))


def transition(name: str) -> ModuleType | None:
    """A transition by its name in the language."""
    with contextlib.suppress(KeyError):
        return find("transitions", name)
    return None


def complaint(name: str, params: Mapping[str, object]) -> str:
    """What is wrong with the parameters of a transition, as a sentence; "" if nothing is, or nobody knows it."""
    module = transition(name)
    return str(module.complaint(params)) if module and hasattr(module, "complaint") else ""


def filters(name: str, params: Mapping[str, object]) -> frozenset[str]:
    """What a transition needs of the filters that not every ffmpeg has."""
    module = transition(name)
    return frozenset(module.filters(params)) if module and hasattr(module, "filters") else frozenset()


def outputs() -> Mapping[str, frozenset[str]]:
    """Output suffixes and the options each takes."""
    return _Shelf("outputs", lambda module: frozenset(module.OPTIONS))


def output(path: str) -> ModuleType:
    """The output kind that a path's suffix picks. KeyError if there is none; compile has refused that."""
    return find("outputs", posixpath.splitext(path)[1])
