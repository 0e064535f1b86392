"""Print the schema that editors complete and check storyboards with; plug-ins of this installation are in it.

Keep it beside the storyboard and name it in the first line, as `init` does:
`# yaml-language-server: $schema=storyboard-1.schema.json`.
"""

from __future__ import annotations

import argparse

from reelmake.commands import _open
from reelmake.report.console import Console


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-o", "--output", metavar="FILE", help="write it to FILE, replacing it")


def run(args: argparse.Namespace, console: Console) -> int:
    from reelmake.report.editors import installed, written

    return _open.written(written(installed()).rstrip("\n"), args, console)
