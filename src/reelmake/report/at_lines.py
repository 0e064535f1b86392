"""Diagnostics as forges show them at the lines of a change: GitHub's workflow commands, GitLab's code quality report;
and as a list in Markdown. They come as `check --json` writes them.

Whatever a storyboard says is shown, and commands nothing. Knows nothing of how diagnostics come about.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from reelmake.report.plan_table import words
from reelmake.visible import one_line, visible

Told = Mapping[str, Any]  # what a command says with --json, or a diagnostic of it
Place = Callable[[str], str]  # a file as we call it -> its path from the top of the repository
_SEVERITY = {"error": "major", "warning": "minor"}  # in GitLab's words
_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = _DATA | {":": "%3A", ",": "%2C"}


def command(name: str, message: str, **properties: str | int) -> str:
    """One line that GitHub's runner obeys: `::error file=a.yaml,line=3::what is wrong`. Nothing in it ends it or
    begins another."""
    pairs = ",".join(f"{key}={_escaped(one_line(str(value)), _PROPERTY)}" for key, value in properties.items())
    return f"::{name} {pairs}".rstrip() + f"::{_escaped(visible(message), _DATA)}"


def github(found: Sequence[Told], place: Place) -> list[str]:
    """A command each. Columns only where the span is of one line: the others are refused by GitHub."""
    lines = []
    for told in found:
        at: dict[str, str | int] = {}
        if span := told["span"]:
            at = {"file": place(span["file"]), "line": span["line"], "endLine": span["end_line"]}
            if span["line"] == span["end_line"]:
                at |= {"col": span["column"], "endColumn": span["end_column"]}
        said = told["message"] + (f"\n{told['hint']}" if told["hint"] else "")
        lines.append(command(told["severity"], said, **at, title=f"reelmake {told['code']}"))
    return lines


def plain(found: Sequence[Told], place: Place) -> list[str]:
    """A line each, for a log."""
    return [one_line(f"{_at(told, place)}{told['severity']}[{told['code']}]: {told['message']}") for told in found]


def _at(told: Told, place: Place) -> str:
    span = told["span"]
    return f"{place(span['file'])}:{span['line']}:{span['column']}: " if span else ""


def code_quality(found: Sequence[Told], place: Place) -> str:
    """GitLab's JSON; of diagnostics without a place, which it does not know, there are none."""
    return json.dumps([_quality(told, place) for told in found if told["span"]], indent=2)


def _quality(told: Told, place: Place) -> Mapping[str, object]:
    path, line = place(told["span"]["file"]), told["span"]["line"]
    print_ = "\0".join(
        (told["code"], path, told["message"])
    )  # not the line: it is the same mistake if lines come before
    return {
        "description": visible(told["message"]),
        "check_name": told["code"],
        "fingerprint": hashlib.sha256(print_.encode()).hexdigest(),
        "severity": _SEVERITY[told["severity"]],
        "location": {"path": path, "lines": {"begin": line}},
    }


def listed(found: Sequence[Told], place: Place) -> str:
    """A line each, for a comment or a summary."""
    return "\n".join(f"- {_listed(told, place)}" for told in found)


def _listed(told: Told, place: Place) -> str:
    hint = f" ({words(told['hint'])})" if told["hint"] else ""
    return f"**{told['severity']} {told['code']}**{_where(told, place)}: {words(told['message'])}{hint}"


def _where(told: Told, place: Place) -> str:
    span = told["span"]
    return f" at {words(place(span['file']))}:{span['line']}:{span['column']}" if span else ""


def _escaped(text: str, by: Mapping[str, str]) -> str:
    return "".join(by.get(character, character) for character in text)
