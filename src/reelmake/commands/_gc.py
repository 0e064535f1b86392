"""`cache gc`: what nothing needs any more is shown, with what it would take to have it back; `--delete` removes it."""

from __future__ import annotations

import argparse
import re

from reelmake.commands import _open, _options
from reelmake.errors import Mistake
from reelmake.report.console import Console

RUNS = 10  # builds whose work is kept
_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


def arguments(parser: argparse.ArgumentParser) -> None:
    _options.add(parser, "storyboard")
    parser.add_argument("--delete", action="store_true", help="remove it (else it is only shown)")
    what = "also paid takes that no storyboard, branch or run refers to"
    parser.add_argument("--paid", action="store_true", help=what)
    what = "only as much, the oldest first, as leaves the store no larger than this (20GB, 500MB)"
    parser.add_argument("--max-size", metavar="SIZE", help=what)
    what = f"keep what the last N builds used that were not alike (default: {RUNS})"
    parser.add_argument("--runs", metavar="N", type=int, default=RUNS, help=what)


def run(args: argparse.Namespace, console: Console) -> int:
    from reelmake.report import waste_table as report
    from reelmake.session import collecting

    most = None if args.max_size is None else _size(args.max_size)
    project = _open.project(args, console)
    workspace = project.workspace
    with workspace.hold(wait=False, waiting=console.say, stopped=lambda: False):  # decided and done in one go
        found = collecting.waste(project, paid=args.paid, runs=max(0, args.runs), most=most)
        if args.delete:
            collecting.remove(workspace.store, found)
    console.answer(
        lambda: report.as_json(found, deleted=args.delete), lambda: report.text(found, deleted=args.delete, most=most)
    )
    return 0


def _size(text: str) -> int:
    """Bytes. Raises Mistake."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?) ?([KMGT]?)(i?)B?", text.strip(), re.IGNORECASE)
    if found is None:
        raise Mistake.of("RM988", f'--max-size takes a size, not "{text}"', hint="write --max-size 20GB")
    number, unit, binary = found.groups()
    power = _UNITS[unit.upper()]
    return round(float(number) * (1024 ** (len(str(power)) // 3) if binary else power))
