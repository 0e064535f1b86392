"""The program: finds the command, runs it, maps what happened to an exit status. Knows no command by name but `build`.

Exit status: 0 done, 1 something could not be made, 2 the storyboard or the command line is wrong, 3 refused before
spending, 130 interrupted.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from types import ModuleType

    from reelmake.commands._fresh import Said
    from reelmake.report.console import Console

_TAKES_VALUE = ("-f", "--file", "--color", "--profile", "--set")


def main(argv: list[str] | None = None) -> int:
    """Runs the command line; never raises for what a user can do."""
    argv = sys.argv[1:] if argv is None else argv
    atexit.register(gc.freeze)  # nor is it looked for at the end, when everything goes
    gc.set_threshold(2_000_000, 20, 50)  # modules and plans live to the end: looking for garbage in them is waste
    _steady_streams()
    said = _remembered(argv)
    status = said["status"] if said else _run(argv)
    try:
        if said:
            sys.stderr.write(said["stderr"])
            sys.stdout.write(said["stdout"])
        sys.stdout.flush()
    except OSError as error:
        return _unheard(error)
    return status


def _remembered(argv: list[str]) -> Said | None:
    """What a build with nothing to do said last time, if nothing has changed since."""
    if not argv or argv[0] != "build":
        return None
    from reelmake.commands import _fresh

    record = _fresh.place(argv)
    return _fresh.answer(record) if record else None


def _steady_streams() -> None:
    """A stream that was closed leads nowhere, and what a terminal cannot show is shown escaped: neither is an error."""
    if None in (sys.stdin, sys.stdout, sys.stderr):
        while (hole := os.open(os.devnull, os.O_RDWR)) <= 2:  # else the next file we open would be taken for it
            pass
        os.close(hole)
        sys.stdin = sys.stdin or open(0, closefd=False)  # noqa: SIM115 (pathlib costs more than all of this)
        sys.stdout = sys.stdout or open(1, "w", closefd=False)  # noqa: SIM115
        sys.stderr = sys.stderr or open(2, "w", closefd=False)  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _unheard(error: OSError) -> int:
    """Nobody reads our stdout any more, or it cannot be written: what was made stays made."""
    import contextlib
    import errno

    nowhere = os.open(os.devnull, os.O_WRONLY)
    with contextlib.suppress(OSError, ValueError):
        os.dup2(nowhere, sys.stdout.fileno())  # what is still buffered has to go somewhere at the end
    if error.errno != errno.EPIPE:
        with contextlib.suppress(OSError):
            sys.stderr.write(f"error: the result cannot be written to stdout: {error.strerror}\n")
    return 1


def _run(argv: list[str]) -> int:
    if argv == ["--version"]:
        from reelmake import __version__

        sys.stdout.write(f"reelmake {__version__}\n")
        return 0
    from reelmake.commands._help import names, overview

    if not argv or argv in (["--help"], ["-h"]):
        sys.stdout.write(overview())
        return 0 if argv else 2  # as nothing was asked for: a script whose command is empty must not pass
    from reelmake import catalog
    from reelmake.commands._parser import alone, whole

    known = names()
    command, rest = _split(argv, known)
    parser = whole(argv) if command is None else alone(command, argv)
    if command is None:
        strange = next((word for word in argv if not word.startswith("-")), None)
        if strange is not None:
            from reelmake.diagnostics import did_you_mean

            hint = did_you_mean(strange, known) or "`reelmake --help` lists the commands"
            parser.error(f'no such command: "{strange}"\n  help: {hint}')
        parser.parse_args(argv)  # --help, --version or a mistake: all of them exit
        return 2
    module = catalog.load("commands", command.replace("-", "_"))
    args = parser.parse_args(rest)
    return _obey(module, args, argv, command)


def _split(argv: list[str], known: list[str]) -> tuple[str | None, list[str]]:
    """The command and everything else, so that common options may stand on either side of it."""
    skip = False
    for i, word in enumerate(argv):
        if skip:
            skip = False
        elif word in _TAKES_VALUE:
            skip = True
        elif not word.startswith("-"):
            return (word, argv[:i] + argv[i + 1 :]) if word in known else (None, argv)
    return None, argv


def _obey(module: ModuleType, args: argparse.Namespace, argv: list[str], command: str) -> int:
    from reelmake.report.console import Console, Unheard

    console = Console(colour=args.color, quiet=args.quiet, json=getattr(args, "json", False), argv=argv)
    try:
        return _outcome(module, args, console, command)
    except Unheard as unheard:
        return _unheard(unheard.error)


def _outcome(module: ModuleType, args: argparse.Namespace, console: Console, command: str) -> int:
    """The exit status of a command; what ended it is told."""
    from reelmake.errors import LocalTool, ReelmakeError
    from reelmake.report.console import Unheard
    from reelmake.report.typed import typed

    try:
        return int(module.run(args, console))
    except Unheard:
        raise
    except ReelmakeError as error:
        error.next_steps = typed(error.next_steps, console.argv, command)
        console.refuse(error)
        return error.exit_status
    except KeyboardInterrupt:
        if console.json:
            nothing = dict.fromkeys(("shot", "span", "kept"))
            console.object({"error": {"code": "RM860", "message": "interrupted", **nothing, "next": []}})
        console.say("interrupted")
        return 130
    except OSError as error:  # a disk that nobody expected to fail there
        where = f"{error.filename}: " if error.filename else ""
        told = LocalTool(f"{where}{error.strerror or error}", next_steps=("reelmake doctor",))
        console.refuse(told if _somewhere() else LocalTool("the current folder no longer exists"))
        return 1
    except Exception as error:  # our bug: say so, keep the trace
        _confess(console, error)
        return 1


def _somewhere() -> bool:
    """Are we in a folder that is still there?"""
    from pathlib import Path

    try:
        Path.cwd()
    except OSError:
        return False
    return True


def _confess(console: Console, error: Exception) -> None:
    import traceback

    console.complain("".join(traceback.format_exception(error)).rstrip())
    frames = [frame.f_globals.get("__name__", "") for frame, _ in traceback.walk_tb(error.__traceback__)]
    guest = next(filter(None, map(_guest, reversed(frames))), "")
    whose = f"the plug-in {guest}, or in what it asks of reelmake" if guest else "reelmake"
    console.say(f"this is a bug in {whose}: please report it with the lines above; nothing that was paid for is lost")


def _guest(module: str) -> str:
    """The plug-in of others' that a module is part of, "" = none."""
    from reelmake.catalog import plug_in_of

    said = plug_in_of(module)
    return "" if said.startswith("reelmake ") else said
