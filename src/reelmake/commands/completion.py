"""Print a completion script: `reelmake completion bash > ~/.local/share/bash-completion/completions/reelmake`.

In bash and zsh it completes the names of shots too; `reelmake completion names` prints those of this folder.
"""

from __future__ import annotations

import argparse

from reelmake.commands import _open, _options
from reelmake.report.console import Console

_NAMES = {"bash": "_reelmake_names", "zsh": "_reelmake_names", "tcsh": ""}
_ASKED = "$(reelmake completion names 2>/dev/null)"
_PREAMBLE = {
    "bash": f"""_reelmake_names() {{
  local plus="${{1%%[!+]*}}"; compgen -P "$plus" -W "{_ASKED}" -- "${{1#"$plus"}}"
}}
""",
    "zsh": f'_reelmake_names() {{ compset -P "+"; compadd -- ${{(f)"{_ASKED}"}} }}\n',
}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=("bash", "zsh", "tcsh", "names"))
    _options.add(parser, "storyboard")


def run(args: argparse.Namespace, console: Console) -> int:
    if args.shell == "names":
        from reelmake.plan.selection import called

        console.result("\n".join(called(_open.snapshot(args, console).layout)))
        return 0
    import shtab

    from reelmake.commands import _parser

    whole = _parser.whole()
    _complete(whole)
    console.result(shtab.complete(whole, shell=args.shell, preamble=_PREAMBLE.get(args.shell, "")))
    return 0


def _complete(parser: argparse.ArgumentParser) -> None:
    """Says of every argument that names a shot how it is completed."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                _complete(below)
        elif str(action.metavar).startswith("SHOT"):
            action.complete = _NAMES  # type: ignore[attr-defined]  # as shtab wants to be told
