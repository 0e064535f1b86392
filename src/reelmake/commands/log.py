"""List past runs: when, what they made, what they cost, how long they took; or show one of them in full."""

from __future__ import annotations

import argparse

from reelmake.commands import _open, _options
from reelmake.report.console import Console


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", nargs="?", help="one run in full: its id, or its beginning, or `last`")
    _options.add(parser, "json")
    parser.add_argument("-n", type=int, default=20, metavar="N", help="how many, newest last (default: 20)")


def run(args: argparse.Namespace, console: Console) -> int:
    from reelmake.report import run_log as report
    from reelmake.session import past_runs

    workspace = _open.somewhere(args)
    if args.run is not None:
        found = past_runs.in_full(workspace, args.run)
        console.answer(
            lambda: {"reelmake": 1, "run": found},
            lambda: report.in_full(found, console.paint_result, console.fitted),
        )
        return 0
    listed = past_runs.listed(workspace)[-max(1, args.n) :]
    if console.json:
        console.object({"reelmake": 1, "runs": listed})
        return 0
    if not listed:
        console.say("no runs yet")
    for one in listed:
        console.result(report.line(one, console.fitted))
    return 0
