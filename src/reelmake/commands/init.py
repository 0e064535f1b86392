"""Write a small storyboard that builds at once, a .gitignore and a CI workflow. Nothing that exists is overwritten."""

from __future__ import annotations

import argparse

from reelmake.report.console import Console

HELP = "a small storyboard that builds at once"

_IGNORED = ".reelmake/\nbuild/\n"
_MERGED = "reelmake.lock merge=union\n"
_WORKFLOW = """\
# Draws a preview of every pull request, offline and free, and keeps it as an artifact.
name: preview
on: [pull_request]
jobs:
  preview:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with: {python-version: "3.12"}
      - run: pip install reelmake
      - run: reelmake check
      - run: reelmake plan --format markdown >> "$GITHUB_STEP_SUMMARY"
      - run: reelmake build --profile preview
      - uses: actions/upload-artifact@v4
        with: {name: cut, path: build/}
"""
_PREVIEW = """
profiles:
  preview: {defaults: {tier: draft, size: 640x360}}
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", nargs="?", default=".", metavar="DIR", help="where (default: here)")


def run(args: argparse.Namespace, console: Console) -> int:
    import os
    from importlib.resources import files
    from pathlib import Path

    from reelmake.diagnostics import Diagnostic
    from reelmake.errors import Mistake
    from reelmake.store.notes import write_text
    from reelmake.store.premises import Premises

    folder = Path(args.folder)
    if os.path.lexists(folder / "storyboard.yaml"):
        raise Mistake([Diagnostic("RM603", f"{folder / 'storyboard.yaml'} exists already", None)])
    text = (files("reelmake.commands") / "template" / "storyboard.yaml").read_text(encoding="utf-8")
    wanted = {
        "storyboard.yaml": text + _PREVIEW,
        ".gitignore": _IGNORED,
        ".gitattributes": _MERGED,
        ".github/workflows/preview.yml": _WORKFLOW,
    }
    for name, content in wanted.items():
        target = folder / name
        Premises(folder).ours(name)
        if os.path.lexists(target):  # a link too, wherever it leads
            console.say(f"left as it is: {target}")
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        write_text(target, content)
        console.say(f"wrote {target}")
    into = "" if args.folder == "." else f"cd {args.folder} && "
    console.result(f"{into}reelmake build")
    return 0
