"""Plug-ins that are installed, as their distributions' entry points name them.

Knows nothing of what they are, and imports none.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

_RECORDS = (".dist-info", ".egg-info", ".egg")  # how folders are called that say what a distribution offers


class PlugIn(NamedTuple):
    """A member of a shelf that is no module of ours. `package`: whose it is, with its version ("spin 1.2").

    `file`: what an installer writes anew with another version.
    """

    shelf: str
    name: str
    module: str
    package: str
    file: str


@cache
def plug_ins() -> tuple[PlugIn, ...]:
    """Those of every distribution. importlib.metadata takes 28 ms to say that there is none; to look for our name in
    the files that it would read takes one. Where packages lie in archives it has to be asked."""
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
    lines: list[str] = []
    with contextlib.suppress(OSError):
        name = "METADATA" if folder.endswith(".dist-info") else "PKG-INFO"
        with open(f"{folder}/{name}", encoding="utf-8", errors="replace") as record:
            lines = record.read().splitlines()
    said = dict(line.split(": ", 1) for line in reversed(lines) if line.startswith(("Name: ", "Version: ")))
    package = f"{said.get('Name', '')} {said.get('Version', '')}"
    yield from _read(offered.decode(errors="replace"), package, f"{folder}/entry_points.txt")


def _read(text: str, package: str, file: str) -> Iterator[PlugIn]:
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
        yield from _read(found.read_text("entry_points.txt") or "", f"{found.name} {found.version}", archive)
