"""List, check, share or clean up the store of artifacts. Paid takes are never removed unasked."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from reelmake.commands import _gc, _open, _options, _sharing
from reelmake.errors import LocalTool
from reelmake.report import takes_table
from reelmake.report.console import Console

if TYPE_CHECKING:
    from collections.abc import Collection

    from reelmake.model.take import Take
    from reelmake.session.workspace import Workspace
    from reelmake.store.local import LocalStore


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for name, help_ in (
        ("ls", "list artifacts: kind, size, cost, subject"),
        ("verify", "re-read every artifact and check its digest"),
        ("push", "push what reelmake.lock names, and is here, to the shared store"),
        ("pull", "bring all that reelmake.lock names from the shared store"),
        ("gc", "show what nothing needs any more, and what it would take to have it back; --delete removes it"),
    ):
        verb = verbs.add_parser(name, help=help_, description=help_)
        _options.add(verb, "common", "json")
        if name == "verify":
            what = "forget damaged artifacts and what depends on them; the next build makes or fetches them again"
            verb.add_argument("--forget", action="store_true", help=what)
        if name in ("ls", "verify"):
            verb.add_argument("--remote", action="store_true", help=_sharing.REMOTE)
        more = {"gc": _gc.arguments, "push": _sharing.push_arguments, "pull": _sharing.pull_arguments}
        if name in more:
            more[name](verb)


def run(args: argparse.Namespace, console: Console) -> int:
    if getattr(args, "remote", False):
        return {"ls": _sharing.listed, "verify": _sharing.verified}[args.verb](args, console)
    own = {"ls": _list, "verify": _verify, "gc": _gc.run, "push": _sharing.push, "pull": _sharing.pull}
    return own[args.verb](args, console)


def _list(args: argparse.Namespace, console: Console) -> int:
    takes = list(_open.workspace(args).store.takes())
    console.answer(
        lambda: {"reelmake": 1, "takes": [takes_table.stored_json(t) for t in takes]},
        lambda: takes_table.stored_table(takes),
    )
    return 0


def _verify(args: argparse.Namespace, console: Console) -> int:
    from contextlib import nullcontext

    workspace = _open.workspace(args)
    store = workspace.store
    with workspace.hold(wait=False, waiting=console.say, stopped=lambda: False) if args.forget else nullcontext():
        takes = list(store.takes())
        wrong = {t.key: why for t in takes if (why := _wrong(store, t))}
        bad = [t for t in takes if t.key in wrong]
        known = {(a.key, a.remote) for a in workspace.journal().delivered().values()}
        there = {t.key for t in bad if (t.key, t.remote) in known}  # at its provider, perhaps
        shared = _shared(args, [t for t in bad if t.paid and t.key not in there])
        struck = _struck(workspace, takes, bad, there | shared) if args.forget else 0
    if console.json:
        damaged = [takes_table.stored_json(t) for t in bad]
        console.object({"reelmake": 1, "checked": len(takes), "damaged": damaged, "forgotten": struck})
    for take in bad:
        console.complain(f"{wrong[take.key]}: {store.path(take)}, made for {takes_table.subject(take)}")
    console.say(f"{len(takes)} artifact{'s' * (len(takes) != 1)} read, {len(bad)} damaged or missing")
    back = len(there), len(shared), sum(take.paid and take.key not in there | shared for take in bad)
    if struck:
        console.say(f"forgot {struck} of them and what depends on them: run `reelmake build`")
    _advise(console, len(bad) - sum(back), *back, forgets=args.forget)
    return 1 if bad else 0


def _wrong(store: LocalStore, take: Take) -> str:
    """What is the matter with an artifact, "" = nothing. What providers made is decoded: it may have come damaged."""
    from reelmake.media.examine import examine
    from reelmake.media.readers import ask
    from reelmake.model.medium import medium_of

    if not store.whole(take):
        return "damaged or missing"
    if take.remote:
        try:
            ask(examine, store.path(take), medium_of(take.manifest).name)
        except LocalTool:
            return "cannot be decoded"
    return ""


def _shared(args: argparse.Namespace, bad: list[Take]) -> set[str]:
    """Keys of those that the shared store has as well, if there is one."""
    from contextlib import suppress

    from reelmake.errors import Mistake
    from reelmake.session import sharing
    from reelmake.session.project import read

    if bad:
        with suppress(Mistake):  # a storyboard or lock file that cannot be read keeps nobody from looking at the store
            return sharing.copies(read(_open.workspace(args)).workspace, bad)
    return set()


def _struck(workspace: Workspace, takes: list[Take], bad: list[Take], there: Collection[str]) -> int:
    import shutil

    from reelmake.store.collect import strike

    if bad:
        shutil.rmtree(workspace.state / "fresh", ignore_errors=True)  # what a run remembers does not stand any more
    return strike(workspace.store, takes, bad, lambda take: take.paid and take.key not in there)


def _advise(console: Console, local: int, there: int, shared: int, stay: int, *, forgets: bool) -> None:
    """What can be done about what is damaged: `local` work, clips that may be `there` at their providers or are
    `shared`, and paid takes that `stay`."""
    if not forgets and local:
        console.say("local work can be made again: reelmake cache verify --forget, then reelmake build")
    if there:
        fetched = ": `reelmake build` fetches what is forgotten from its provider again, at no cost"
        perhaps = ", which may still be at their providers: reelmake cache verify --forget, then reelmake build"
        console.say(f"{there} paid{fetched if forgets else perhaps}")
    if shared:
        again = ": `reelmake build` brings what is forgotten from the shared store again"
        has = ", also in the shared store: reelmake cache verify --forget, then reelmake build"
        console.say(f"{shared} paid{again if forgets else has}")
    if stay:
        console.say("paid takes stay: a backup of .reelmake/store may still have them")
