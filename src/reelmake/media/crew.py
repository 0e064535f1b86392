"""Crew: an Executor of worker processes of our own, each of which can be stopped alone and dies with us.

Unlike ProcessPoolExecutor it never imports the caller's main script, so `reelmake.build()` works in a bare script too;
one killed worker costs one task; and tasks can report while they run. Knows nothing of media.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from functools import partial
from threading import Lock, Thread
from typing import Any

from reelmake.errors import LocalTool

PATIENCE = 1.0  # seconds after which a worker with nothing to do goes home: it takes memory that others need

_Task = tuple["Future[Any]", Callable[..., Any], tuple[Any, ...], Callable[..., None] | None]
_Desk = queue.SimpleQueue[_Task | None]  # of one thread: what it is to do next


class Crew(Executor):
    """`workers` processes at most, started when they are needed; they ignore the terminal's Ctrl-C."""

    def __init__(self, workers: int, environment: Mapping[str, str] | None = None) -> None:
        self._environment = dict(environment or {})  # of the workers, beyond our own
        self._lock = Lock()
        self._backlog: deque[_Task] = deque()  # for whoever is done first
        self._idle: list[_Desk] = []  # whose thread waits; the last one has worked last
        self._threads: list[Thread] = []
        self._running: dict[Future[Any], subprocess.Popen[bytes]] = {}
        self._children: set[subprocess.Popen[bytes]] = set()
        self._workers = max(1, workers)
        self._unwanted: set[Future[Any]] = set()  # to be stopped, perhaps before their worker has come
        self._closed = self._killed = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Calls fn(*args, tell) in a worker. `fn` is a function of a module; `heard` (keyword) gets what it tells."""
        heard = kwargs.pop("heard", None)
        if kwargs:
            raise TypeError("a task of the crew has no keyword arguments")
        future: Future[Any] = Future()
        with self._lock:
            if self._closed:
                raise RuntimeError("the crew has gone home")
            task = (future, fn, args, heard)
            if self._idle:
                self._idle.pop().put(task)
            elif len(self._threads) < self._workers:
                thread = Thread(target=self._serve, args=(task,), daemon=True, name="reelmake-crew")
                self._threads.append(thread)
                thread.start()
            else:
                self._backlog.append(task)
        return future

    def stop(self, future: Future[Any]) -> None:
        """Ends one task at once, killing the worker that has it."""
        if future.cancel():
            return
        with self._lock:
            self._unwanted.add(future)
            child = self._running.get(future)
            if child:
                child.kill()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Ends the workers when they are done; with `cancel_futures` those that wait are never begun."""
        with self._lock:
            self._closed = True
            if cancel_futures:
                for task in self._backlog:
                    task[0].cancel()
                self._backlog.clear()
            while self._idle:
                self._idle.pop().put(None)
        if wait:
            for thread in self._threads:
                thread.join()

    def kill(self) -> None:
        """Ends everything now; the tasks fail."""
        with self._lock:
            self._closed = self._killed = True
            for child in self._children:
                child.kill()
        self.shutdown(cancel_futures=True)

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
        future, fn, args, heard = task
        if not future.set_running_or_notify_cancel():
            return child, lambda: None
        try:
            child = child or self._hire()
            with self._lock:
                self._running[future] = child
                if self._killed or future in self._unwanted:
                    child.kill()
            end = partial(future.set_result, _converse(child, fn, args, heard))
        except Exception as error:
            end = partial(future.set_exception, error)
        with self._lock:
            self._running.pop(future, None)
            self._unwanted.discard(future)
        if child is not None and child.poll() is not None:
            self._dismiss(child)
            child = None
        return child, end

    def _hire(self) -> subprocess.Popen[bytes]:
        paths = os.pathsep.join(path for path in sys.path if path)
        child = subprocess.Popen(
            [sys.executable, "-m", "reelmake.media.worker", str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **self._environment, "PYTHONPATH": paths},
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


def _converse(
    child: subprocess.Popen[bytes], fn: Callable[..., Any], args: tuple[Any, ...], heard: Callable[..., None] | None
) -> Any:
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        pickle.dump((fn, args), child.stdin)
        child.stdin.flush()
        while True:
            kind, *said = pickle.load(child.stdout)  # noqa: S301 # from our own worker
            if kind == "tell":
                if heard:
                    heard(*said)
            elif kind == "done":
                return said[0]
            else:
                raise said[0]
    except (EOFError, BrokenPipeError, pickle.UnpicklingError) as error:
        child.kill()
        status = child.wait()
        raise LocalTool(f"a worker process ended in the middle of its work (status {status})") from error
