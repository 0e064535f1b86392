"""Progress without a terminal: a line when something starts, ends, fails or waits; no control characters.

Hears events. Knows nothing of what makes them.
"""

from __future__ import annotations

from collections.abc import Callable

from reelmake.model import events
from reelmake.report.plan import money
from reelmake.visible import one_line


class PlainReport:
    """`write` takes a line without its end."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self.write = write
        self.total = self.done = 0

    def __enter__(self) -> PlainReport:
        return self

    def __exit__(self, *exc: object) -> None:
        return None

    def handle(self, event: events.Event) -> None:
        line = self._line(event)
        if line:
            self.write(f"[{event.at:7.1f} s] {one_line(line)}")

    def _line(self, event: events.Event) -> str:
        match event:
            case events.RunStarted():
                self.total, self.done = event.steps, 0
                return f"{event.generate} to generate, {event.reuse} reused, {event.steps} steps"
            case events.StepStarted(kind="shot"):
                return f"{event.step} started"
            case events.StepDone():
                self.done += 1
                if not event.made:
                    return ""
                price = f", {money(event.cost)}" if event.cost else ""
                return f"{event.step} done in {event.took:.1f} s{price} ({self.done}/{self.total})"
            case events.StepFailed():
                self.done += 1
                return f"{event.step} failed: {event.message} [{event.code}]"
            case events.StepSkipped():
                self.done += 1
                return f"{event.step} skipped: {event.because}"
            case events.StepRetrying():
                return f"{event.step}: {event.reason}; try {event.attempt + 1} in {event.after:.0f} s"
            case events.Warned():
                return f"warning: {event.step + ': ' if event.step else ''}{event.message}"
            case events.Adopted(found=True):
                return f"{event.step}: the answer to its order was lost; it did arrive, as {event.remote}"
            case events.Adopted():
                return f"{event.step} continues from an earlier run ({event.remote})"
            case events.Waiting():
                return f"waiting for {event.holder}"
            case events.Stopping():
                return f"stopping: nothing new is started, {event.running} still running"
            case events.Published():
                return f"wrote {event.path}"
            case _:
                return ""
