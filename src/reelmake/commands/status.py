"""Show the state of each shot, what is still open at providers, and what was spent."""

from __future__ import annotations

import argparse

from reelmake.commands import _open, _options
from reelmake.report.console import Console


def arguments(parser: argparse.ArgumentParser) -> None:
    _options.add(parser, "storyboard", "draft", "json", shots="(default: all)")


def run(args: argparse.Namespace, console: Console) -> int:
    from reelmake.report import status_table as report
    from reelmake.session.project import plan
    from reelmake.session.publishing import astray, unmade
    from reelmake.session.selecting import shown

    seen = _open.snapshot(args, console)
    names = _open.selected(seen, args.shots, console)
    _open.warn_of_picks(seen, names, console)
    found = plan(seen, names)
    outputs = astray(seen, found), unmade(seen, found)
    state = report.status(found, seen.layout, seen.journal.entries(), shown(seen, names), *outputs)
    console.answer(state.as_json, lambda: state.text(console.paint_result))
    return 0
