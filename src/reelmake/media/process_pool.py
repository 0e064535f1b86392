"""ProcessPool: worker processes of our own, each of which can be stopped alone and dies with us.

Unlike ProcessPoolExecutor it never imports the caller's main script, so `reelmake.build()` works in a bare script too;
one killed worker costs one task; and tasks can report while they run. What a worker may do is up to its cell. Knows
nothing of media.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from functools import partial
from threading import Event, Lock, Thread, Timer
from typing import Any, TypeVar

from reelmake.errors import LocalTool
from reelmake.media import answers, cell

PATIENCE = 1.0  # seconds after which a worker with nothing to do goes home: it takes memory that others need

T = TypeVar("T")
Heard = Callable[..., None]
_Task = tuple["Future[Any]", Callable[..., object], tuple[object, ...], Heard | None, float | None]
_Desk = queue.SimpleQueue[_Task | None]  # of one thread: what it is to do next


class WorkerDied(LocalTool):
    """A worker died over its task."""


class ProcessPool:
    """`workers` processes at most, started when they are needed; they ignore the terminal's Ctrl-C.

    `environment`: of the workers, beyond what a cell is told. `program`: the one that they may start, "" = none.
    """

    def __init__(self, workers: int, environment: Mapping[str, str] | None = None, program: str = "") -> None:
        self._environment = dict(environment or {})
        self._program = program
        self._lock = Lock()
        self._backlog: deque[_Task] = deque()  # for whoever is done first
        self._idle: list[_Desk] = []  # whose thread waits; the last one has worked last
        self._threads: list[Thread] = []
        self._running: dict[Future[Any], subprocess.Popen[bytes]] = {}
        self._children: set[subprocess.Popen[bytes]] = set()
        self._workers = max(1, workers)
        self._unwanted: set[Future[Any]] = set()  # to be stopped, perhaps before their worker has come
        self._closed = self._killed = False

    def submit(
        self, fn: Callable[..., T], *args: object, heard: Heard | None = None, seconds: float | None = None
    ) -> Future[T]:
        """Calls fn(*args, tell) in a worker. `fn` is a function of a module. `heard` gets what it tells; `seconds`
        after which the worker is killed, None = never."""
        future: Future[T] = Future()
        with self._lock:
            if self._closed:
                raise RuntimeError("the process pool is closed")
            task = (future, fn, args, heard, seconds)
            if self._idle:
                self._idle.pop().put(task)
            elif len(self._threads) < self._workers:
                thread = Thread(target=self._serve, args=(task,), daemon=True, name="reelmake-crew")
                self._threads.append(thread)
                thread.start()
            else:
                self._backlog.append(task)
        return future

    def stop(self, future: Future[T]) -> None:
        """Ends one task at once, killing the worker that has it."""
        if future.cancel():
            return
        with self._lock:
            self._unwanted.add(future)
            child = self._running.get(future)
            if child:
                child.kill()

    def shutdown(self) -> None:
        """Ends the workers when they are done with what they have; tasks that wait are never begun."""
        with self._lock:
            self._closed = True
            for task in self._backlog:
                task[0].cancel()
            self._backlog.clear()
            while self._idle:
                self._idle.pop().put(None)
        for thread in self._threads:
            thread.join()

    def kill(self) -> None:
        """Ends everything now; the tasks fail."""
        with self._lock:
            self._closed = self._killed = True
            for child in self._children:
                child.kill()
        self.shutdown()

    def _serve(self, task: _Task | None) -> None:
        """One thread a worker process: it hands over tasks and listens to what comes back."""
        child: subprocess.Popen[bytes] | None = None
        desk: _Desk = queue.SimpleQueue()
        while task:
            child, tell_end = self._do(task, child)
            self._rest(desk)
            tell_end()  # not before: what comes next is for us, and not for a new worker
            while True:
                try:
                    task = desk.get(timeout=PATIENCE if child else None)
                    break
                except queue.Empty:
                    self._dismiss(child)
                    child = None
        self._dismiss(child)

    def _rest(self, desk: _Desk) -> None:
        """What is next comes to the desk: a task, or None = go home."""
        with self._lock:
            if self._backlog:
                desk.put(self._backlog.popleft())
            elif self._closed:
                desk.put(None)
            else:
                self._idle.append(desk)

    def _do(
        self, task: _Task, child: subprocess.Popen[bytes] | None
    ) -> tuple[subprocess.Popen[bytes] | None, Callable[[], None]]:
        """Has one task done: who can do the next, None = nobody yet; and what tells how it ended."""
        future, fn, args, heard, seconds = task
        if not future.set_running_or_notify_cancel():
            return child, lambda: None
        try:
            child = child or self._hire()
            with self._lock:
                self._running[future] = child
                if self._killed or future in self._unwanted:
                    child.kill()
            with _within(seconds, child):
                end = partial(future.set_result, _converse(child, fn, args, heard))
        except Exception as error:
            end = partial(future.set_exception, error)
        with self._lock:
            self._running.pop(future, None)
            doomed = self._killed or future in self._unwanted  # a kill on its way would hit whoever comes next
            self._unwanted.discard(future)
        if child is not None and (doomed or child.poll() is not None):
            self._dismiss(child)
            child = None
        return child, end

    def _hire(self) -> subprocess.Popen[bytes]:
        paths = os.pathsep.join(path for path in sys.path if path)
        child = subprocess.Popen(  # -P: a folder of the project may be called as a module is
            [sys.executable, "-P", "-m", "reelmake.media.worker", str(os.getpid()), self._program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**cell.environment(), **self._environment, "PYTHONPATH": paths},
            start_new_session=True,
        )
        with self._lock:
            self._children.add(child)
        return child

    def _dismiss(self, child: subprocess.Popen[bytes] | None) -> None:
        if child is None:
            return
        for pipe in (child.stdin, child.stdout):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()
        child.wait()
        with self._lock:
            self._children.discard(child)


@contextlib.contextmanager
def _within(seconds: float | None, child: subprocess.Popen[bytes]) -> Iterator[None]:
    """Kills a worker that takes longer. Raises Ended then."""
    if seconds is None:
        yield
        return
    late = Event()

    def end() -> None:
        late.set()
        child.kill()

    timer = Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    except WorkerDied as error:
        if late.is_set():
            raise WorkerDied(f"it took more than {seconds:.0f} s") from error
        raise
    finally:
        timer.cancel()
        timer.join()
        if late.is_set():
            child.wait()  # it was on its way to what comes next


def _converse(
    child: subprocess.Popen[bytes], fn: Callable[..., object], args: tuple[object, ...], heard: Heard | None
) -> object:
    try:
        if child.stdin is None or child.stdout is None:
            raise BrokenPipeError
        child.stdin.write(pickle.dumps((fn, args)))
        child.stdin.flush()
        while True:
            kind, *said = answers.load(child.stdout)
            if kind == "tell":
                if heard:
                    heard(*said)
            elif kind == "done":
                return said[0]
            else:
                raise said[0]
    except (EOFError, BrokenPipeError, pickle.UnpicklingError) as error:
        try:
            status = child.wait(1)  # it is about to say itself how it ended
        except subprocess.TimeoutExpired:
            child.kill()
            status = child.wait()
        raise WorkerDied(f"a worker process ended in the middle of its work ({_how(status)})") from error


def _how(status: int) -> str:
    """As a person says it."""
    with contextlib.suppress(ValueError):
        return signal.Signals(-status).name
    return f"status {status}"
