"""What is costly to make and only looked at, or copied: made once, by whichever of xdist's workers comes first.

Knows nothing of what is made.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that `make` has filled, in this process or in another one of the same session; nobody writes to it
    afterwards. Where `make` fails, the next one tries again."""
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "whole").exists():
            made = Path(factory.mktemp(name))
            make(made)
            made.rename(folder / "made")
            (folder / "whole").touch()
    return folder / "made"
