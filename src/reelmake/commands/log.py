"""List past runs: when, what they made, what they cost, how long they took; or show one of them in full."""

from __future__ import annotations

import argparse
from contextlib import suppress

from reelmake.commands import _open, _options
from reelmake.errors import Mistake
from reelmake.report.console import Console

_ODD = (ArithmeticError, AttributeError, KeyError, TypeError, ValueError)  # what comes of notes that somebody edited


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
        try:
            console.answer(
                lambda: {"reelmake": 1, "run": found},
                lambda: report.in_full(found, console.paint_result, console.fitted),
            )
        except _ODD:
            hint = f"it is in .reelmake/runs.jsonl, and in .reelmake/runs/{found['id']}.json"
            raise Mistake.of(past_runs.ONLY_A_LINE, "what is remembered of this run is damaged", hint=hint) from None
        return 0
    listed = past_runs.listed(workspace)[-max(1, args.n) :]
    if console.json:
        console.object({"reelmake": 1, "runs": listed})
        return 0
    if not listed:
        console.say("no runs yet")
    for one in listed:
        with suppress(*_ODD):  # passed over, as a line that a crash cut short is
            console.result(report.line(one, console.fitted))
    return 0
