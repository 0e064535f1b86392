"""The argument parser, of one command or of all. Knows no command by name; each declares its own arguments."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from typing import NoReturn

from reelmake import __version__, catalog
from reelmake.commands import _options
from reelmake.errors import Unloadable
from reelmake.visible import visible


class Parser(argparse.ArgumentParser):
    """Says a mistake on the command line as JSON too, where JSON was asked for."""

    asked: tuple[str, ...] = ()

    def error(self, message: str) -> NoReturn:
        if "--json" in Parser.asked:
            value = {"code": "RM700", "message": message, "shot": None, "span": None, "kept": None}
            help_ = {"command": f"{self.prog} --help", "costs_money": False}
            sys.stdout.write(json.dumps({"error": {**value, "next": [help_]}}, indent=2) + "\n")
        super().error(visible(message))


def known_commands() -> list[str]:
    """As they are typed."""
    return [name.replace("_", "-") for name in catalog.names("commands")]


def alone(command: str, asked: Sequence[str] = ()) -> argparse.ArgumentParser:
    """Only that command's module is imported. `asked`: the command line as typed."""
    Parser.asked = tuple(asked)
    return _parser([command])


def whole(asked: Sequence[str] = ()) -> argparse.ArgumentParser:
    """Every command: for --help, for completion, for the reference."""
    Parser.asked = tuple(asked)
    return _parser(known_commands())


def _parser(commands: list[str]) -> argparse.ArgumentParser:
    parser = Parser(
        prog="reelmake",
        description="make for AI video: a storyboard becomes one cut, and only the shots that changed are paid for.",
        epilog="`reelmake COMMAND --help` explains a command.",
    )
    parser.add_argument("--version", action="version", version=f"reelmake {__version__}")
    shelf = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name in commands:
        try:
            module = catalog.load("commands", name.replace("-", "_"))
        except Unloadable as error:
            if commands == [name]:
                parser.error(str(error))
            continue  # a plug-in's, and not asked for
        entry = shelf.add_parser(name, help=module.HELP, description=module.__doc__)
        _options.common(entry)
        module.arguments(entry)
    return parser
