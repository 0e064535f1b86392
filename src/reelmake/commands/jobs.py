"""Orders that are open at providers, as the journal knows them: list them, name one's remote id, or give one up.

A run follows open orders by itself. These are for the case that no run can decide: an order was sent, its answer was
lost, and the provider cannot say whether it arrived.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from reelmake.commands import _open, _options
from reelmake.report.console import Console

if TYPE_CHECKING:
    from reelmake.model.take import Attempt

HELP = "orders open at providers: ls, adopt, rm"


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    listing = verbs.add_parser("ls", help="what is open, since when, and what it costs")
    adopt = verbs.add_parser("adopt", help="the order arrived: this is its id there; the next build fetches it")
    adopt.add_argument("token", metavar="TOKEN", help="as `jobs ls` shows it; its beginning is enough")
    adopt.add_argument("remote", metavar="ID", help="the id at the provider")
    drop = verbs.add_parser("rm", help="the order never arrived, or is not wanted: the next build may order it again")
    drop.add_argument("token", metavar="TOKEN", help="as `jobs ls` shows it; its beginning is enough")
    for verb in (listing, adopt, drop):
        _options.common(verb)
        _options.json(verb)


def run(args: argparse.Namespace, console: Console) -> int:
    from reelmake.report.plan import money

    project = _open.bare(args)
    attempts = project.journal.open()

    def shown(attempt: Attempt) -> str:
        where = f"id {attempt.remote}" if attempt.remote else "sent, no answer seen"
        price = money(attempt.cost)
        return f"{attempt.token[:12]}  {attempt.shot}  {attempt.provider}  since {attempt.at}  {where}  {price}"

    if args.verb == "ls":
        if console.json:
            console.object({"reelmake": 1, "open": [_as_json(a) for a in attempts]})
        elif attempts:
            console.result("\n".join(shown(a) for a in attempts))
        else:
            console.say("nothing is open at any provider")
        return 0
    attempt = _one(args.token, attempts)
    with project.hold(wait=False, waiting=console.say, stopped=lambda: False):
        if args.verb == "adopt":
            project.journal.submitted(attempt.token, args.remote)
            console.say(f"{attempt.shot}: the next build goes on with {args.remote}")
        else:
            project.journal.closed(attempt.token, "dismissed", "given up by hand")
            console.say(f"{attempt.shot}: given up; the next build may order it again")
    if console.json:
        console.object({"reelmake": 1, args.verb: _as_json(attempt)})
    return 0


def _one(token: str, attempts: list[Attempt]) -> Attempt:
    from reelmake.diagnostics import Diagnostic
    from reelmake.errors import Mistake

    found = [a for a in attempts if a.token.startswith(token)]
    if len(found) != 1:
        what = "no open order has" if not found else f"{len(found)} open orders have"
        raise Mistake(
            [Diagnostic("RM708", f'{what} a token that begins with "{token}"', None, hint="`reelmake jobs ls`")]
        )
    return found[0]


def _as_json(attempt: Attempt) -> dict[str, object]:
    return {
        "token": attempt.token,
        "shot": attempt.shot,
        "provider": attempt.provider,
        "remote": attempt.remote or None,
        "since": attempt.at,
        "cost_usd": None if attempt.cost is None else float(attempt.cost),
    }
