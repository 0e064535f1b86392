"""What people call the state of what they see. Programs get verdicts as they are.

Knows nothing of how a verdict is reached.
"""

from __future__ import annotations

_OF_TAKES = {"undecided": "pending"}
_OF_OUTPUTS = {"fresh": "up to date"} | dict.fromkeys(("missing", "stale", "undecided"), "out of date")


def state(verdict: str) -> str:
    """Of a take, by its verdict: "fresh", "missing", "stale", "pending"."""
    return _OF_TAKES.get(verdict, verdict)


def output_state(verdict: str) -> str:
    """Of an output, by its verdict: "up to date", "out of date"."""
    return _OF_OUTPUTS.get(verdict, verdict)
