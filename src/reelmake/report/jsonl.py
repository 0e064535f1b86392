"""Events as JSON lines, for `--events FILE` and for programs. Knows nothing of what makes them."""

from __future__ import annotations

import json
from typing import TextIO

from reelmake.model.events import Event, as_json


class JsonLines:
    """Writes one object a line and flushes it, so that a reader sees it at once."""

    def __init__(self, file: TextIO) -> None:
        self.file = file

    def handle(self, event: Event) -> None:
        self.file.write(json.dumps(as_json(event), ensure_ascii=False) + "\n")
        self.file.flush()
