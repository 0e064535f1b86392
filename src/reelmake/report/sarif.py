"""Diagnostics as SARIF 2.1.0, which code hosts show as annotations at the lines of a change.

Columns are counted in characters, as everywhere here, and the log says so (`columnKind`). Knows nothing of how
diagnostics come about.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from reelmake import __version__
from reelmake.diagnostics import Diagnostic, Span
from reelmake.report.console import json_text
from reelmake.visible import visible

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_TOP = "SRCROOT"
Explain = Callable[[str], str]  # the page of a code, in Markdown, "" = there is none


def sarif(found: Sequence[Diagnostic], top: Path, explain: Explain) -> str:
    """The log, as text. `top`: the folder that hosts count paths from; spans are named from where we are."""
    codes = list(dict.fromkeys(d.code for d in found))
    driver = {
        "name": "reelmake",
        "version": __version__,
        "rules": [_rule(code, explain(code)) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "newlineSequences": ["\r\n", "\n", "\r"],
        "originalUriBaseIds": {_TOP: {"description": {"text": "The top folder of the repository."}}},
        "results": [_result(d, codes.index(d.code), top) for d in found],
    }
    return json_text({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(code: str, page: str) -> Mapping[str, object]:
    """A page begins with a heading; its first paragraph says what it is about."""
    heading, _, rest = page.strip().partition("\n")
    title = heading.lstrip("# ").removeprefix(code).lstrip(": .—-") or code
    first = " ".join(rest.strip().partition("\n\n")[0].split()) or title
    rule: dict[str, object] = {"id": code, "shortDescription": {"text": title}, "fullDescription": {"text": first}}
    if page:
        rule["help"] = {"text": page, "markdown": page}
    return rule


def _result(d: Diagnostic, index: int, top: Path) -> Mapping[str, object]:
    said = visible(d.message) + (f"\n{visible(d.hint)}" if d.hint else "")
    result: dict[str, object] = {
        "ruleId": d.code,
        "ruleIndex": index,
        "level": d.severity,
        "message": {"text": said},
        "locations": [{"physicalLocation": _place(d.span, top)}] if d.span else [],
    }
    related = [
        {"physicalLocation": _place(note.span, top), "message": {"text": visible(note.message)}}
        for note in d.notes
        if note.span
    ]
    return result | ({"relatedLocations": related} if related else {})


def _place(span: Span, top: Path) -> Mapping[str, object]:
    """`endColumn` is the one behind the last character; a span of nothing is the place before its character."""
    line, column = span.at
    end_line, end_column = span.source.position(max(span.start, span.end))
    path = os.path.relpath(span.source.name, top).replace(os.sep, "/")
    return {
        "artifactLocation": {"uri": quote(path), "uriBaseId": _TOP},
        "region": {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column},
    }
