"""Many commands of the real program, in processes that are forked from one in which all is loaded.

`python -m tests.support.forked JOBS` reads lines of JSON, each a list of commands that share a process: [folder, words,
where its output goes]. Beside each output it writes how the command ended; one that takes too long is ended by a
signal.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import pkgutil
import signal
import sys
from pathlib import Path

PATIENCE = 90  # seconds for one command
AT_ONCE = 2
_LOADED = ("commands", "compile", "prep", "plan", "outputs", "providers", "transitions", "report", "store")


def main() -> None:
    for package in (f"reelmake.{name}" for name in _LOADED):
        for module in pkgutil.iter_modules(importlib.import_module(package).__path__, f"{package}."):
            importlib.import_module(module.name)
    running = 0
    for line in Path(sys.argv[1]).read_text().splitlines():
        if running == AT_ONCE:
            os.wait()
            running -= 1
        if os.fork() == 0:
            _obey(json.loads(line))
        running += 1
    while running:
        os.wait()
        running -= 1


def _obey(commands: list[tuple[str, list[str], str]]) -> None:
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for folder, words, into in commands:
        signal.alarm(PATIENCE)
        said = os.open(into, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(said, 1)
        os.dup2(said, 2)
        os.close(said)
        os.chdir(folder)
        code = _run(words)
        sys.stdout.flush()
        sys.stderr.flush()
        Path(f"{into}.code").write_text(str(code))
    atexit._run_exitfuncs()
    os._exit(0)


def _run(words: list[str]) -> int:
    from reelmake import app

    try:
        return app.main(words)
    except SystemExit as end:
        return int(end.code or 0)


if __name__ == "__main__":
    main()
