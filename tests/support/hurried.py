"""The real command, with the waits of a loopback server instead of a vendor's: `python -m tests.support.hurried build`.

What is shortened are times only: how long a lost order may need to show up in a list, how soon polls come, and how long
a shared store is waited for.
`hurry` does the same in the process of a test.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from reelmake.plan import provider_queue
from reelmake.store import bucket

if TYPE_CHECKING:
    import pytest

ARRIVED, SOONEST_POLL, LATE = 0.3, 0.05, 2.0


def hurry(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(provider_queue, "ARRIVED", ARRIVED)
    patch.setattr(provider_queue, "SOONEST_POLL", SOONEST_POLL)
    patch.setattr(provider_queue, "LATE", LATE)


def now() -> None:
    """Before anything takes them from there."""
    provider_queue.ARRIVED, provider_queue.SOONEST_POLL, provider_queue.LATE = ARRIVED, SOONEST_POLL, LATE
    bucket.PATIENCE, bucket.ENDURANCE = 3.0, 2.0


if __name__ == "__main__":
    now()
    from reelmake.app import main

    sys.exit(main())
