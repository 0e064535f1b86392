"""Next steps as they must be typed here: with the storyboard, profile and settings that this command was given.

Knows nothing of why a step is next.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence

_NAMES = {"-f": "-f", "--file": "-f", "--profile": "--profile", "--set": "--set"}
_OF_THE_FILE = ("-f",)  # all that some commands take
_OF_ANY = ("jobs", "log", "init", "completion")  # they read no profile and no setting


def typed(steps: Iterable[str], argv: Sequence[str]) -> tuple[str, ...]:
    """`argv`: what followed `reelmake`. Steps that are no command are left as they are."""
    given = _given(argv)
    return tuple(_with(step, given) for step in steps)


def _given(argv: Sequence[str]) -> list[tuple[str, str]]:
    """The options that name or shape the storyboard, with their values."""
    found, words = [], iter(argv)
    for word in words:
        name, equals, value = word.partition("=")
        if name in _NAMES:
            found.append((_NAMES[name], value if equals else next(words, "")))
        elif word.startswith("-f") and len(word) > 2 and not word.startswith("--"):
            found.append(("-f", word[2:]))
    return found


def _with(step: str, given: Sequence[tuple[str, str]]) -> str:
    words = step.split()
    if len(words) < 2 or words[0] != "reelmake" or words[1] == "shoot":  # `shoot` says its own, whole
        return step
    fitting = [(name, value) for name, value in given if words[1] not in _OF_ANY or name in _OF_THE_FILE]
    more = [part for name, value in fitting for part in (name, value)]
    return " ".join([step, shlex.join(more)]) if more else step
