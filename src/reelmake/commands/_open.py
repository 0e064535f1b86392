"""From a command's arguments to the workspace, project or snapshot it speaks of. Knows no command."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

    from reelmake.model.wish import Overrides
    from reelmake.report.console import Console
    from reelmake.session.project import Project, Snapshot
    from reelmake.session.workspace import Workspace


def project(args: argparse.Namespace, console: Console) -> Project:
    """What `-f`, `--profile`, `--set` and `--draft` name. Its warnings are shown, its errors raised as Mistake."""
    from reelmake.errors import Mistake
    from reelmake.session.project import read

    opened = read(workspace(args))
    script = opened.script
    if not script.ok:
        raise Mistake(script.diagnostics)
    if script.diagnostics and not console.json:
        console.diagnostics(script.diagnostics, closing=False)
    return opened


def snapshot(args: argparse.Namespace, console: Console, *, warns: bool = False) -> Snapshot:
    """The same project as it is now; `warns`: what only its layout can warn of is shown too. Raises Mistake."""
    from reelmake.session.project import look

    seen = look(project(args, console))
    if warns and seen.layout.warnings and not console.json:
        console.diagnostics(seen.layout.warnings, closing=False)
    return seen


def workspace(args: argparse.Namespace) -> Workspace:
    """Where the storyboard is, not yet read."""
    from reelmake.prep.source_files import find
    from reelmake.session.workspace import Workspace

    return Workspace(find(args.file), form(args))


def somewhere(args: argparse.Namespace) -> Workspace:
    """The same; outside of projects the folder of loose shots."""
    from reelmake.errors import Mistake
    from reelmake.session.loose import abroad

    try:
        return workspace(args)
    except Mistake:
        if args.file is not None:
            raise
        return abroad()


def form(args: argparse.Namespace) -> Overrides:
    """What `--profile`, `--set` and `--draft` say."""
    from reelmake.model.wish import Overrides

    return Overrides(getattr(args, "profile", ""), tuple(_settings(args)), draft=getattr(args, "draft", False))


def _settings(args: argparse.Namespace) -> list[tuple[str, str]]:
    pairs = []
    for word in getattr(args, "settings", []):
        name, equals, value = word.partition("=")
        if not equals or not name.strip():
            from reelmake.diagnostics import Diagnostic
            from reelmake.errors import Mistake

            raise Mistake([Diagnostic("RM702", f'--set takes NAME=VALUE, not "{word}"', None)])
        pairs.append((name.strip(), value))
    return pairs


def usd(text: str | None) -> Decimal | None:
    """An amount of money from the command line. Raises Mistake."""
    from reelmake.diagnostics import Diagnostic
    from reelmake.errors import Mistake
    from reelmake.model import wish

    try:
        return wish.usd(text)
    except ValueError as error:
        raise Mistake([Diagnostic("RM703", str(error), None, hint="write --budget 12.50")]) from None
