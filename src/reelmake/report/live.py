"""Progress on a terminal: a line per running shot with bar and elapsed time, and one total line with the cost so far.

Hears events, draws with rich. Knows nothing of what makes them.
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from time import monotonic

from rich.console import Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from reelmake.model import events
from reelmake.model.medium import ORDERED
from reelmake.records import dataclass
from reelmake.report.naming import duration, money
from reelmake.report.screen import Screen

_Bar = partial(ProgressBar, complete_style="cyan", finished_style="green", pulse_style="cyan")
_MOST = 12  # running steps that are drawn; the rest is counted


@dataclass
class Running:
    """A step that is being made: what people call it, is it an order, since when we know of it, how far it is.

    `followed`: the shot of an order of an earlier run, which nobody has asked for in this one yet; "" = somebody has.
    """

    name: str
    ordered: bool
    since: float
    followed: str = ""
    fraction: float | None = None
    note: str = ""
    again: float | None = None  # when it is tried again, as we heard

    def said(self, now: float) -> str:
        """What it is at: the provider's own word, or until when it rests."""
        if self.again is None:
            return self.note
        left = self.again - now
        return f"tries again in {duration(left)}" if left > 0 else "waits for its turn"


class LiveReport:
    """Use as a context manager around a build; `handle` is the listener. Nothing is drawn before it hears anything."""

    def __init__(self, screen: Screen | None = None) -> None:
        self.screen = screen or Screen(stderr=True, highlight=False)
        self.live = self._drawing()
        self.running: dict[str, Running] = {}
        self.total = self.done = self.generated = 0
        self.cost = Decimal(0)
        self.note = ""
        self.began = monotonic()

    def __enter__(self) -> LiveReport:
        return self

    def __exit__(self, *exc: object) -> None:
        self.live.stop()

    def _drawing(self) -> Live:
        return Live(self, console=self.screen, refresh_per_second=8, transient=True)

    def pause(self) -> None:
        """Draws nothing before it hears more: a person is asked, who must see the question and what is typed."""
        self.live.stop()
        self.live = self._drawing()  # which does not know, and so does not wipe out, what is above it

    def handle(self, event: events.Event) -> None:
        self.live.start()
        match event:
            case events.RunStarted():
                self.total, self.done, self.began = event.steps, 0, monotonic()  # and not when a question was asked
            case events.StepStarted():
                self.running[event.step] = Running(event.name, event.kind in ORDERED, monotonic())
            case events.StepProgressed():
                if step := self._row(event):
                    step.fraction, step.note, step.again = event.fraction, event.note, None
            case events.Adopted():
                which = "its order did arrive" if event.found else "continues from an earlier run"
                self.screen.print(Text(f"→ {event.name}: {which}", "dim"))
                followed = "" if event.wanted else event.shot
                self.running.setdefault(event.step, Running(event.name, True, monotonic(), followed))
            case events.StepDone():
                self._ended(event)
                self._made(event)
            case events.StepFailed():
                self._ended(event)
                self.screen.print(Text(f"✗ {event.name}: {event.message}", "red"))
            case events.StepSkipped():
                self.done += 1
            case events.StepRetrying():
                if step := self.running.get(event.step):
                    step.fraction, step.again = None, monotonic() + event.after
                self.screen.print(Text(f"↻ {event.name}: {event.reason}; again in {duration(event.after)}", "yellow"))
            case events.Warned():
                about = f"{event.name}: " if event.name else ""
                self.screen.print(Text(f"! {about}{event.message}", "yellow"))
            case events.Stopping():
                self.note = "stopping: running jobs are kept; press Ctrl-C again to quit now"
            case events.Waiting() | events.Pushing():
                self.note = _note(event)

    def _row(self, event: events.StepProgressed | events.StepDone | events.StepFailed) -> Running | None:
        """That of a step; what an earlier run ordered is followed under its shot's name until a step waits for it."""
        if event.step not in self.running:
            for id, row in self.running.items():
                if row.followed and row.followed == event.shot:
                    row.name, row.followed = event.name, ""
                    self.running[event.step] = self.running.pop(id)
                    break
        return self.running.get(event.step)

    def _ended(self, event: events.StepDone | events.StepFailed) -> None:
        if self._row(event):
            del self.running[event.step]
        self.done += 1

    def _made(self, event: events.StepDone) -> None:
        if event.made and event.kind in ORDERED:
            self.generated += 1
            self.cost += event.cost or Decimal(0)
            price = f"  {money(event.cost)}" if event.cost else ""
            self.screen.print(Text.assemble(("✓ ", "green"), event.name, (f"  {event.took:.1f} s{price}", "dim")))

    def __rich__(self) -> Group:
        width = self.screen.width
        rows, total = Table.grid(padding=(0, 1)), Table.grid(padding=(0, 1))
        for table in (rows, total):
            table.add_column(max_width=max(12, width // 3), no_wrap=True, overflow="ellipsis")
            table.add_column(width=max(10, width // 4))
        rows.add_column(justify="right")
        rows.add_column(style="dim", no_wrap=True, overflow="ellipsis")
        shown = sorted(self.running.values(), key=lambda r: not r.ordered)
        for step in shown[:_MOST]:
            bar = _Bar(total=1.0, completed=step.fraction or 0.0, pulse=step.fraction is None)
            now = monotonic()
            rows.add_row(step.name, bar, duration(now - step.since), step.said(now))
        parts: list[Table | Text] = [rows] if shown else []
        if len(shown) > _MOST:
            parts.append(Text(f"… and {len(shown) - _MOST} more", "dim"))
        total.add_column(no_wrap=True)
        spent = f" · {money(self.cost)} so far" if self.cost else ""
        took = duration(monotonic() - self.began)
        words = f"{self.done}/{self.total} steps · {self.generated} generated · {took}{spent}"
        total.add_row(Text("total", "bold"), _Bar(total=max(1, self.total), completed=self.done), Text(words, "bold"))
        return Group(*parts, total, *([Text(self.note, "yellow")] if self.note else []))


def _note(event: events.Waiting | events.Pushing) -> str:
    if isinstance(event, events.Waiting):
        return f"waiting for {event.holder}"
    return f"pushing to {event.to}: {event.done}/{event.total}"
