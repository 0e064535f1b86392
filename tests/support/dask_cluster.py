"""A Dask cluster on this machine: the scheduler and each worker are processes of their own, as elsewhere."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

HERE = Path(__file__).parents[2]
PATIENCE = 60.0
WATCHED = """
import reelmake.media.cluster_worker as here
def told(bench, asked, files, heard):
    print("BEGUN", asked.key, flush=True)
    return here.real(bench, asked, files, heard)
here.real = getattr(here, "real", here.Bench.make)  # Dask runs this twice
here.Bench.make = told
"""
"""A preload: a worker says what it begins with."""


@dataclass
class DaskCluster:
    """`root`: a folder of its own. `workers`: by name."""

    root: Path
    scheduler: subprocess.Popen[bytes]
    address: str
    workers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def executor(self) -> str:
        return f"dask://{self.address}"

    def work(self, *names: str, preload: str = "", core: int | None = None, **env: str) -> None:
        """Starts workers with one thread each, and waits until they are there. `preload`: Python that each runs
        first; `core`: the one that it has."""
        for name in names:
            more = []
            if preload:
                file = self.root / f"{name}.py"
                file.write_text(preload)
                more = ["--preload", str(file)]
            tied = [] if core is None else ["taskset", "-c", str(core)]
            own = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--name", name]
            folder = ["--local-directory", str(self.root / name)]
            command = ["worker", f"tcp://{self.address}", *own, *folder, *more]
            self.workers[name] = _started(self.root / f"{name}.log", *tied, args=command, env=env)
        for name in names:
            _soon(lambda name=name: "Registered to" in self.said(name), f"worker {name}", self.workers[name])  # type: ignore[misc]

    def said(self, name: str) -> str:
        return (self.root / f"{name}.log").read_text()

    def begun(self, name: str) -> list[str]:
        """Keys of what a watched worker has begun with."""
        return [line.split()[1] for line in self.said(name).splitlines() if line.startswith("BEGUN")]

    def has(self, name: str) -> set[str]:
        """Digests of the files that a worker has of its own."""
        return {file.stem for file in (self.root / name).glob("dask-scratch-space/*/reelmake/*.*")}

    def cells(self) -> list[int]:
        """Process ids of what the workers have started, and of what those have."""
        found = []
        for worker in self.workers.values():
            if worker.poll() is None:
                found += [child.pid for child in psutil.Process(worker.pid).children(recursive=True)]
        return found

    def kill(self, name: str) -> None:
        self.workers[name].send_signal(signal.SIGKILL)
        self.workers[name].wait()


@contextmanager
def dask_cluster(root: Path) -> Iterator[DaskCluster]:
    """A scheduler without workers; all that was started ends with it."""
    root.mkdir(parents=True, exist_ok=True)
    log = root / "scheduler.log"
    scheduler = _started(log, args=["scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"], env={})
    said = "Scheduler at:"
    _soon(lambda: said in log.read_text(), "the scheduler", scheduler)
    address = log.read_text().partition(said)[2].split()[0].partition("://")[2]
    cluster = DaskCluster(root, scheduler, address)
    try:
        yield cluster
    finally:
        processes = [*cluster.workers.values(), scheduler]
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()


def _started(log: Path, *before: str, args: list[str], env: dict[str, str]) -> subprocess.Popen[bytes]:
    paths = os.pathsep.join(filter(None, [str(HERE), os.environ.get("PYTHONPATH")]))
    with log.open("wb") as out:
        return subprocess.Popen(
            [*before, sys.executable, "-m", "dask", *args],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            cwd=log.parent,
            env={**os.environ, "PYTHONPATH": paths, **env},
        )


def _soon(true: object, what: str, process: subprocess.Popen[bytes]) -> None:
    assert callable(true)
    until = time.monotonic() + PATIENCE
    while not true():
        assert process.poll() is None, f"{what} ended with {process.returncode}"
        assert time.monotonic() < until, f"{what} is not there"
        time.sleep(0.05)
