"""Preview a change in CI and show it to reviewers: on GitHub, on GitLab, or in a folder.

`preview` checks, plans and builds, and leaves in a folder what there is to see; it needs no token and no secret.
`comment` puts that on the pull request, in one comment that is updated in place. `gate` decides whether a run may cost
money.
"""

from __future__ import annotations

import argparse
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from reelmake.commands import _options, _preview
from reelmake.errors import Mistake, NoAccess, ReelmakeError, Unwilling
from reelmake.report.console import Console

if TYPE_CHECKING:
    from reelmake.world.github import GitHub
    from reelmake.world.gitlab import GitLab

_ROOM = 12_000  # characters of a comment that are left for links and pictures
_LINK = re.compile(r"https?://[^\s()<>\[\]\"'`]+")


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    helps = {
        "preview": "check, plan and build a change, and collect what reviewers look at",
        "comment": "put a preview on the pull request, in one comment that is updated in place",
        "gate": "refuse unless whoever caused this run may let it cost money",
    }
    preview, comment, gate = (verbs.add_parser(name, help=what, description=what) for name, what in helps.items())
    for verb in (preview, comment, gate):
        _options.add(verb, "common")
    _options.add(preview, "storyboard")
    modes = "; ".join(f"{name}: {what}" for name, what in _preview.MODES.items())
    preview.add_argument(
        "--mode", choices=tuple(_preview.MODES), default="auto", help=f"how to make the film ({modes})"
    )
    base = "the revision to compare with (default: where the pull request branched off)"
    preview.add_argument("--base", metavar="REV", help=base)
    preview.add_argument("--budget", metavar="USD", help="with --mode pay: refuse to spend more than this")
    for verb in (preview, comment):
        named = "what the files and the comment are called (default: preview)"
        verb.add_argument("--name", default="preview", help=named)
        verb.add_argument("--into", metavar="DIR", help="the folder of the preview (default: reelmake-NAME)")
    comment.add_argument("--cut", metavar="URL", help="where the cut can be watched")
    comment.add_argument("--report", metavar="URL", help="where the report can be read")
    comment.add_argument(
        "--pictures", metavar="BRANCH", help="on GitHub: push the pictures to this branch, to show them"
    )
    gate.add_argument("--label", required=True, metavar="NAME", help="the label that lets one build of one commit pay")


def run(args: argparse.Namespace, console: Console) -> int:
    return {"preview": _collect, "comment": _tell, "gate": _gate}[args.verb](args, console)


def _collect(args: argparse.Namespace, console: Console) -> int:
    from reelmake.prep.source_files import find
    from reelmake.store.placing import write_text
    from reelmake.store.premises import Premises

    forge, name = _forge(), _name(args)
    if args.mode == "pay" and not args.budget:
        raise Mistake.of("RM703", "--mode pay needs --budget", hint="write --budget 12.50")
    board, folder = find(args.file or None), _folder(args)
    premises = Premises(folder.parent)
    premises.ours(f"{folder.name}/{name}")  # a link that came with the change is not written through,
    premises.unlinked(folder.name)  # nor handed on
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / ".gitignore", "*\n")
    form = ["-f", str(board), *(["--profile", args.profile] if args.profile else [])]
    form += [word for pair in args.settings for word in ("--set", pair)]
    preview = _preview.Preview(board, form, folder, name, console, most=(forge.most if forge else 1_000_000) - _ROOM)
    change, mode = forge.change() if forge else None, args.mode
    if change and change.foreign:
        preview.alone()
        mode = "sketch" if mode == "auto" else mode
    if not (status := preview.check(mode)):
        preview.plan()
        status = preview.build(mode, args.budget)
    preview.report(args.base or (f"{change.base[:12]}..." if change else ""))
    preview.written()
    for what, path in preview.outputs.items():
        console.say(f"{what}: {path}")
    return status


def _tell(args: argparse.Namespace, console: Console) -> int:
    """Whether it can be told decides about nothing: what cannot is said, and the summary has it."""
    from reelmake.world.forge import one_comment

    forge, name, folder = _forge(), _name(args), _folder(args)
    change = forge.change() if forge else None
    text = folder / _preview.COMMENT
    if forge is None or change is None or not text.is_file():
        console.say("nothing to comment on" if text.is_file() else f"there is no preview in {folder}")
        return 0
    if change.foreign:
        console.say("no comment: this change comes from another repository, so this run may not write here")
        return 0
    shown = (("Watch the cut", args.cut, "cut.*"), ("Read the report", args.report, "report.html"))
    pages = {what: url or "".join(map(forge.page, folder.glob(f"{name}-{file}"))) for what, url, file in shown}
    links = [f"[{what}]({url})" for what, url in pages.items() if _LINK.fullmatch(url)]
    strips, pictures = sorted((folder / _preview.STRIPS).glob("*.png")), ""
    try:
        pictures = forge.show(strips, name, args.pictures or "") if strips else ""
    except ReelmakeError as error:
        _warn(f"no pictures: {error}", console)
    heading, _, rest = _preview.with_pictures(text.read_text("utf-8"), pictures).partition("\n")
    body = "\n\n".join(filter(None, (heading, " · ".join(links), rest.strip())))
    try:
        console.say(f"comment {one_comment(forge, name, forge.run, _preview.fitting(body, forge.most - 200))}")
    except NoAccess as error:
        console.say(f"no comment: {error}")
    except ReelmakeError as error:
        _warn(f"no comment: {error}", console)
    return 0


def _warn(said: str, console: Console) -> None:
    from reelmake.diagnostics import Diagnostic
    from reelmake.world.forge import UNWRITTEN

    hint = "the summary of this run says the same; running it again tries again"
    console.diagnostics([Diagnostic(UNWRITTEN, said, hint=hint, severity="warning")], closing=False)


def _gate(args: argparse.Namespace, console: Console) -> int:
    from reelmake.world.github import COSTS, GitHub

    forge = _forge()
    if not isinstance(forge, GitHub):
        raise Unwilling("labels are read on GitHub only", code=COSTS)
    console.say(forge.allow_costs(args.label) or "whoever caused this run may write to this repository")
    return 0


def _forge() -> GitHub | GitLab | None:
    """Whose job this is. Raises Unwilling (RM753)."""
    if os.environ.get("GITHUB_ACTIONS") == "true":
        from reelmake.world.github import GitHub

        return GitHub(os.environ)
    if os.environ.get("GITLAB_CI") == "true":
        from reelmake.world.gitlab import GitLab

        return GitLab(os.environ)
    return None


def _name(args: argparse.Namespace) -> str:
    from reelmake.world.forge import NAME

    name = str(args.name)
    if not NAME.fullmatch(name):
        raise Mistake.of("RM700", f'--name takes letters, digits, ".", "_" and "-", not "{name}"')
    return name


def _folder(args: argparse.Namespace) -> Path:
    return Path(args.into or f"reelmake-{args.name}").absolute()
