"""What `reelmake --help` says: every command in a line. Builds no parser, for that takes longer than all of this."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

from reelmake import catalog
from reelmake.commands import COMMANDS
from reelmake.errors import Unloadable

WHAT = "make for AI video: a storyboard becomes one cut, and only the shots that changed are paid for."
MORE = "`reelmake COMMAND --help` explains a command."
_COLUMN = 14


def names() -> list[str]:
    """Of all commands, as they are typed."""
    return [name.replace("_", "-") for name in catalog.names("commands")]


def described() -> Iterator[tuple[str, str]]:
    """Each command with what it is for; not those of plug-ins that cannot be loaded."""
    for name in names():
        try:
            yield name, COMMANDS.get(name) or catalog.load("commands", name.replace("-", "_")).HELP
        except Unloadable:
            continue


def overview() -> str:
    """All of it, as wide as the terminal."""
    from textwrap import fill

    width = max(40, os.get_terminal_size(1).columns if sys.stdout.isatty() else 100)
    entries = [
        ("-h, --help", "show this help, or that of a command"),
        ("--version", "print the version"),
        *described(),
    ]
    indent = " " * _COLUMN
    lines = [fill(f"  {name:{_COLUMN - 3}} {what}", width, subsequent_indent=indent) for name, what in entries]
    return "\n".join(["usage: reelmake COMMAND ...", "", fill(WHAT, width), "", *lines, "", MORE, ""])
