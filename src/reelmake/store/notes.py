"""Small things a project remembers and could do without: facts of footage, the log of runs.

Unlike takes and the journal, a note that is lost costs a little time and never money. Knows nothing of their meaning.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reelmake.model.json_value import json_object
from reelmake.store.disk import make_folder, write_whole

_RULES = ""  # the name by which a note says by which rules it was written; nothing else has none


class Notes:
    """Files below `root`, by name. A note that cannot be written is not written; that is no failure."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, name: str, rules: str = "") -> dict[str, Any]:
        """A JSON object; {} if there is none that can be read, or one that was noted by other `rules`."""
        try:
            value = json_object((self.root / name).read_bytes())
        except (OSError, ValueError):
            return {}
        if value.get(_RULES, "") != rules:
            return {}
        return {name: said for name, said in value.items() if name != _RULES}

    def write(self, name: str, value: Mapping[str, object], rules: str = "") -> None:
        """`rules`: by which it was found out; whoever changes them looks at everything anew."""
        if rules:
            value = {_RULES: rules, **value}
        with contextlib.suppress(OSError):
            make_folder(self.root, durable=False)
            write_whole(self.root / name, json.dumps(value, ensure_ascii=False, indent=0).encode(), durable=False)

    def append(self, name: str, line: Mapping[str, object]) -> None:
        """One JSON object as a line of its own."""
        with contextlib.suppress(OSError):
            make_folder(self.root, durable=False)
            with (self.root / name).open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def lines(self, name: str) -> list[dict[str, Any]]:
        """Every whole line, oldest first; one that a crash cut short is passed over."""
        found = []
        try:
            text = (self.root / name).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return []
        for line in text.split("\n"):
            with contextlib.suppress(ValueError):
                found.append(dict(json_object(line)))
        return found
