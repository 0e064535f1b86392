"""`cache push`, `pull`, `ls --remote` and `verify --remote`: the store that a project shares."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

from reelmake.commands import _open, _options
from reelmake.report.console import Console

if TYPE_CHECKING:
    from reelmake.session.project import Project

REMOTE = "of the shared store, not of the one on this machine"


def push_arguments(parser: argparse.ArgumentParser) -> None:
    _options.add(parser, "storyboard")
    what = "every take that was ordered, whether reelmake.lock names it or not"
    parser.add_argument("--all", action="store_true", help=what)
    parser.add_argument(
        "--again", action="store_true", help="send the bytes, whatever is there: repairs what is damaged"
    )


def pull_arguments(parser: argparse.ArgumentParser) -> None:
    _options.add(parser, "storyboard")


def push(args: argparse.Namespace, console: Console) -> int:
    from reelmake.session import sharing

    project = _allowed(args, console)
    workspace = project.workspace
    sharing.writable(workspace)
    takes = sharing.takes_here(workspace, every=args.all)
    tell = _counter(console, len(takes), "done")
    pushed = asyncio.run(sharing.push(project, takes, tell, again=args.again)) if takes else sharing.Pushed()
    there = len(takes) - pushed.new - pushed.signed - pushed.left
    if console.json:
        counts = {"pushed": pushed.new, "signed": pushed.signed, "there": there, "left": pushed.left}
        console.object({"reelmake": 1, **counts, "why": pushed.why or None})
    if pushed.apart:
        console.complain(f"warning: {pushed.apart}")
    if pushed.why:
        console.complain(f"{sharing.not_pushed(workspace, pushed)}; run `reelmake cache push` again")
    also = [f"{number} {what}" for number, what in ((pushed.signed, "signed"), (pushed.left, "left")) if number]
    were = "sent again" if args.again else "there already"
    console.say(", ".join((f"{pushed.new} pushed", f"{there} {were}", *also)))
    return 1 if pushed.left else 0


def pull(args: argparse.Namespace, console: Console) -> int:
    from reelmake.report import takes_table
    from reelmake.session import sharing

    project = _open.allowed(_open.project(args, console), console)
    workspace = project.workspace
    with workspace.hold(wait=True, waiting=lambda who: console.say(f"waiting for {who}"), stopped=lambda: False):
        found, began = sharing.wanted(workspace, project.script.trusted), monotonic()
        tell = _counter(console, len(found.takes), "brought")
        left = asyncio.run(sharing.pull(workspace, found.takes, tell))
        took = monotonic() - began
    brought = len(found.takes) - len(left)
    if console.json:
        missing = [takes_table.stored_json(take) | {"why": why} for take, why in left]
        console.object(
            {
                "reelmake": 1,
                "brought": brought,
                "here": found.here,
                "absent": found.absent,
                "missing": missing,
                "seconds": round(took, 3),
            }
        )
    for said in found.unasked:
        console.complain(f"warning: {said}")
    for take, why in left:
        console.complain(f"not brought: {takes_table.subject(take)}: {why}")
    absent = f", {found.absent} neither here nor there" if found.absent else ""
    console.say(f"{brought} brought, {found.here} here already{absent}" + (f", {len(left)} left" if left else ""))
    return 1 if left or found.absent else 0


def listed(args: argparse.Namespace, console: Console) -> int:
    from reelmake.report import takes_table
    from reelmake.session import sharing

    found = sharing.entries(_allowed(args, console).workspace)
    takes = [offer.take for offer in found.values() if offer]
    console.answer(
        lambda: {"reelmake": 1, "takes": [takes_table.stored_json(t) for t in takes]},
        lambda: takes_table.stored_table(takes),
    )
    return 0


def verified(args: argparse.Namespace, console: Console) -> int:
    from reelmake.session import sharing

    workspace = _allowed(args, console).workspace
    found = sharing.entries(workspace)
    bad = asyncio.run(sharing.damaged(workspace, found, _counter(console, len(found), "read")))
    if console.json:
        damaged = [{"entry": name, "why": why} for name, why in bad.items()]
        console.object({"reelmake": 1, "checked": len(found), "damaged": damaged})
    for name, why in bad.items():
        console.complain(f"{name}: {why}")
    console.say(f"{len(found)} entr{'ies' if len(found) != 1 else 'y'} read, {len(bad)} damaged")
    if bad:
        console.say("none of it is ever used; who has it whole repairs it: reelmake cache push --again")
    return 1 if bad else 0


def _allowed(args: argparse.Namespace, console: Console) -> Project:
    return _open.allowed(_open.project(args, console), console)


def _counter(console: Console, total: int, verb: str) -> Callable[[int], None]:
    """Says how far it is, ten times."""

    def tell(done: int) -> None:
        if 0 < done < total and done * 10 // total != (done - 1) * 10 // total:
            console.say(f"{done}/{total} {verb}")

    return tell
