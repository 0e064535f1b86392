"""What this machine has left for us: memory, and how much it does besides. Knows nothing of what it is wanted for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

SHARE = 0.75  # of what is free, so that whoever else works here has some left
_ROOT = Path("/")


def spare(root: Path = _ROOT) -> int | None:
    """Bytes that we may take; None if the system does not say what it has. A container's limit counts as well."""
    free = _system(root)
    if free is None:
        return None
    return int(SHARE * max(0, min([free, *_groups(root)])))


def _system(root: Path) -> int | None:
    for line in _lines(root / "proc/meminfo"):
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    try:  # elsewhere nobody tells what is free
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    except (AttributeError, ValueError, OSError):
        return None


def _groups(root: Path) -> Iterator[int]:
    """What each group of processes that we are in has left; files that were read and can be read again take nothing."""
    mount = root / "sys/fs/cgroup"
    for line in _lines(root / "proc/self/cgroup"):
        _, controllers, path = line.split(":", 2)
        if controllers and "memory" not in controllers.split(","):
            continue
        unified = not controllers
        top = mount if unified else mount / "memory"
        limit = "memory.max" if unified else "memory.limit_in_bytes"
        used = "memory.current" if unified else "memory.usage_in_bytes"
        inactive = "inactive_file" if unified else "total_inactive_file"
        folder = top / path.strip("/")
        while True:
            most, now = _number(folder / limit), _number(folder / used)
            if most is not None and now is not None:
                again = [line.split()[1] for line in _lines(folder / "memory.stat") if line.startswith(f"{inactive} ")]
                yield most - now + int(again[0] if again else 0)
            if folder == top:
                break
            folder = folder.parent


def _number(file: Path) -> int | None:
    found = _lines(file)
    return int(found[0]) if found and found[0].isdigit() else None  # or "max"


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text().splitlines()
    except OSError:
        return []


def crowd() -> float:
    """How many times longer than alone a piece of work takes here now; 1 where the system does not say."""
    try:
        load = os.getloadavg()[0]
    except (AttributeError, OSError):
        return 1.0
    return 1.0 + load / (os.cpu_count() or 1)
