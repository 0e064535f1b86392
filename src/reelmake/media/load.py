"""Crowd: how much this machine has to do besides. Knows nothing of what for, and nothing of what we will add."""

from __future__ import annotations

import os


def crowd() -> float:
    """How many times longer than alone a piece of work takes here now; 1 where the system does not say."""
    try:
        load = os.getloadavg()[0]
    except (AttributeError, OSError):
        return 1.0
    return 1.0 + load / (os.cpu_count() or 1)
