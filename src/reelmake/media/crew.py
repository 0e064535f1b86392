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
from collections.abc import Callable
from concurrent.futures import Executor, Future
from threading import Lock, Thread
from typing import Any

from reelmake.errors import LocalTool

_Task = tuple["Future[Any]", Callable[..., Any], tuple[Any, ...], Callable[..., None] | None]


class Crew(Executor):
    """`workers` processes at most, started when first needed; they ignore the terminal's Ctrl-C."""

    def __init__(self, workers: int) -> None:
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._lock = Lock()
        self._free = 0
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
            self._tasks.put((future, fn, args, heard))
            self._free -= 1
            if self._free < 0 and len(self._threads) < self._workers:
                self._free += 1
                thread = Thread(target=self._serve, daemon=True, name="reelmake-crew")
                self._threads.append(thread)
                thread.start()
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
            with contextlib.suppress(queue.Empty):
                while task := self._tasks.get_nowait():
                    task[0].cancel()
        for _ in self._threads:
            self._tasks.put(None)
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

    def _serve(self) -> None:
        """One thread a worker process: it hands over tasks and listens to what comes back."""
        child: subprocess.Popen[bytes] | None = None
        while task := self._tasks.get():
            future, fn, args, heard = task
            if future.set_running_or_notify_cancel():
                try:
                    if child is None:
                        child = self._hire()
                    with self._lock:
                        self._running[future] = child
                        if self._killed or future in self._unwanted:
                            child.kill()
                    answer = _converse(child, fn, args, heard)
                except Exception as error:
                    future.set_exception(error)
                else:
                    future.set_result(answer)
                with self._lock:
                    self._running.pop(future, None)
                    self._unwanted.discard(future)
            with self._lock:
                self._free += 1
            if child is not None and child.poll() is not None:
                self._dismiss(child)
                child = None
        if child is not None:
            self._dismiss(child)

    def _hire(self) -> subprocess.Popen[bytes]:
        paths = os.pathsep.join(path for path in sys.path if path)
        child = subprocess.Popen(
            [sys.executable, "-m", "reelmake.media.worker", str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": paths},
            start_new_session=True,
        )
        with self._lock:
            self._children.add(child)
        return child

    def _dismiss(self, child: subprocess.Popen[bytes]) -> None:
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
