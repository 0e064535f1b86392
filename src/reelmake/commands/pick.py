"""Choose which take of a shot is used. Never regenerates the shot; its children only if the picked bytes differ."""

from __future__ import annotations

import argparse

from reelmake.commands import _open, _options
from reelmake.report.console import Console

HELP = "choose which take of a shot is used"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shot", metavar="SHOT")
    parser.add_argument("take", metavar="N", type=int)
    _options.storyboard(parser)
    _options.json(parser)


def run(args: argparse.Namespace, console: Console) -> int:
    from reelmake.diagnostics import Diagnostic
    from reelmake.errors import Mistake

    project = _open.project(args, console)
    picked = project.addresses(args.shot)
    for shot in picked:
        slate = project.layout.slates[shot]
        takes = project.takes_there(shot)
        if slate.pick is not None:
            message = f'the storyboard itself picks take {slate.pick} of "{shot}"'
            raise Mistake(
                [Diagnostic("RM705", message, slate.spans.get("pick"), hint="change `pick:` there, or remove it")]
            )
        if args.take not in takes:
            there = ", ".join(map(str, sorted(takes))) or "none"
            hint = f"takes that exist: {there}; `reelmake retake {args.shot}` asks for another"
            raise Mistake([Diagnostic("RM704", f'"{shot}" has no take {args.take}', slate.span, hint=hint)])
    project.pick(picked, args.take)
    if console.json:
        console.object({"reelmake": 1, "picked": dict.fromkeys(picked, args.take)})
    for shot in picked:
        console.say(f"{shot}: take {args.take} is used from now on; `reelmake build` cuts it in")
    return 0
