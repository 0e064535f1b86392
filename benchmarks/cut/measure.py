"""What a command costs: wall and CPU seconds, and the peak memory of all its processes together.

RSS counts a page once for each process that has it, PSS once in all: four workers of one program share its libraries.
Both are sampled. Knows nothing of what is run. Linux only.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import resource
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SUBREAPER = 36  # of prctl: grandchildren that nobody waited for become ours, and their seconds count
PAUSE = 0.03  # s between two looks at the memory
SHARE = 20  # a look takes at most one part in so many of one core
_ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}  # users' Pythons compile once


@dataclass(frozen=True)
class Cost:
    """Seconds and MB (10^6); `ended` is the time of day (s); `note` is for the table."""

    wall: float
    cpu: float
    rss: float
    pss: float
    ended: float
    note: str = ""


class Failed(Exception):
    """A command ended with another status than 0."""


def measured(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> Cost:
    """Runs a command to its end; every process that begins meanwhile below this one counts. Raises Failed."""
    ctypes.CDLL(None).prctl(SUBREAPER, 1)
    others, before, rss, pss = set(_below(os.getpid())), _seconds(), 0, 0
    with tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        child = subprocess.Popen(
            command,
            cwd=folder,
            env={**_ENVIRONMENT, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
        )
        while True:
            looked = time.perf_counter()
            held = [_memory(pid) for pid in set(_below(os.getpid())) - others]
            rss, pss = max(rss, sum(r for r, _ in held)), max(pss, sum(p for _, p in held))
            try:
                child.wait(max(PAUSE, SHARE * (time.perf_counter() - looked)))
                break
            except subprocess.TimeoutExpired:
                continue
        wall, ended = time.perf_counter() - began, time.time()
        _reap(others)
        said.seek(0)
        if child.returncode:
            raise Failed(f"{' '.join(command)[:300]}\n{said.read().decode(errors='replace')[-2000:]}")
    return Cost(wall, _seconds() - before, rss / 1000, pss / 1000, ended)


def _seconds() -> float:
    """CPU seconds of every process below this one that has ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _reap(others: set[int], patience: float = 10.0) -> None:
    """Waits for what the command left behind."""
    until = time.monotonic() + patience
    while (left := set(_below(os.getpid())) - others) and time.monotonic() < until:
        for pid in left:
            with contextlib.suppress(ChildProcessError):  # not ours yet, but of one that has not ended
                os.waitpid(pid, os.WNOHANG)
        time.sleep(0.01)


def _below(pid: int) -> Iterator[int]:
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = [int(word) for word in file.read_text().split()]
        except OSError:
            continue  # the thread has ended
        for child in children:
            yield child
            yield from _below(child)


def _memory(pid: int) -> tuple[int, int]:
    """RSS and PSS in kB (1000 of them are counted as a MB), 0 of a process that has ended."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0, 0
    found = dict(re.findall(r"^(Rss|Pss): +(\d+)", text, re.MULTILINE))
    return int(found.get("Rss", 0)) * 1024 // 1000, int(found.get("Pss", 0)) * 1024 // 1000
