"""The argument parser, of one command or of all. Knows no command by name; each declares its own arguments."""

from __future__ import annotations

import argparse

from reelmake import catalog
from reelmake.commands import _options
from reelmake.version import __version__


def known_commands() -> list[str]:
    """As they are typed."""
    return [name.replace("_", "-") for name in catalog.names("commands")]


def alone(command: str) -> argparse.ArgumentParser:
    """Only that command's module is imported."""
    return _parser([command])


def whole() -> argparse.ArgumentParser:
    """Every command: for --help, for completion, for the reference."""
    return _parser(known_commands())


def _parser(commands: list[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="reelmake",
        description="make for AI video: a storyboard becomes one cut, and only the shots that changed are paid for.",
        epilog="`reelmake COMMAND --help` explains a command.",
    )
    parser.add_argument("--version", action="version", version=f"reelmake {__version__}")
    shelf = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name in commands:
        module = catalog.load("commands", name.replace("-", "_"))
        entry = shelf.add_parser(name, help=module.HELP, description=module.__doc__)
        _options.common(entry)
        module.arguments(entry)
    return parser
