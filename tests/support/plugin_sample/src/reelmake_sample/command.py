"""Say how many words there are."""

from __future__ import annotations

import argparse

from reelmake.ports import Terminal

HELP = "count words"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("words", nargs="*", metavar="WORD")


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """The exit status."""
    terminal.result(str(len(args.words)))
    return 0
