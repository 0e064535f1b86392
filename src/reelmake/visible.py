"""What comes from outside, made visible: characters that would drive a terminal, hide words or turn them around, and
lines that a CI would take for its own commands.

Models, paths, prompts, what providers answer: all of it is somebody else's text. It is written by few (report/console,
report/screen, report/plain), and these call this. What is visible already stays as it is. Knows nothing of who writes.
"""

from __future__ import annotations

import re

_DRIVES = "\x00-\x08\x0b-\x1f\x7f-\x9f"  # a terminal: all controls but the line end and the tab
_TURNS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # the direction of what follows
_ENDS = "\u2028\u2029"  # a line, to some and not to others
_UNSEEN = re.compile(f"[{_DRIVES}{_TURNS}{_ENDS}]")
_COMMAND = re.compile(r"^(\s*):(?=:)|#(?=#\[)", re.MULTILINE)  # of GitHub's runner, on any line that is printed


def visible(text: str) -> str:
    """Lines stay lines."""
    return _COMMAND.sub(_spelled, _UNSEEN.sub(_escaped, text))


def one_line(text: str) -> str:
    """The same for what is part of a line: it ends none."""
    return visible(text).replace("\n", "\\n")


def visible_json(text: str) -> str:
    """JSON that says the same, with these characters as JSON writes them: they stand in nothing but its texts."""
    return _UNSEEN.sub(_in_json, text).replace("##[", "#\\u0023[")


def _escaped(found: re.Match[str]) -> str:
    return repr(found[0])[1:-1]


def _spelled(found: re.Match[str]) -> str:
    return f"{found[1] or ''}\\x{ord(found[0][-1]):02x}"


def _in_json(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
