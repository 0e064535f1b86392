"""Make one shot that is in no storyboard: from a prompt, and a picture if there is one.

In a project its tiers and providers are there, and its store: the same shot is never paid for twice. Elsewhere, and
with --base-url, clips are kept in $XDG_STATE_HOME/reelmake (~/.local/state/reelmake). The prompt is sent as given, with
no style of the storyboard's. An interrupted shot stays at its provider, and the same command continues with it; so
does one that is not waited for (--no-wait).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

from reelmake.commands import _open, _options, _progress
from reelmake.report.console import Console

if TYPE_CHECKING:
    from reelmake.plan.decide import Plan
    from reelmake.session.loose import LooseShots
    from reelmake.session.project import Snapshot


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("prompt", metavar="PROMPT", help="the prompt; - reads it from stdin")
    parser.add_argument("-o", "--output", metavar="FILE", help="where to write the clip, an .mp4 (overwritten)")
    shot = parser.add_argument_group("the shot")
    shot.add_argument("--image", metavar="FILE", help="the first frame")
    shot.add_argument("--last-image", metavar="FILE", help="the last frame, where the provider takes one")
    shot.add_argument("--fit", help="crop, pad, blur or stretch a picture of another shape")
    shot.add_argument("--size", metavar="WxH", help="pixels, such as 1280x720")
    shot.add_argument("--seconds", metavar="N", help="how long")
    shot.add_argument("--seed", metavar="N", help="the seed, where the provider takes one")
    shot.add_argument("--takes", metavar="N", help="make this many clips, FILE-1.mp4 and so on; each is paid for")
    maker = parser.add_argument_group("who makes it")
    maker.add_argument("--tier", metavar="T", help="a tier of the project (default: its default tier, or sketch)")
    maker.add_argument("--provider", metavar="P", help="a provider of the project, instead of a tier")
    maker.add_argument("--model", metavar="M", help="another model than the tier's")
    maker.add_argument("--price", metavar="USD", help="price per second, if not in the catalog")
    maker.add_argument("--base-url", metavar="URL", help="a server that no storyboard names")
    maker.add_argument("--api-key-env", metavar="NAME", help="the environment variable that holds its key")
    maker.add_argument("--kind", metavar="K", help="its protocol (default: openai-videos)")
    _options.add(parser, "storyboard", "spending", "json")
    parser.add_argument("-n", "--dry-run", action="store_true", help="show what it would cost, and stop")
    parser.add_argument(
        "--no-wait", action="store_true", help="order it, show its id, and stop: call again for the clip"
    )


def run(args: argparse.Namespace, console: Console) -> int:
    from reelmake.session.loose import SHOT, ShotOptions, loose_shots, loose_workspace, places

    places(None if args.output is None else Path(args.output), 1)
    prompt = sys.stdin.read() if args.prompt == "-" else args.prompt
    said = cast("ShotOptions", {name: getattr(args, name) for name in ShotOptions.__annotations__})
    shots = loose_shots(loose_workspace({SHOT: (prompt, said)}, args.file, _open.form(args)))
    if args.dry_run:
        return _dry_run(shots, console)
    return _shoot(shots, args, console)


def _shoot(shots: LooseShots, args: argparse.Namespace, console: Console) -> int:
    from reelmake.model.wish import Wish
    from reelmake.report import shot
    from reelmake.session.loose import SHOT
    from reelmake.session.project import forecast

    def offer(seen: Snapshot, plan: Plan) -> tuple[str]:
        return (shot.forecast(plan, forecast(seen, plan)),)

    budget, sends, command = _open.usd(args.budget), args.no_wait, tuple(console.argv)
    wish = Wish(shots.wanted, budget=budget, yes=args.yes, alone=True, sends=sends, command=command)
    shots.remember()
    before = shots.there()
    result = _progress.built(shots.seen, wish, console, offer, command="shoot")
    if args.no_wait:
        ids = shots.ids(SHOT)
        console.answer(lambda: shot.sent_as_json(ids, result), lambda: "\n".join(ids))
        _progress.ended(result, console, shot.sent(result, console.paint))
        return result.status
    clips = shots.deliver(SHOT, shots.made(SHOT, before), None if args.output is None else Path(args.output))
    console.answer(lambda: shot.as_json(clips, result), lambda: shot.text(clips))
    _progress.ended(result, console, shot.closing(clips, result, console.paint))
    return result.status


def _dry_run(shots: LooseShots, console: Console) -> int:
    from reelmake.report import plan_table as report
    from reelmake.report import shot
    from reelmake.session.project import forecast, plan

    found = plan(shots.seen, shots.wanted)
    seconds = forecast(shots.seen, found)
    console.answer(lambda: report.as_json(found, shots.seen.layout, seconds), lambda: shot.forecast(found, seconds))
    return 0
