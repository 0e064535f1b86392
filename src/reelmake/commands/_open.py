"""From a command's arguments to the workspace, project, snapshot or plan it speaks of, and to what a person permits.

Knows no command.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, TypeVar

from reelmake.errors import Mistake, Unbound, Unwilling
from reelmake.report.console import Console

if TYPE_CHECKING:
    from decimal import Decimal

    from reelmake.model.wish import Overrides
    from reelmake.plan.decide import Plan
    from reelmake.session.project import Project, Snapshot
    from reelmake.session.workspace import Workspace
    from reelmake.world.bindings import Bindings

T = TypeVar("T")
PATIENCE = 3.0  # seconds in which a provider is asked; a plan is shown all the same


def project(args: argparse.Namespace, console: Console) -> Project:
    """What `-f`, `--profile`, `--set` and `--draft` name. Its warnings are shown, its errors raised as Mistake."""
    from reelmake.session.project import read

    opened = read(workspace(args))
    script = opened.script
    if not script.ok:
        raise Mistake(script.diagnostics)
    if script.diagnostics and not console.json:
        console.diagnostics(script.diagnostics, closing=False)
    return opened


def allowed(opened: Project, console: Console) -> Project:
    """The same, if a person has allowed it with its shared store, who is asked once."""
    from dataclasses import replace

    from reelmake.world.bindings import STORE

    workspace, remote = opened.workspace, opened.workspace.remote
    if remote is None or remote.allowed or not console.asks:
        return opened
    used = "be read" if remote.name.startswith("file:") else "be used with this machine's credentials"
    if console.ask(f"May {remote.name} {used}, and takes be pushed to it?"):
        workspace.bindings.remember(STORE, remote.name)
    return replace(opened, workspace=replace(workspace))


def snapshot(args: argparse.Namespace, console: Console, *, warns: bool = False, shares: bool = False) -> Snapshot:
    """The same project as it is now; `warns`: what only its layout can warn of is shown too; `shares`: a person is
    asked about its shared store. Raises Mistake."""
    from reelmake.session.project import look

    opened = project(args, console)
    seen = look(allowed(opened, console) if shares else opened)
    if warns and seen.layout.warnings and not console.json:
        console.diagnostics(seen.layout.warnings, closing=False)
    return seen


def selected(seen: Snapshot, words: Sequence[str], console: Console) -> tuple[str, ...] | None:
    """Names of the shots and outputs that SHOTs stand for, None = everything; it is told if they select nothing."""
    from reelmake.session.selecting import selected

    names = selected(seen, words)
    if names == ():
        nothing(words, console)
    return names


def nothing(words: Sequence[str], console: Console) -> str:
    """Says that nothing has changed, which is no failure."""
    console.say(f"{' '.join(words)} selects nothing: no shot has changed")
    return "nothing"


def planned(
    seen: Snapshot, shots: Collection[str] | None, *, remake: bool = False
) -> tuple[Snapshot, Plan, Unwilling | None]:
    """The plan, of which snapshot, and why a build would refuse it (a model or a source that is gone); None = nothing
    is in its way. `remake`: what was made before and is not here is to be ordered again."""
    from reelmake.plan.sources import sources
    from reelmake.session.approval import ended
    from reelmake.session.project import plan

    found, barred = plan(seen, shots), None
    found = found.remade if remake else found
    if sources(found, seen.workspace.clock.utc(), ()):
        import asyncio

        from reelmake.session.gone_sources import settled

        seen, found, barred = asyncio.run(settled(seen, found, shots, PATIENCE, strangers=False, remake=remake))
    return seen, found, ended(seen.project.script, found) or barred


def workspace(args: argparse.Namespace) -> Workspace:
    """Where the storyboard is, not yet read."""
    from reelmake.prep.source_files import find
    from reelmake.session.workspace import Workspace

    return Workspace(find(args.file), form(args), alone=getattr(args, "offline", False))


def somewhere(args: argparse.Namespace) -> Workspace:
    """The same; outside of projects the folder of loose shots."""
    from reelmake.session.loose import abroad

    try:
        return workspace(args)
    except Mistake:
        if args.file is not None:
            raise
        return abroad()


def form(args: argparse.Namespace) -> Overrides:
    """What `--profile`, `--set`, `--draft` and `--stills` say."""
    from reelmake.model.wish import Overrides

    pairs = []
    for word in getattr(args, "settings", []):
        name, equals, value = word.partition("=")
        if not equals or not name.strip():
            raise Mistake.of("RM702", f'--set takes NAME=VALUE, not "{word}"')
        pairs.append((name.strip(), value))
    draft, stills = getattr(args, "draft", False), getattr(args, "stills", False)
    return Overrides(getattr(args, "profile", ""), tuple(pairs), draft=draft, stills=stills)


def usd(text: str | None) -> Decimal | None:
    """An amount of money from the command line. Raises Mistake."""
    from reelmake.model import wish

    try:
        return wish.usd(text)
    except ValueError as error:
        raise Mistake.of("RM703", str(error), hint="write --budget 12.50") from None


def permitted(bindings: Bindings, console: Console, act: Callable[[], T]) -> T:
    """What `act` comes to; if it is refused because a binding is missing and a person allows it, `act` again."""

    while True:
        try:
            return act()
        except Unbound as refusal:
            if not refusal.wants:
                raise
            for place, to in refusal.wants:
                if not console.ask(f"May {place} be sent to {to}?"):
                    raise
                bindings.remember(place, to)


def warn_of_picks(seen: Snapshot, names: Collection[str] | None, console: Console) -> None:
    """Where merged branches picked two takes, none holds: that keeps nobody from looking."""
    from dataclasses import replace

    from reelmake.session.choosing import undecided
    from reelmake.session.selecting import shown

    questions = undecided(seen, shown(seen, names))
    console.diagnostics([replace(question, severity="warning") for question in questions], closing=False)


def written(text: str, args: argparse.Namespace, console: Console) -> int:
    """Shows a text, or writes it to the file that `-o` names, over what is there."""
    from pathlib import Path

    from reelmake.store.placing import write_text

    if args.output:
        write_text(Path(args.output), text + "\n")
        console.say(f"wrote {args.output}")
    else:
        console.result(text)
    return 0
