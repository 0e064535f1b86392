"""Print a completion script: `reelmake completion bash > ~/.local/share/bash-completion/completions/reelmake`."""

from __future__ import annotations

import argparse

from reelmake.report.console import Console


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=("bash", "zsh", "tcsh"))


def run(args: argparse.Namespace, console: Console) -> int:
    import shtab

    from reelmake.commands import _parser

    console.result(shtab.complete(_parser.whole(), shell=args.shell))
    return 0
