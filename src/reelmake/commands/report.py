"""Show what a change comes to, for those who review it: each changed shot old beside new, why, and what it costs.
Spends nothing and asks nobody; what is free is drawn."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from reelmake.commands import _open, _options
from reelmake.errors import Mistake
from reelmake.report.console import Console

if TYPE_CHECKING:
    from fractions import Fraction

    from reelmake.report.review import Review
    from reelmake.session.project import Project


def arguments(parser: argparse.ArgumentParser) -> None:
    _options.add(parser, "storyboard", "draft", "json")
    base = "the git revision to compare with; main... is where this branch left main (default: the last build)"
    parser.add_argument("--base", metavar="REV", default="", help=base)
    parser.add_argument("--html", metavar="FILE", help="write one self-contained page")
    parser.add_argument("--markdown", metavar="FILE", help="write a summary for a job or a comment")
    parser.add_argument("--sarif", metavar="FILE", help="write the diagnostics for code scanning")
    parser.add_argument("--strips", metavar="DIR", help="write a small PNG for each changed shot")
    parser.add_argument("--strips-at", metavar="URL", default="", help="where --markdown finds these PNGs")
    parser.add_argument("--html-at", metavar="URL", default="", help="where --markdown finds the page")


def run(args: argparse.Namespace, console: Console) -> int:
    from reelmake.report.review_comment import facts, headline, markdown
    from reelmake.session.project import read
    from reelmake.session.reviewing import reviewed
    from reelmake.store.placing import write_text

    if args.strips_at and not args.strips:
        raise Mistake.of("RM747", "--strips-at names where strips are, but none are made", hint="add `--strips DIR`")
    project = read(_open.workspace(args))
    base = _base(project, args.base)
    review = reviewed(project, base, args.base, console.say, strips=bool(args.strips))
    wrote: dict[str, str] = {}
    if args.html:
        from reelmake.report.review_page import page

        write_text(Path(args.html), page(review))
        wrote["html"] = args.html
    if args.markdown:
        write_text(Path(args.markdown), markdown(review, args.strips_at, args.html_at))
        wrote["markdown"] = args.markdown
    if args.sarif:
        write_text(Path(args.sarif), _sarif(review, project))
        wrote["sarif"] = args.sarif
    if args.strips:
        _strips(review, Path(args.strips))
        wrote["strips"] = args.strips
    if console.json:
        console.object(_as_json(review, wrote))
    else:
        console.diagnostics(review.diagnostics, closing=False)
        console.result("\n".join([f"{review.title}: {headline(review)}", *facts(review), *_listed(review)]))
        for file in wrote.values():
            size = f", {Path(file).stat().st_size / 1e6:.2f} MB" if file == args.html else ""
            console.say(f"wrote {file}{size}")
    return 2 if review.failed else 0


def _base(project: Project, rev: str) -> Project | None:
    if not rev:
        return None
    from reelmake.session import past

    return past.at(project.workspace, rev)


def _strips(review: Review, folder: Path) -> None:
    """Where --markdown looks for them. Raises LocalTool."""
    from reelmake.report.review_comment import strip_name
    from reelmake.store.disk import explained, make_folder, write_whole

    with explained(f"write in {folder}"):
        make_folder(folder, durable=False)
        for shot in (shot for shot in review.changed if shot.strip):
            write_whole(folder / strip_name(shot.shot), shot.strip, durable=False)


def _sarif(review: Review, project: Project) -> str:
    from importlib.resources import files

    from reelmake.report.sarif import sarif
    from reelmake.store.git_index import top

    folder = files("reelmake") / "explanations"

    def explain(code: str) -> str:
        page = folder / f"{code}.md"
        return page.read_text(encoding="utf-8") if page.is_file() else ""

    root = project.workspace.root
    return sarif(review.diagnostics, Path(top(str(root)) or root), explain)


def _listed(review: Review) -> list[str]:
    """A line a changed shot."""
    from reelmake.report.review import KINDS

    return [f"  {KINDS[s.kind]:14} {s.shot}{'  ' * bool(s.reason)}{s.reason}" for s in review.changed]


def _as_json(review: Review, wrote: dict[str, str]) -> dict[str, object]:
    from reelmake.report.review_comment import strip_name

    return {
        "reelmake": 1,
        "base": review.base or None,
        "changed": [
            {
                "shot": s.shot,
                "medium": s.medium,
                "kind": s.kind,
                "reason": s.reason or None,
                "strip": strip_name(s.shot) if s.strip else None,
            }
            for s in review.changed
        ],
        "unchanged": len(review.unchanged),
        "generate": review.generate,
        "reuse": review.reuse,
        "cost_usd": float(review.cost),
        "unpriced": review.unpriced,
        "outputs": {one.output: {"before": _float(one.old), "seconds": _float(one.new)} for one in review.lengths},
        "trouble": list(review.trouble),
        "diagnostics": [d.as_json() for d in review.diagnostics],
        "files": wrote,
    }


def _float(length: Fraction | None) -> float | None:
    return None if length is None else float(length)
