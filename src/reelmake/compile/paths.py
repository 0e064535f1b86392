"""Paths as a storyboard writes them: from its folder, with forward slashes, inside the project, the same everywhere."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

from reelmake.diagnostics import Report, Span
from reelmake.errors import LocalTool

_OURS = ("build", ".reelmake")
CACHE = "~/.cache/reelmake/"  # as a storyboard writes the user's own folder for what projects share
Barred = Callable[[str], LocalTool | None]
"""Why the file at a project path may not be opened: it leads outside, it is no file. None = it may, or is not there."""


def project_path(text: str, span: Span | None, report: Report) -> str | None:
    """The normal form of the path of an input; None and a diagnostic where it cannot be one."""
    if "\0" in text:
        report.error("RM618", "a NUL character in a path", span, hint="no file has one in its name: remove it")
        return None
    if "\\" in text:
        report.error("RM605", "a backslash in a path", span, hint=f"write {text.replace(chr(92), '/')}")
        return None
    if text.startswith(("/", "~")) or re.match(r"[A-Za-z]:", text) or "://" in text:
        hint = "copy the file into the project and write its path from the storyboard's folder"
        report.error("RM603", f"{text} is not a path inside the project", span, hint=hint)
        return None
    normal = posixpath.normpath(text.strip()) if text.strip() else "."
    if normal == ".." or normal.startswith("../"):
        hint = "a storyboard must build on every machine: copy the file into the project"
        report.error("RM604", f"{text} leaves the project", span, hint=hint)
        return None
    if normal == "." or text.endswith("/"):
        report.error("RM607", f'"{text}" is not a file', span)
        return None
    if any(part.lower() == ".git" for part in normal.split("/")):
        report.error("RM606", f"{text} belongs to git", span, hint="inputs are files of the project itself")
        return None
    if normal.split("/", 1)[0] in _OURS:
        hint = "inputs belong outside build/ and .reelmake/: copy the file to keep it"
        report.error("RM606", f"{text} is made by reelmake itself", span, hint=hint)
        return None
    return normal


def limit_file(text: str, span: Span | None, report: Report) -> None:
    """A diagnostic where limits that projects share cannot be counted: they are kept by us, not by a storyboard."""
    if "/" not in text and "\\" not in text and not text.startswith(("~", ".")):
        return
    if text.startswith(CACHE) and not any(part in ("", ".", "..") for part in text[len(CACHE) :].split("/")):
        return
    found = Report()
    if text.startswith(("/", "~", "../")) or project_path(text, span, found) is None:
        hint = "write a name, such as studio.limits: your cache folder keeps it, for all projects that name it"
        report.error("RM615", f"limits cannot be shared in {text}", span, hint=hint)


def openable(path: str, span: Span | None, exists: Callable[[str], bool], barred: Barred, report: Report) -> bool:
    """May the file at a checked path be opened? A diagnostic where not."""
    if error := barred(path):
        report.error(error.code, str(error), span, hint="; ".join(error.next_steps))
    elif not exists(path):
        report.error("RM601", f"there is no file {path}", span, hint="paths are relative to the storyboard's folder")
    else:
        return True
    return False
