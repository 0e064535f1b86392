"""The verbs of `reelmake jobs` for what a provider keeps beside clips: pictures of them, and characters."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reelmake.jobs.actions import JobActions
    from reelmake.report.console import Console


def picture(orders: JobActions, args: argparse.Namespace, console: Console) -> int:
    from reelmake.jobs import assets

    entry, called = orders.job(args.word, args.provider)
    remote = entry.attempt.remote if entry else args.word
    into = Path(args.output)
    assets.picture(orders.accounts, called, remote, args.variant, into)
    if console.json:
        console.object({"reelmake": 1, "picture": {"remote": remote, "variant": args.variant, "path": str(into)}})
    else:
        console.result(str(into))
    return 0


def character(orders: JobActions, args: argparse.Namespace, console: Console) -> int:
    """Makes one of NAME=CLIP; says of an ID what it is called."""
    from reelmake.errors import Unwilling
    from reelmake.jobs import assets
    from reelmake.report.typed import once_more

    called, (name, makes, clip) = args.provider, args.character.partition("=")
    if makes:
        if not args.yes and not console.ask(f"send {clip} to {called} as {name}? The provider may charge for it"):
            again = once_more(console.argv, "--yes")
            raise Unwilling("not confirmed; nothing was sent", code="RM803", next_steps=(again,))
        id = assets.character(orders.accounts, called, name, Path(clip))
    else:
        id, name = name, assets.known_character(orders.accounts, called, name)
    if console.json:
        console.object({"reelmake": 1, "character": {"provider": called, "id": id, "name": name}})
    else:
        console.result(id if makes else name)
    console.say(f"{name}: in a shot, `extras: {{characters: [{{id: {id}}}]}}`")
    return 0
