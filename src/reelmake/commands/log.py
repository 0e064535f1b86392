"""List past runs: when, what they made, what they cost, how long they took."""

from __future__ import annotations

import argparse

from reelmake.commands import _open, _options
from reelmake.report.console import Console

_TOOK = 12  # columns of how long a run took


def arguments(parser: argparse.ArgumentParser) -> None:
    _options.add(parser, "json")
    parser.add_argument("-n", type=int, default=20, metavar="N", help="how many, newest last (default: 20)")


def run(args: argparse.Namespace, console: Console) -> int:
    import shlex
    from decimal import Decimal

    from reelmake.plan.result import BuildNote
    from reelmake.report.build_summary import note_text
    from reelmake.report.naming import duration, moment, money
    from reelmake.session.workspace import RUNS

    runs = _open.somewhere(args).notes.lines(RUNS)[-max(1, args.n) :]
    if console.json:
        console.object({"reelmake": 1, "runs": runs})
        return 0
    if not runs:
        console.say("no runs yet")
    for r in runs:
        parts = [f"{r['generated']} generated", f"{r['reused']} reused", money(Decimal(str(r["cost_usd"])))]
        ledger = r.get("ledger_usd", {})  # runs of earlier versions have none
        parts += [f"{name} {money(Decimal(str(usd)))}" for name, usd in ledger.items() if name != "spent"]
        parts += [f"{r['failed']} failed"] if r["failed"] else []
        parts += ["interrupted"] if r["interrupted"] else []
        what = f"  {shlex.join(r['command'])}" if r["command"] else ""
        begins = f"{moment(r['at'])}  {duration(r['took']):>{_TOOK}}  "
        console.result(console.fitted(f"{begins}{', '.join(parts)}{what}", len(begins)))
        for note in r.get("notes", ()):
            console.result(console.fitted(f"  note: {note_text(BuildNote(**note))}", 8))
    return 0
