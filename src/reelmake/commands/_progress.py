"""How a run is shown while it goes on: drawn on a terminal, as lines without one, not at all with --quiet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reelmake.model.events import Event, Listener
    from reelmake.report.console import Console
    from reelmake.report.live import LiveReport
    from reelmake.report.plain import PlainReport


@contextmanager
def shown(console: Console, others: Iterable[Listener] = ()) -> Iterator[Listener]:
    """A listener that shows every event and passes it on; nothing is drawn before there is something to tell."""
    progress = _report(console)
    drawn = False
    with ExitStack() as stack:

        def listen(event: Event) -> None:
            nonlocal drawn
            if progress is not None:
                if not drawn:
                    stack.enter_context(progress)
                    drawn = True
                progress.handle(event)
            for other in others:
                other(event)

        yield listen


def _report(console: Console) -> LiveReport | PlainReport | None:
    if console.quiet:
        return None
    if console.live:
        from reelmake.report.live import LiveReport

        return LiveReport()
    from reelmake.report.plain import PlainReport

    return PlainReport(console.say)
