"""Paths as a storyboard writes them: from its folder, with forward slashes, inside the project, the same everywhere."""

from __future__ import annotations

import posixpath
import re

from reelmake.diagnostics import Report, Span

_OURS = ("build", ".reelmake")


def project_path(text: str, span: Span | None, report: Report) -> str | None:
    """The normal form of the path of an input; None and a diagnostic where it cannot be one."""
    if "\\" in text:
        report.error("RM605", "a backslash in a path", span, hint=f"write {text.replace(chr(92), '/')}")
        return None
    if text.startswith(("/", "~")) or re.match(r"[A-Za-z]:", text) or "://" in text:
        report.error(
            "RM603",
            f"{text} is not a path inside the project",
            span,
            hint="copy the file into the project and write its path from the storyboard's folder",
        )
        return None
    normal = posixpath.normpath(text.strip()) if text.strip() else "."
    if normal == ".." or normal.startswith("../"):
        report.error(
            "RM604",
            f"{text} leaves the project",
            span,
            hint="a storyboard must build on every machine: copy the file into the project",
        )
        return None
    if normal == "." or text.endswith("/"):
        report.error("RM607", f'"{text}" is not a file', span)
        return None
    if normal.split("/", 1)[0] in _OURS:
        report.error(
            "RM606",
            f"{text} is made by reelmake itself",
            span,
            hint="inputs stand outside build/ and .reelmake/; copy the file if it is meant to stay",
        )
        return None
    return normal
