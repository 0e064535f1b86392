"""The argument parser, of one command or of all. Knows no command by name; each declares its own arguments."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import NoReturn

from reelmake import __version__, catalog
from reelmake.commands import _options
from reelmake.commands._help import MORE, WHAT, described
from reelmake.errors import Unloadable


class Parser(argparse.ArgumentParser):
    """Says a mistake on the command line as JSON too, where JSON was asked for."""

    asked: tuple[str, ...] = ()

    def error(self, message: str) -> NoReturn:
        from reelmake.report.console import failure_json, json_text
        from reelmake.visible import visible

        if "--json" in Parser.asked:
            said = failure_json("RM700", message, None, [f"{self.prog} --help"], kept=None)
            sys.stdout.write(json_text({"error": said}) + "\n")
        super().error(visible(message))


def alone(command: str, asked: Sequence[str] = ()) -> argparse.ArgumentParser:
    """Of what follows the command; only its module is imported. `asked`: the command line as typed."""
    Parser.asked = tuple(asked)
    try:
        module = _module(command)
    except Unloadable as error:
        Parser(prog="reelmake").error(str(error))
    return _with_options(Parser(prog=f"reelmake {command}", description=module.__doc__), module)


def whole(asked: Sequence[str] = ()) -> argparse.ArgumentParser:
    """Every command: for --help, for completion, for the reference."""
    Parser.asked = tuple(asked)
    parser = Parser(prog="reelmake", description=WHAT, epilog=MORE)
    parser.add_argument("--version", action="version", version=f"reelmake {__version__}")
    shelf = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, what in described():
        module = _module(name)
        _with_options(shelf.add_parser(name, help=what, description=module.__doc__), module)
    return parser


def _module(command: str) -> ModuleType:
    return catalog.load("commands", command.replace("-", "_"))


def _with_options(parser: argparse.ArgumentParser, module: ModuleType) -> argparse.ArgumentParser:
    _options.add(parser, "common")
    module.arguments(parser)
    return parser
