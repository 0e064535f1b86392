"""Draw the graph of steps with their verdicts, as Mermaid, Graphviz dot, JSON or SVG."""

from __future__ import annotations

import argparse

from reelmake.commands import _open, _options
from reelmake.report.console import Console


def arguments(parser: argparse.ArgumentParser) -> None:
    _options.add(parser, "storyboard", "draft", shots="to narrow it to")
    parser.add_argument(
        "--format", choices=("mermaid", "dot", "json", "svg"), default="mermaid", help="default: mermaid"
    )
    parser.add_argument("--shots-only", action="store_true", help="leave out frames, segments and outputs")
    parser.add_argument("-o", "--output", metavar="FILE", help="write it to FILE instead of stdout")


def run(args: argparse.Namespace, console: Console) -> int:
    from reelmake.report.drawing import FORMATS, shots_only
    from reelmake.session.project import plan

    seen = _open.snapshot(args, console)
    found = plan(seen, _open.selected(seen, args.shots, console))
    return _open.written(FORMATS[args.format](shots_only(found) if args.shots_only else found), args, console)
