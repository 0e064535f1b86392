"""Choose which take of a shot is used. Never regenerates the shot, and shots that depend on it only if the picked bytes
differ."""

from __future__ import annotations

import argparse

from reelmake.commands import _open, _options
from reelmake.report.console import Console


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shot", metavar="SHOT", help=_options.SELECTION)
    parser.add_argument("take", metavar="N", type=int)
    _options.add(parser, "storyboard", "json")


def run(args: argparse.Namespace, console: Console) -> int:
    from reelmake.report import takes_table as report
    from reelmake.session import choosing

    choice = choosing.pick(_open.snapshot(args, console), args.shot, args.take)
    names = ", ".join(choice.shots) or _open.nothing([args.shot], console)
    if line := report.consequence(choice.follows, names):
        console.say(line)
    choosing.note(choice, args.take)
    if console.json:
        picked = dict.fromkeys(choice.shots, args.take)
        follows = {"follows": report.consequence_json(choice.follows), "also": [*choice.also]}
        console.object({"reelmake": 1, "picked": picked, **follows})
    if choice.also:
        console.say(f"Also used by {', '.join(choice.also)}, where the same order has no pick of its own")
    if choice.shots:
        console.say(f"Picked take {args.take} of {names}. Run `reelmake build` to update the cut")
    return 0
