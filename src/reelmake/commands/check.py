"""Check the storyboard and report every mistake at once, each with its place, the line, a hint and a code."""

from __future__ import annotations

import argparse

from reelmake.commands import _open, _options
from reelmake.diagnostics import Report
from reelmake.errors import Mistake
from reelmake.model.compiled import Compiled
from reelmake.report.console import Console


def arguments(parser: argparse.ArgumentParser) -> None:
    _options.add(parser, "storyboard", "draft", "json")


def run(args: argparse.Namespace, console: Console) -> int:
    from reelmake.prep.glyphs import glyphless
    from reelmake.prep.tools import absent
    from reelmake.session.choosing import undecided
    from reelmake.session.project import look, read

    project = read(_open.workspace(args))
    workspace = project.workspace
    found = project.script.diagnostics
    if project.script.ok:
        shared = workspace.remote
        found = (*found, *(absent(shared.name, project.script.cache) if shared else ()))
        try:
            seen = look(project)
            found = (*found, *seen.layout.warnings)  # what only lengths of footage can tell
            found = (*found, *undecided(seen, seen.layout.slates))
            found = tuple(Report([*found, *glyphless(project.script, seen.inputs, workspace.notes)]).sorted())
        except Mistake as error:
            found = error.diagnostics
    failed = any(d.severity == "error" for d in found)
    if console.json:
        console.object({"reelmake": 1, "ok": not failed, "diagnostics": [d.as_json() for d in found]})
        return 2 if failed else 0
    console.diagnostics(found)
    if not failed:
        console.say(f"{workspace.shown(workspace.storyboard.name)}: {_counted(project.script)}, no errors")
    return 2 if failed else 0


def _counted(script: Compiled) -> str:
    """ "3 shots, 1 still; 1 shot is skipped: park"."""
    shots = sum(len(variant.board.shots) for variant in script.variants)
    stills = sum(len(variant.board.stills) for variant in script.variants)
    skipped = tuple(dict.fromkeys(id for variant in script.variants for id in variant.board.skipped))
    said = f"{shots} shot{'s' * (shots != 1)}" + (f", {stills} still{'s' * (stills != 1)}" if stills else "")
    left = f"{len(skipped)} shot{'s are' if len(skipped) != 1 else ' is'} skipped: {', '.join(skipped)}"
    return f"{said} ({left})" if skipped else said
