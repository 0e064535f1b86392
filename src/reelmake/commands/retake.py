"""Ask for a new take of a shot and use it. What exists is kept; `pick` goes back to it."""

from __future__ import annotations

import argparse

from reelmake.commands import _open, _options
from reelmake.report.console import Console

HELP = "ask for another take of a shot"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shot", metavar="SHOT")
    parser.add_argument(
        "--keep-pick", action="store_true", help="make the new take, but go on using the one that is picked"
    )
    _options.storyboard(parser)
    _options.spending(parser)
    _options.json(parser)


def run(args: argparse.Namespace, console: Console) -> int:
    from reelmake.commands import build
    from reelmake.diagnostics import Diagnostic
    from reelmake.errors import Mistake
    from reelmake.model.wish import Wish

    project = _open.project(args, console)
    shots = project.addresses(args.shot)
    for shot in shots:
        slate = project.layout.slates[shot]
        if slate.file:
            raise Mistake([Diagnostic("RM707", f'"{shot}" is footage: there is nothing to ask for again', slate.span)])
        if slate.pick is not None and not args.keep_pick:
            hint = "remove `pick:`, or make the take with --keep-pick"
            message = f'the storyboard itself picks take {slate.pick} of "{shot}"'
            raise Mistake([Diagnostic("RM705", message, slate.spans.get("pick"), hint=hint)])
    wish = Wish(tuple(shots), budget=_open.usd(args.budget), yes=args.yes)
    result = build.carry_out(project.another_take(shots, pick=not args.keep_pick), wish, console)
    if result.status == 0 and not args.keep_pick:
        console.say(f"{', '.join(shots)}: the new take is used from now on; `reelmake build` cuts it in")
    return result.status
