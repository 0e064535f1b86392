"""Events as JSON lines, for `--events FILE` and for programs. Knows nothing of what makes them."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from typing import IO

from reelmake.model.events import Event, as_json
from reelmake.visible import visible_json


class JsonLines:
    """Writes one object a line and flushes it, so that a reader sees it at once.

    Where that fails (a full disk, a reader that went away) it says so once and writes no more: the run goes on.
    """

    def __init__(self, file: IO[str], complain: Callable[[str], None] = lambda text: None) -> None:
        self.file = file
        self._complain = complain
        self._broken = False

    def handle(self, event: Event) -> None:
        if self._broken:
            return
        try:
            self.file.write(visible_json(json.dumps(as_json(event), ensure_ascii=False)) + "\n")
            self.file.flush()
        except OSError as error:
            self._broken = True
            with contextlib.suppress(OSError):
                self.file.close()  # or what is still buffered would fail again at the end
            self._complain(f"events are no longer written: {error.strerror or error}")
