"""Ask for a new take of a shot and use it. Existing takes are kept; `pick` returns to one of them."""

from __future__ import annotations

import argparse

from reelmake.commands import _open, _options
from reelmake.report.console import Console


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shot", metavar="SHOT", help=_options.SELECTION)
    parser.add_argument("--keep-pick", action="store_true", help="make the new take, but keep using the picked one")
    _options.add(parser, "storyboard", "spending", "remake", "json")
    parser.add_argument("-n", "--dry-run", action="store_true", help="show what it would make and cost, then stop")


def run(args: argparse.Namespace, console: Console) -> int:
    from reelmake.commands import build
    from reelmake.model.wish import Wish
    from reelmake.report import takes_table as report
    from reelmake.session import choosing

    choice = choosing.retake(_open.snapshot(args, console), args.shot, keep_pick=args.keep_pick)
    names = ", ".join(choice.shots) or _open.nothing([args.shot], console)
    if line := report.consequence(choice.follows, f"the new take of {names}"):
        console.say(line)
    if args.dry_run:
        return build.dry_run(choice.then, choice.shots, console, remake=args.remake)
    wish = Wish(
        choice.shots,
        budget=_open.usd(args.budget),
        yes=args.yes,
        remake=args.remake,
        command=tuple(console.argv),
    )
    also = {"follows": report.consequence_json(choice.follows)}
    result = build.carry_out(choice.then, wish, console, also=also, command="")
    if choice.shots and result.status == 0 and not args.keep_pick:
        console.say(f"Picked the new take of {names}. Run `reelmake build` to update the cut")
    return result.status
