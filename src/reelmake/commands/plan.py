"""What a build would make and reuse, and why, with its cost and time. Makes nothing.

Providers are asked only whether they still have the clips that a remix or an extension would start from.
"""

from __future__ import annotations

import argparse

from reelmake.commands import _open, _options
from reelmake.report.console import Console, as_json

SOMETHING = 10  # the exit status of --detailed-exitcode where a build would do something
HELP = "what would be made, reused, and why, with cost and time"


def arguments(parser: argparse.ArgumentParser) -> None:
    _options.shots(parser, "shots or tags to narrow it to")
    _options.storyboard(parser)
    _options.draft(parser)
    _options.remake(parser)
    _options.json(parser)
    parser.add_argument("--format", choices=("table", "markdown", "json"), default="table", help="how to show it")
    parser.add_argument("--locked", action="store_true", help="refuse a plan that generates anything: for CI")
    status = "exit with 10 if there is something to do, 0 if there is nothing"
    parser.add_argument("--detailed-exitcode", action="store_true", help=status)
    parser.add_argument("--all", action="store_true", help="every row, however many there are")


def run(args: argparse.Namespace, console: Console) -> int:
    from reelmake.commands._planned import planned
    from reelmake.prep.copy_report import as_json as as_entries
    from reelmake.prep.copy_report import lines
    from reelmake.report import plan_table as report
    from reelmake.session.approval import locked
    from reelmake.session.publishing import astray

    console.json = console.json or args.format == "json"
    project = _open.laid(_open.project(args, console), console)
    if args.locked:
        plan = project.plan(args.shots)
        ended = locked(plan)
    else:
        plan, ended = planned(project, args.shots, remake=args.remake)
    seconds, lost = project.forecast(plan), astray(project, plan)
    if console.json:
        refused = as_json(ended) if ended else {}
        entries = {"entries": as_entries(project.treatments(plan)), "colors": project.tints(plan)}
        console.object({**report.as_json(plan, project.layout, seconds, lost), **entries, **refused})
    elif args.format == "markdown":
        console.result(report.markdown(plan, project.layout, seconds, lost))
    else:
        table = report.table(
            plan,
            project.layout,
            lambda text, tone: console.paint(text, tone, to_stdout=True),
            console.width,
            everything=args.all,
        )
        colors = [f"{file}: {said}" for file, said in project.tints(plan).items()]
        told = "\n".join(
            (
                report.summary(plan, project.layout, seconds, lost),
                *lines(project.treatments(plan), todo=bool(plan.todo)),
                *colors,
            )
        )
        console.result("\n\n".join(part for part in (table, told) if part))
    if ended is None:
        return SOMETHING if args.detailed_exitcode and (plan.todo or lost) else 0
    console.json = False  # the object was written, with the refusal in it
    console.refuse(ended)
    return ended.exit_status
