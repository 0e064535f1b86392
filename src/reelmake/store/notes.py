"""Small things a project remembers and could do without: facts of footage, the log of runs. Also: placing outputs.

Unlike takes and the journal, a note that is lost costs a little time and never money. Knows nothing of their meaning.
"""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import shutil
from pathlib import Path
from typing import Any

from reelmake.errors import LocalTool
from reelmake.store.disk import explained, fresh_name, write_whole


class Notes:
    """Files below `root`, by name. A note that cannot be written is not written; that is no failure."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, name: str) -> dict[str, Any]:
        """A JSON object; {} if there is none that can be read."""
        try:
            value = json.loads((self.root / name).read_bytes())
        except (OSError, ValueError):
            return {}
        return value if isinstance(value, dict) else {}

    def write(self, name: str, value: dict[str, Any]) -> None:
        with contextlib.suppress(OSError):
            self.root.mkdir(parents=True, exist_ok=True)
            write_whole(self.root / name, json.dumps(value, ensure_ascii=False, indent=0).encode(), durable=False)

    def append(self, name: str, line: dict[str, Any]) -> None:
        """One JSON object as a line of its own."""
        with contextlib.suppress(OSError):
            self.root.mkdir(parents=True, exist_ok=True)
            with (self.root / name).open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def lines(self, name: str) -> list[dict[str, Any]]:
        """Every whole line, oldest first; one that a crash cut short is passed over."""
        found = []
        try:
            text = (self.root / name).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return []
        for line in text.splitlines():
            with contextlib.suppress(ValueError):
                value = json.loads(line)
                if isinstance(value, dict):
                    found.append(value)
        return found


def room(root: Path, path: str) -> None:
    """Raises LocalTool (RM962) if something else stands where an output, or a folder above it, is to be."""
    target = root / path
    above = [folder for folder in reversed(target.parents) if root in folder.parents]
    for place, wanted in [*((folder, True) for folder in above), (target, False)]:
        if place.is_dir() is wanted or not os.path.lexists(place):
            continue
        what = "a folder" if not wanted else "a file" if place.exists() else "a link that leads nowhere"
        where = place.relative_to(root).as_posix()
        said = f"{path} cannot be written: {where} is {what}" + (", where a folder is needed" if wanted else "")
        away = shlex.join(["mv", where, f"{where}.old"])
        raise LocalTool(said, code="RM962", next_steps=(away, "reelmake build"))


def place(artifact: Path, target: Path) -> None:
    """A copy of an artifact under its public name: whole or not at all. Raises LocalTool.

    A copy, not a link: whoever edits the output must not edit the store.
    """
    with explained(f"write {target}"):
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = fresh_name(target.parent, ".part")
        try:
            shutil.copyfile(artifact, draft)
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)


def write_text(target: Path, text: str) -> None:
    """A text a command was asked to write: whole or not at all. Raises LocalTool."""
    with explained(f"write {target}"):
        write_whole(target, text.encode(), durable=False)
