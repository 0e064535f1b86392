"""Many commands of the real program, in processes that are forked from one in which all is loaded.

`with forker(env) as run: run(jobs, more)`: `jobs` is a file of lines of JSON, each a list of commands that share a
process: [folder, words, where its output goes]; `more` are variables beside those of `env`. Next to each output stands
how the command ended; one that takes too long is ended by a signal.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import pkgutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

HERE = Path(__file__).parents[2]
PATIENCE = 90  # seconds for one command
AT_ONCE = 2
_LOADED = ("commands", "compile", "prep", "plan", "outputs", "providers", "transitions", "report", "store")


@contextmanager
def forker(env: Mapping[str, str]) -> Iterator[Callable[[Path, Mapping[str, str]], None]]:
    """Gives what runs commands and waits for them. `env`: the environment of the process that they are forked from."""
    command = [sys.executable, "-m", "tests.support.forked"]
    with subprocess.Popen(
        command, cwd=HERE, env=dict(env), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdin
        assert parent.stdout
        questions, answers = parent.stdin, parent.stdout

        def run(jobs: Path, more: Mapping[str, str]) -> None:
            print(json.dumps([str(jobs), dict(more)]), file=questions, flush=True)
            assert answers.readline(), "what commands are forked from has ended"

        yield run
        questions.close()


def serve(questions: IO[str]) -> None:
    """Each is answered when all its commands have ended."""
    for package in (f"reelmake.{name}" for name in _LOADED):
        for module in pkgutil.iter_modules(importlib.import_module(package).__path__, f"{package}."):
            importlib.import_module(module.name)
    for line in questions:
        jobs, more = json.loads(line)
        _run_all(Path(jobs).read_text().splitlines(), more)
        print(flush=True)


def _run_all(lines: list[str], more: dict[str, str]) -> None:
    running = 0
    for line in lines:
        if running == AT_ONCE:
            os.wait()
            running -= 1
        if os.fork() == 0:
            os.environ.update(more)
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
    serve(sys.stdin)
