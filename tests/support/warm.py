"""Commands that begin where the real one has imported its modules: `with warm() as begin: begin(["build"], env, out)`.

To import takes most of the CPU that a small build takes, and of a thousand commands nobody looks at how they begin.
Each is a process of its own all the same, forked off one that has done nothing but import, and so are its workers,
which enter their cells as ever. `quick` is for whoever wants no more than what a command says and how it ends. Knows
nothing of tests.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import runpy
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from itertools import count
from pathlib import Path
from pkgutil import walk_packages
from tempfile import TemporaryDirectory
from typing import IO, Any

import psutil

from tests.support import hurried

ROOT = Path(__file__).parents[2]
LAZY = ("av", "h11", "httpx", "networkx", "numpy", "PIL.Image", "yaml")  # imported where they are needed
PATIENCE = 240  # seconds for a command
EARLY = ("LANG", "LC_", "LD_", "MALLOC_", "OMP_", "OPENBLAS_", "PYTHON", "TZ")  # of variables that are read at once


@dataclass
class Begun:
    """A process in a session of its own; what it says goes to `out` and `out`.err."""

    pid: int
    out: Path
    ask: Callable[[object], int]

    def end(self) -> tuple[int, str, str]:
        """Waits for it: status (negative: the signal), stdout, stderr."""
        return self.ask(self.pid), self.out.read_text(), self.out.with_suffix(".err").read_text()


Begin = Callable[..., Begun]


def cut_short(begin: Begin, words: Sequence[str], out: Path, after: float | None) -> list[object]:
    """What a process that first says "started" says at its end, in JSON; nothing if it was killed so many seconds after
    that word."""
    out.write_text("")  # of the one before
    begun = begin(words, os.environ, out)
    while True:
        alive = psutil.Process(begun.pid).status() != psutil.STATUS_ZOMBIE
        if out.read_text().startswith("started\n"):
            break
        assert alive, begun.end()
        time.sleep(0.005)
    if after is not None:
        time.sleep(after)
        os.kill(begun.pid, signal.SIGKILL)
    _, said, _ = begun.end()
    said = said.removeprefix("started\n")
    return json.loads(said) if said else []


@contextmanager
def warm(more: Mapping[str, str] = {}, *, waits: bool = False, crew: bool = True) -> Iterator[Begin]:
    """Gives what begins a command: arguments, environment, the file that its output goes to, and the folder it is in.
    Where the arguments are `-m` and a module's name, with what it is given, that is run.

    `more`: variables of the process that they are forked off. `waits`: they wait as the real one does, not as `hurried`
    ones. `crew`: their workers are forked off them.
    """
    command = [sys.executable, "-m", "tests.support.warm", "waits" * waits, "crew" * crew]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, "OPENBLAS_NUM_THREADS": "1", **more}, **pipes
    ) as parent:  # type: ignore[call-overload]

        def ask(what: object) -> int:
            print(json.dumps(what), file=parent.stdin, flush=True)
            return int(parent.stdout.readline())

        def begin(words: Sequence[str], env: Mapping[str, str], out: Path, cwd: Path = ROOT) -> Begun:
            return Begun(ask([list(words), dict(env), str(out), str(cwd)]), out, ask)

        yield begin
        parent.stdin.close()


class Quick:
    """Begins commands that are waited for, from two processes in turn: what depends on the order of a set differs from
    one command to the next, as it does in real life."""

    def __init__(self) -> None:
        self._held = ExitStack()
        atexit.register(self._held.close)
        self._begins: dict[tuple[bool, int], Begin] = {}
        self._known: set[str] = set()  # commands that began by themselves here
        self._turns = count()
        self._free = threading.Lock()

    def __call__(
        self, words: Sequence[str], env: Mapping[str, str], cwd: Path, *, waits: bool
    ) -> tuple[int, str, str] | None:
        """Status, stdout and stderr; None = it has to begin by itself: it is the first of its name, or its environment
        holds what only a Python that starts will read, or another one is running, or REELMAKE_COLD is set."""
        if words[:1] and (words[0] not in self._known or os.environ.get("REELMAKE_COLD")):
            self._known.add(words[0])
            return None
        paths = env.get("PYTHONPATH", "").split(os.pathsep)
        if _early(env) != _early(os.environ) or any(Path(p, "sitecustomize.py").exists() for p in paths if p):
            return None
        if not self._free.acquire(blocking=False):
            return None
        try:
            sort = (waits, next(self._turns) % 2)
            if sort not in self._begins:
                self._begins[sort] = self._held.enter_context(warm(waits=waits))
            with TemporaryDirectory() as folder:
                ran = self._begins[sort](words, env, Path(folder) / "said", cwd).end()
        finally:
            self._free.release()
        if ran[0] == -signal.SIGALRM:
            raise subprocess.TimeoutExpired(list(words), PATIENCE, *ran[1:])
        return ran


quick = Quick()


def _early(env: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if name.startswith(EARLY) and name != "PYTHONPATH"}


def serve(questions: IO[str]) -> None:
    """Each is a command to begin, answered by its pid, or a pid to wait for, answered by its status."""
    for line in questions:
        match json.loads(line):
            case int(pid):
                print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
            case words, env, out, cwd:
                if not (pid := os.fork()):
                    _become(words, env, out, cwd)
                print(pid, flush=True)


def _become(words: list[str], env: dict[str, str], out: str, cwd: str) -> None:
    """What `python -m reelmake` does, from its imports on; at the end only memory is not tidied up."""
    os.setsid()
    signal.alarm(PATIENCE)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    sys.argv[1:] = words
    sys.path[:1] = [path for path in env.get("PYTHONPATH", "").split(os.pathsep) if path]
    for handle, file in ((0, os.devnull), (1, out), (2, str(Path(out).with_suffix(".err")))):
        opened = os.open(file, os.O_RDWR | os.O_CREAT | os.O_TRUNC * bool(handle), 0o644)
        os.dup2(opened, handle)
        os.close(opened)
    from reelmake.app import main

    status = 1
    try:
        if words[:1] == ["-m"]:
            del sys.argv[1:3]
            runpy.run_module(words[1], run_name="__main__")
            status = 0
        else:
            status = main(words)
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else bool(end.code)
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    threading._shutdown()  # type: ignore[attr-defined] # waits for threads, as the end of a process does
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def forked_crews() -> None:
    """Workers do what `python -m reelmake.media.worker` does, from its imports on."""
    from reelmake.media import process_pool, worker

    start: Any = subprocess.Popen

    def hired(command: list[str], *, env: Mapping[str, str], **options: Any) -> Any:
        if command[:4] != [sys.executable, "-P", "-m", worker.__name__]:
            return start(command, env=env, **options)

        def work() -> None:
            os.closerange(3, os.sysconf("SC_OPEN_MAX"))  # who starts us learns by it that we are on our way
            gc.enable()
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_DFL)
            signal.signal(signal.SIGPIPE, signal.SIG_IGN)
            os.environ.clear()
            os.environ.update(env)
            sys.argv[1:] = command[4:]
            sys.stdout = os.fdopen(1, "w", closefd=False)  # what is in the other one is our parent's to say
            status = 1
            try:
                worker.main()
                status = 0
            except BaseException:
                sys.excepthook(*sys.exc_info())
            finally:
                os._exit(status)

        return start(command, env=env, preexec_fn=work, **options)

    class Hiring:
        """The module subprocess, as far as a pool needs it."""

        Popen = staticmethod(hired)
        PIPE, TimeoutExpired = subprocess.PIPE, subprocess.TimeoutExpired

    process_pool.subprocess = Hiring  # type: ignore[assignment]


if __name__ == "__main__":
    if "waits" not in sys.argv:
        hurried.now()
    import reelmake

    for name in [*LAZY, *(m.name for m in walk_packages(reelmake.__path__, "reelmake.") if "__main__" not in m.name)]:
        import_module(name)
    if "crew" in sys.argv:
        forked_crews()
    gc.collect()
    gc.freeze()
    serve(sys.stdin)
