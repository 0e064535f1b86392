"""Write a small storyboard that builds at once, the schema for editors, a .gitignore and a CI workflow. Nothing that
exists is overwritten."""

from __future__ import annotations

import argparse
from pathlib import Path

from reelmake.errors import Mistake
from reelmake.report.console import Console

_SCHEMA = "storyboard-1.schema.json"
_MODELINE = f"# yaml-language-server: $schema={_SCHEMA}\n"
_WORKFLOW = ".github/workflows/preview.yml"
_OF_GIT = {".gitignore": ".reelmake/\nbuild/\n", ".gitattributes": "reelmake.lock merge=union\n"}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", nargs="?", default=".", metavar="DIR", help="where (default: here)")


def run(args: argparse.Namespace, console: Console) -> int:
    import os
    import shlex
    from importlib.resources import files

    from reelmake import __version__
    from reelmake.report.editors import installed, written
    from reelmake.store.placing import write_text
    from reelmake.store.premises import Premises

    folder = Path(args.folder)
    if os.path.lexists(folder / "storyboard.yaml"):
        raise Mistake.of("RM603", f"{folder / 'storyboard.yaml'} already exists")
    if folder.exists() and not folder.is_dir():
        raise Mistake.of("RM603", f"{folder} already exists, and is not a folder")
    template = files("reelmake.commands") / "template"
    workflow = (template / "preview.yml").read_text(encoding="utf-8")
    wanted = {
        "storyboard.yaml": _MODELINE + (template / "storyboard.yaml").read_text(encoding="utf-8"),
        _SCHEMA: written(installed()),
        **_OF_GIT,
        _WORKFLOW: workflow.replace("vVERSION", f"v{__version__}"),
    }
    for name, content in wanted.items():
        target = folder / name
        Premises(folder).ours(name)
        if os.path.lexists(target):  # a link too, wherever it leads
            console.say(f"kept as it is: {target}" + _lacking(target, name))
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        write_text(target, content)
        console.say(f"wrote {target}" + (_unread(folder) if name == _WORKFLOW else ""))
    into = "" if args.folder == "." else f"cd {shlex.quote(args.folder)} && "
    console.say("next:")
    console.result(f"{into}reelmake build")
    return 0


def _unread(folder: Path) -> str:
    """What to do with a workflow that GitHub does not find, for it looks only at the top of a repository."""
    from reelmake.store.git_index import top

    root, whole = top(str(folder)), folder.resolve()
    if not root or (inside := whole.relative_to(Path(root).resolve()).as_posix()) == ".":
        return ""
    board = f"storyboard: {inside}/storyboard.yaml"
    return f" (GitHub looks only at the top of the repository: move .github there, and add `{board}` to its `with:`)"


def _lacking(target: Path, name: str) -> str:
    """What to add to a file of git's that was there before."""
    if name not in _OF_GIT or target.is_symlink() or not target.is_file():
        return ""
    known = target.read_text(encoding="utf-8", errors="replace").splitlines()
    missing = [line for line in _OF_GIT[name].splitlines() if line not in known]
    return f" (add: {', '.join(missing)})" if missing else ""
