"""Show what is another in the film than at a revision or after a run, and what it would cost to make. Nothing is
checked out or made.

A revision is named as git names it; with `...` behind it, where that branch and this one parted. A run is named by its
id (`reelmake log`), or `last`.
"""

from __future__ import annotations

import argparse

from reelmake.commands import _open, _options
from reelmake.report.console import Console


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("before", metavar="REV|RUN", help="a revision (main, HEAD~1, main...) or a run (its id, last)")
    parser.add_argument("after", metavar="REV|RUN", nargs="?", help="another one (default: the work tree)")
    _options.add(parser, "storyboard", "draft", "stills", "json")
    parser.add_argument("--all", action="store_true", help="every shot, however many there are")


def run(args: argparse.Namespace, console: Console) -> int:
    from reelmake.plan.difference import difference
    from reelmake.report.differences import DifferenceText
    from reelmake.report.explanation import inputs
    from reelmake.session.comparing import now, then, versions
    from reelmake.session.project import plan

    workspace = _open.workspace(args)
    before = then(workspace, args.before)
    after = now(_open.project(args, console)) if args.after is None else then(workspace, args.after)
    found = difference(*versions(before, after))
    slates = after.seen.layout.slates if after.seen else {}
    todo = plan(after.seen) if after.seen else None
    names = (before.name, before.commit), (after.name, after.commit)
    told = DifferenceText(found, names, lambda shot: inputs(slates[shot]) if shot in slates else {}, todo)
    console.answer(told.as_json, lambda: told.text(console.paint_result, console.fitted, everything=args.all))
    return 0
