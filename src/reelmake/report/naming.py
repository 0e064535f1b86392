"""What people call the steps of a run, and the state of what they see. Programs get ids and verdicts as they are.

Knows nothing of how a step is made, or how a verdict is reached.
"""

from __future__ import annotations

_OF_TAKES = {"undecided": "pending"}
_OF_OUTPUTS = {"fresh": "up to date"} | dict.fromkeys(("missing", "stale", "undecided"), "out of date")
_WHOLE = ("reel", "output")  # steps that people know as the file they lead to


def state(verdict: str) -> str:
    """Of a take, by its verdict: "fresh", "missing", "stale", "pending"."""
    return _OF_TAKES.get(verdict, verdict)


def output_state(verdict: str) -> str:
    """Of an output, by its verdict: "up to date", "out of date"."""
    return _OF_OUTPUTS.get(verdict, verdict)


def called(step: str, shot: str = "") -> str:
    """A step by its id, and the shot it is about: "park #2", "park in cut.mp4", "cut.mp4", "sound of cut.mp4"."""
    kind, _, rest = step.partition(":")
    if kind == "shot":
        name, _, take = rest.rpartition("#") if "#" in rest else (rest, "", "")
        return name if take in ("", "1") else f"{name} #{take}"
    output = rest.partition(":")[0]
    if kind in _WHOLE:
        return output
    if shot:
        return f"the last frame of {shot}" if kind == "frame" and "#" in rest else f"{shot} in {output}"
    return f"{kind} of {output}" if kind == "sound" else f"{kind} {rest.replace(':', ' ')}"
