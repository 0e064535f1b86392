"""Show what a build would make and reuse, and why, with its cost and time. Makes nothing.

Providers are asked only whether they still have the clips that a remix or an extension would start from.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING

from reelmake.commands import _open, _options
from reelmake.errors import Unwilling
from reelmake.report.console import Console

if TYPE_CHECKING:
    from reelmake.plan.decide import Plan
    from reelmake.plan.result import Astray

SOMETHING = 10  # the exit status of --detailed-exitcode where a build would do something


def arguments(parser: argparse.ArgumentParser) -> None:
    _options.add(parser, "storyboard", "draft", "stills", "remake", "json", shots="to narrow it to")
    parser.add_argument("--format", choices=("table", "markdown", "json"), default="table", help="how to show it")
    parser.add_argument("--locked", action="store_true", help="refuse a plan that generates anything: for CI")
    status = "exit with 10 if there is something to do, 0 if there is nothing"
    parser.add_argument("--detailed-exitcode", action="store_true", help=status)
    parser.add_argument("--all", action="store_true", help="every row, however many there are")


def run(args: argparse.Namespace, console: Console) -> int:
    from reelmake.prep.color_report import ColorReport
    from reelmake.prep.copy_report import as_json as as_entries
    from reelmake.prep.copy_report import copy_reports, lines
    from reelmake.report import plan_table as report
    from reelmake.session.approval import locked
    from reelmake.session.choosing import decided
    from reelmake.session.project import forecast, plan
    from reelmake.session.publishing import astray

    console.json = console.json or args.format == "json"
    seen = _open.snapshot(args, console, warns=True)
    names = _open.selected(seen, args.shots, console)
    if args.locked:
        found = plan(seen, names)
        ended = locked(seen, found)
    else:
        seen, found, ended = _open.planned(seen, names, remake=args.remake)
    decided(seen, found)
    layout, seconds, lost = seen.layout, forecast(seen, found), astray(seen, found)
    if args.format == "markdown" and not console.json:
        console.result(report.markdown(found, layout, seconds, lost))
        return _closed(found, lost, ended, args, console)
    workspace = seen.workspace
    copies = copy_reports(found, seen.inputs, workspace.store, workspace.notes)
    colors = ColorReport(seen.inputs, workspace.notes).said(d.step for d in found.decisions.values())
    if console.json:
        from reelmake.report.console import as_json

        refused = as_json(ended) if ended else {}
        entries = {"entries": as_entries(copies), "colors": colors}
        console.object({**report.as_json(found, layout, seconds, lost), **entries, **refused})
    else:
        table = report.table(found, layout, console.paint_result, console.width, everything=args.all, names=names)
        said = [report.summary(found, layout, seconds, lost), *lines(copies, todo=bool(found.todo))]
        said += [f"{file}: {words}" for file, words in colors.items()]
        console.result("\n\n".join(part for part in (table, "\n".join(said)) if part))
    return _closed(found, lost, ended, args, console)


def _closed(
    found: Plan, lost: Mapping[str, Astray], ended: Unwilling | None, args: argparse.Namespace, console: Console
) -> int:
    if ended is None:
        return SOMETHING if args.detailed_exitcode and (found.todo or lost) else 0
    console.json = False  # the object was written, with the refusal in it
    console.refuse(ended)
    return ended.exit_status
