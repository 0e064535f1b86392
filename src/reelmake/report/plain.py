"""Progress as lines, without control characters: for people one for a take, an output, a failure or a wait, and
for programs (`--events FILE`) a JSON object for every event.

Hears events. Knows nothing of what makes them.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from typing import IO

from reelmake.model import events
from reelmake.model.medium import ORDERED
from reelmake.model.remote import HERE
from reelmake.report.naming import counted, duration, money
from reelmake.visible import one_line, visible_json


class PlainReport:
    """`write` takes a line without its end."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self.write = write
        self.total = self.done = 0
        self._failed: dict[str, str] = {}  # what it is called, by the id of its step

    def handle(self, event: events.Event) -> None:
        line = self._line(event)
        if line:
            self.write(f"[{event.at:7.1f} s] {one_line(line)}")

    def _line(self, event: events.Event) -> str:
        match event:
            case events.RunStarted():
                self.total, self.done = event.generate, 0
                return counted(event.generate, event.reuse)
            case events.StepDone(made=True) if event.kind in ORDERED:
                self.done += 1
                price = f", {money(event.cost)}" if event.cost else ""
                of = f" ({self.done}/{self.total})" if self.done <= self.total else ""
                return f"{event.name} done in {duration(event.took)}{price}{of}"
            case events.StepFailed():
                self._failed[event.step] = f"{event.name} failed"
                return f"{event.name} failed: {event.message} [{event.code}]"
            case events.StepSkipped() if event.kind in ORDERED:
                return f"{event.name} skipped: {self._failed.get(event.because, event.because)}"
            case events.StepRetrying():
                return f"{event.name}: {event.reason}; try {event.attempt + 1} in {event.after:.0f} s"
            case events.Warned():
                return f"warning: {event.name + ': ' if event.name else ''}{event.message}"
            case events.Adopted(found=True) if event.remote.startswith(HERE):
                return f"{event.name}: an earlier run had the answer to its order, and kept it"
            case events.Adopted(found=True):
                return f"{event.name}: the answer to its order was lost; it did arrive, as {event.remote}"
            case events.Adopted():
                return f"{event.name} continues from an earlier run ({event.remote})"
            case events.Waiting():
                return f"waiting for {event.holder}"
            case events.Stopping():
                return f"stopping: nothing new is started, {event.running} still running"
            case events.Pushing(done=0):
                return f"pushing {event.total} take{'s' * (event.total != 1)} to {event.to}"
            case events.Published():
                return f"wrote {event.path}"
            case _:
                return ""


class JsonLines:
    """Writes one object a line and flushes it, so that a reader sees it at once.

    Where that fails (a full disk, a reader that went away) it says so once and writes no more: the run goes on.
    """

    def __init__(self, file: IO[str], complain: Callable[[str], None] = lambda text: None) -> None:
        self.file = file
        self._complain = complain
        self._broken = False

    def handle(self, event: events.Event) -> None:
        if self._broken:
            return
        try:
            self.file.write(visible_json(json.dumps(events.as_json(event), ensure_ascii=False)) + "\n")
            self.file.flush()
        except OSError as error:
            self._broken = True
            with contextlib.suppress(OSError):
                self.file.close()  # or what is still buffered would fail again at the end
            self._complain(f"events are no longer written: {error.strerror or error}")
