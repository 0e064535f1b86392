"""The store: list what is kept, re-hash everything, remove what nothing needs. Paid takes are never removed unasked."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from reelmake.commands import _open, _options
from reelmake.report.console import Console

if TYPE_CHECKING:
    from reelmake.model.take import Take
    from reelmake.project import Project

HELP = "the store: ls, verify, gc"


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for name, help_ in (
        ("ls", "what is kept: kind, size, cost, what it is"),
        ("verify", "read every artifact again and compare its digest"),
        ("gc", "remove local work that the storyboard no longer needs; paid takes stay"),
    ):
        verb = verbs.add_parser(name, help=help_, description=help_)
        _options.common(verb)
        _options.json(verb)
        if name == "verify":
            verb.add_argument(
                "--forget",
                action="store_true",
                help="forget damaged local work and what was made of it, so that the next build makes it again",
            )
        if name == "gc":
            _options.storyboard(verb)
            verb.add_argument("-n", "--dry-run", action="store_true", help="say what would go, remove nothing")
            verb.add_argument(
                "--paid", action="store_true", help="also paid takes that no shot uses (said with their cost)"
            )


def run(args: argparse.Namespace, console: Console) -> int:
    return {"ls": _list, "verify": _verify, "gc": _collect}[args.verb](args, console)


def _list(args: argparse.Namespace, console: Console) -> int:
    from reelmake.report import kept

    takes = list(_open.bare(args).store.takes())
    if console.json:
        console.object({"reelmake": 1, "takes": [kept.as_json(t) for t in takes]})
    else:
        console.result(kept.table(takes))
    return 0


def _verify(args: argparse.Namespace, console: Console) -> int:
    from contextlib import nullcontext

    from reelmake.report import kept

    project = _open.bare(args)
    store = project.store
    with project.hold(wait=False, waiting=console.say, stopped=lambda: False) if args.forget else nullcontext():
        takes = list(store.takes())
        bad = [t for t in takes if not store.whole(t)]
        struck = _struck(project, takes, bad) if args.forget else 0
    if console.json:
        damaged = [kept.as_json(t) for t in bad]
        console.object({"reelmake": 1, "checked": len(takes), "damaged": damaged, "forgotten": struck})
    for take in bad:
        console.complain(f"damaged or gone: {store.path(take)}, made for {kept.subject(take)}")
    console.say(f"{len(takes)} artifacts read, {len(bad)} damaged or gone")
    _advise(console, struck, [kept.paid(take) for take in bad], forgets=args.forget)
    return 1 if bad else 0


def _struck(project: Project, takes: list[Take], bad: list[Take]) -> int:
    import shutil

    from reelmake.report import kept
    from reelmake.store.decay import strike

    if bad:
        shutil.rmtree(project.state / "fresh", ignore_errors=True)  # what a run remembers does not stand any more
    return strike(project.store, takes, bad, kept.paid)


def _advise(console: Console, struck: int, paid: list[bool], *, forgets: bool) -> None:
    """What can be done about what is damaged; `paid`: of each of them."""
    if struck:
        console.say(f"forgot {struck} pieces of local work: `reelmake build` makes them again")
    elif not all(paid) and not forgets:
        console.say("local work can be made again: reelmake cache verify --forget, then reelmake build")
    if any(paid):
        console.say("takes that were paid for stay: a copy of .reelmake/store may still have them whole")


def _collect(args: argparse.Namespace, console: Console) -> int:
    from decimal import Decimal

    from reelmake.report import kept
    from reelmake.report.plan import money
    from reelmake.store.collect import collect

    project = _open.project(args, console)
    with project.hold(wait=False, waiting=console.say, stopped=lambda: False):  # decided and done in one go
        needed = {d.take.key for d in project.plan().decisions.values() if d.take}
        needed |= {key for record in project.choices.everything().values() for key, _ in record.takes.values()}
        gone = [t for t in project.store.takes() if t.key not in needed and (args.paid or not kept.paid(t))]
        if args.dry_run:
            freed = sum(t.facts.bytes for t in gone)
        else:
            for take in gone:
                project.store.forget(take.key)
            freed = collect(project.store)
    cost = sum((t.cost or Decimal(0) for t in gone), Decimal(0))
    if console.json:
        console.object({"reelmake": 1, "removed": [kept.as_json(t) for t in gone], "bytes": freed})
    verb = "would remove" if args.dry_run else "removed"
    price = f"; to get them back would cost {money(cost)}" if cost else ""
    console.say(f"{verb} {len(gone)} artifacts, {freed / 1e6:.1f} MB{price}")
    return 0
