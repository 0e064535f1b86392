"""Show why a shot is fresh or not and which inputs changed, or what a diagnostic code means."""

from __future__ import annotations

import argparse
import re

from reelmake.commands import _open, _options
from reelmake.diagnostics import did_you_mean
from reelmake.errors import Mistake
from reelmake.report.console import Console

CODE = re.compile(r"RM\d{3}", re.IGNORECASE)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("subject", metavar="SHOT|CODE", help=f"{_options.SELECTION}; or a diagnostic code")
    _options.add(parser, "storyboard", "draft", "json")


def run(args: argparse.Namespace, console: Console) -> int:
    if CODE.fullmatch(args.subject):
        return _code(args.subject.upper(), console)
    return _shot(args, console)


def _code(code: str, console: Console) -> int:
    from importlib.resources import files

    folder = files("reelmake") / "explanations"
    page = folder / f"{code}.md"
    if not page.is_file():
        known = [entry.name.removesuffix(".md") for entry in folder.iterdir() if entry.name.endswith(".md")]
        raise Mistake.of("RM706", f"no such diagnostic: {code}", hint=did_you_mean(code, known))
    text = page.read_text(encoding="utf-8")
    console.answer(lambda: {"code": code, "text": text}, lambda: text)
    return 0


def _shot(args: argparse.Namespace, console: Console) -> int:
    from reelmake.report import explanation
    from reelmake.session.project import plan
    from reelmake.session.selecting import selected_shots

    seen = _open.snapshot(args, console)
    shots = selected_shots(seen, [args.subject])
    if not shots:
        _open.nothing([args.subject], console)
    found = plan(seen, shots)
    told = [explanation.explain(found, seen.layout, shot) for shot in shots]
    console.answer(
        lambda: {"reelmake": 1, "shots": [t.as_json() for t in told]},
        lambda: "\n\n".join(t.text(console.paint_result, console.fitted) for t in told),
    )
    return 0
