"""Next steps as they must be typed here: with the storyboard, profile and settings that this command was given.

"Build again" means this very command again: a `retake` that was refused is asked for again, not a build of all else.
Knows nothing of why a step is next.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence

_NAMES = {"-f": "-f", "--file": "-f", "--profile": "--profile", "--set": "--set"}
_OF_ANY = ("jobs", "log", "cache", "init", "completion", "schema")  # they read no profile and no setting, only `-f`
_MAKING = ("build", "retake", "shoot")  # commands that make something, and whose refusals name a way on
_LEFT_OUT = ("--yes", "-y", "--locked", "--dry-run", "-n", "--json", "-q", "--quiet")  # said anew, or for one run only
_LEFT_OUT_WITH_VALUE = ("--budget", "--events", "--color")


def typed(steps: Iterable[str], argv: Sequence[str], command: str = "") -> tuple[str, ...]:
    """`argv`: what followed `reelmake`; `command`: its own name, "" = a step stays the command that it names.

    Steps that are no command are left as they are.
    """
    given = _given(argv)
    return tuple(_again(step, argv, command) or _with(step, given) for step in steps)


def once_more(argv: Sequence[str], *more: str) -> str:
    """The very command that was typed, with what makes it go on."""
    return "reelmake " + shlex.join([*argv, *more])


def _again(step: str, argv: Sequence[str], command: str) -> str:
    """The command that was typed with what this step changes in it; "" if the step is another command."""
    words = step.split()
    if command not in _MAKING or words[:2] not in (["reelmake", "build"], ["reelmake", "plan"]):
        return ""
    more = words[2:]
    if more and not more[0].startswith("-"):  # a build of something else
        return ""
    if words[1] == "plan":
        if command == "build":
            return ""
        more = ["--dry-run", *more]
    return "reelmake " + shlex.join([*_kept(argv), *more])


def _kept(argv: Sequence[str]) -> list[str]:
    kept, words = [], iter(argv)
    for word in words:
        if word in _LEFT_OUT_WITH_VALUE:
            next(words, "")
        elif word not in _LEFT_OUT and word.partition("=")[0] not in _LEFT_OUT_WITH_VALUE:
            kept.append(word)
    return kept


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
    words = shlex.split(step) if step.startswith("reelmake ") else step.split()
    if len(words) < 2 or words[0] != "reelmake" or words[1] == "shoot":  # `shoot` says its own, whole
        return step
    fitting = [(name, value) for name, value in given if words[1] not in _OF_ANY or name == "-f"]
    more = [part for name, value in fitting if value not in words for part in (name, value)]
    return " ".join([step, shlex.join(more)]) if more else step
