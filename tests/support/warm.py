"""Commands that begin where the real one has imported its modules: `with warm() as begin: begin(["build"], env, out)`.

To import takes most of the CPU that a small build takes, and where processes are killed by the hundred nobody looks at
how they begin. Each is a process of its own all the same, forked off one that has done nothing but import, with the
waits of `hurried`. Knows nothing of tests.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import IO

from tests.support import hurried

ROOT = Path(__file__).parents[2]
LAZY = ("av", "h11", "httpx", "networkx", "numpy", "PIL.Image", "yaml")  # imported where they are needed


@dataclass
class Begun:
    """A process in a session of its own; what it says goes to `out` and `out`.err."""

    pid: int
    out: Path
    ask: Callable[[object], int]

    def end(self) -> tuple[int, str, str]:
        """Waits for it: status (negative: the signal), stdout, stderr."""
        return self.ask(self.pid), self.out.read_text(), self.out.with_suffix(".err").read_text()


Begin = Callable[[Sequence[str], Mapping[str, str], Path], Begun]


@contextmanager
def warm(more: Mapping[str, str] = {}) -> Iterator[Begin]:
    """Gives what begins a command: arguments, environment, and the file that its output goes to. `more`: variables of
    the process that they are forked off."""
    command = [sys.executable, "-m", "tests.support.warm"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, "OPENBLAS_NUM_THREADS": "1", **more}, **pipes
    ) as parent:  # type: ignore[call-overload]

        def ask(what: object) -> int:
            print(json.dumps(what), file=parent.stdin, flush=True)
            return int(parent.stdout.readline())

        def begin(words: Sequence[str], env: Mapping[str, str], out: Path) -> Begun:
            return Begun(ask([list(words), dict(env), str(out)]), out, ask)

        yield begin
        parent.stdin.close()


def serve(questions: IO[str]) -> None:
    """Each is a command to begin, answered by its pid, or a pid to wait for, answered by its status."""
    for line in questions:
        match json.loads(line):
            case int(pid):
                print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
            case words, env, out:
                if not (pid := os.fork()):
                    _become(words, env, out)
                print(pid, flush=True)


def _become(words: list[str], env: dict[str, str], out: str) -> None:
    """What `python -m reelmake` does, from its imports on."""
    os.setsid()
    os.environ.clear()
    os.environ.update(env)
    for handle, file in ((0, os.devnull), (1, out), (2, str(Path(out).with_suffix(".err")))):
        opened = os.open(file, os.O_RDWR | os.O_CREAT | os.O_TRUNC * bool(handle), 0o644)
        os.dup2(opened, handle)
        os.close(opened)
    from reelmake.app import main

    try:
        status = main(words)
    except SystemExit as end:
        status = int(end.code or 0)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    hurried.now()
    import reelmake

    for name in [*LAZY, *(m.name for m in walk_packages(reelmake.__path__, "reelmake.") if "__main__" not in m.name)]:
        import_module(name)
    serve(sys.stdin)
