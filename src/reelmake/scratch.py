"""Scratch files: what is no longer needed is thrown away. Where that fails, nothing has failed.

A disk that cannot be written any more must not turn work that is done, or the error that ended it, into another one;
what stays behind is swept by the next run. Knows nothing of what is in them.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


def discard(*files: Path) -> None:
    """Removes files as far as they are there and can be removed. Never raises for the disk."""
    for file in files:
        with suppress(OSError):
            file.unlink(missing_ok=True)
