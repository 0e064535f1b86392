"""A run as a person sees it: asked before it costs, shown while it goes on (drawn on a terminal, as lines without one,
not at all with --quiet), and told when it is over. Knows no command."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from reelmake.commands import _open
from reelmake.report.console import Console

if TYPE_CHECKING:
    from reelmake.model.events import Event, Listener
    from reelmake.model.wish import Wish
    from reelmake.plan.decide import Plan
    from reelmake.plan.result import Result
    from reelmake.session.project import Snapshot


def built(
    seen: Snapshot,
    wish: Wish,
    console: Console,
    offer: Callable[[Snapshot, Plan], Iterable[str]],
    listeners: Iterable[Listener] = (),
    *,
    command: str,
) -> Result:
    """What comes of the run. `offer`: what is told of a plan before a person is asked to pay. `command`: what is to be
    typed again after a failure; "" = `build`, for what this one asked for is noted by then."""
    from reelmake.report.naming import money
    from reelmake.report.typed import typed
    from reelmake.session.blocking import run_build
    from reelmake.session.run import BuildRun

    def confirm(seen: Snapshot, plan: Plan) -> bool | None:
        pause()
        tell = console.complain if console.asks else console.say  # whoever is asked must see what for
        for text in offer(seen, plan):
            tell(text)
        return console.ask(f"pay up to {money(plan.cost)}?")

    def run() -> Result:
        try:
            return run_build(BuildRun(seen, wish, listen, confirm))
        finally:
            pause()  # a person may be asked where a secret may go, and then it runs again

    with _shown(console, listeners) as (listen, pause):
        result = _open.permitted(seen.workspace.bindings, console, run)
    spelled = (replace(f, next_steps=typed(f.next_steps, console.argv, command)) for f in result.failures)
    return replace(result, failures=tuple(spelled))


def ended(result: Result, console: Console, closing: str, left_open: str = "") -> None:
    """Says how it went, below what was asked for."""
    from reelmake.report import build_summary

    for line in (*build_summary.notes(result, console.paint), closing, left_open):
        if line:
            console.say(line)
    for line in build_summary.failures(result, console.paint):
        console.complain(line)


@contextmanager
def _shown(console: Console, others: Iterable[Listener]) -> Iterator[tuple[Listener, Callable[[], None]]]:
    """A listener that shows every event and passes it on; and what keeps it from drawing before the next one."""
    listeners = list(others)
    pause: Callable[[], None] = _nothing
    with ExitStack() as stack:
        if console.live:
            from reelmake.report.live import LiveReport

            report = stack.enter_context(LiveReport())
            listeners.insert(0, report.handle)
            pause = report.pause
        elif not console.quiet:
            from reelmake.report.plain import PlainReport

            listeners.insert(0, PlainReport(console.say).handle)

        def listen(event: Event) -> None:
            for listener in listeners:
                listener(event)

        yield listen, pause


def _nothing() -> None:
    """Lines are written where they are, and in nobody's way."""
