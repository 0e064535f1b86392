"""Check the storyboard and report every mistake at once, each with its place, the line, a hint and a code."""

from __future__ import annotations

import argparse

from reelmake.commands import _open, _options
from reelmake.diagnostics import Report
from reelmake.errors import Mistake
from reelmake.report.console import Console


def arguments(parser: argparse.ArgumentParser) -> None:
    _options.add(parser, "storyboard", "draft", "json")


def run(args: argparse.Namespace, console: Console) -> int:
    from reelmake.prep.glyphs import glyphless
    from reelmake.session.project import look, read

    project = read(_open.workspace(args))
    workspace = project.workspace
    found = project.script.diagnostics
    if project.script.ok:
        try:
            seen = look(project)
            found = (*found, *seen.layout.warnings)  # what only lengths of footage can tell
            found = tuple(Report([*found, *glyphless(project.script, seen.inputs, workspace.notes)]).sorted())
        except Mistake as error:
            found = error.diagnostics
    failed = any(d.severity == "error" for d in found)
    if console.json:
        console.object({"reelmake": 1, "ok": not failed, "diagnostics": [d.as_json() for d in found]})
        return 2 if failed else 0
    console.diagnostics(found)
    if not failed:
        shots = sum(len(v.slates) for v in project.script.variants)
        console.say(f"{workspace.shown(workspace.storyboard.name)}: {shots} shot{'s' * (shots != 1)}, no errors")
    return 2 if failed else 0
