"""Make the shots that are missing or changed, and the outputs. SHOTs narrow it to those and what they depend on."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from reelmake.commands import _open, _options, _progress
from reelmake.errors import Mistake
from reelmake.report.console import Console, json_text

if TYPE_CHECKING:
    from reelmake.model.events import Listener
    from reelmake.model.wish import Wish
    from reelmake.plan.decide import Plan
    from reelmake.plan.result import Result
    from reelmake.session.project import Project, Snapshot


def arguments(parser: argparse.ArgumentParser) -> None:
    _options.add(
        parser,
        "storyboard",
        "draft",
        "stills",
        "spending",
        "remake",
        "json",
        shots="(default: everything)",
    )
    parser.add_argument("-n", "--dry-run", action="store_true", help="show the plan and stop")
    jobs = "parallel local steps (default: one per core, as far as memory allows)"
    parser.add_argument("-j", "--jobs", type=int, default=0, metavar="N", help=jobs)
    parser.add_argument(
        "-k", "--keep-going", action="store_true", help="after a failure, finish everything else (the default)"
    )
    parser.add_argument("--locked", action="store_true", help="refuse to generate anything (for CI)")
    parser.add_argument(
        "--placeholders",
        action="store_true",
        help="draw placeholders for shots that could not be made, so that there is a film; still exits with 1",
    )
    parser.add_argument(
        "--no-wait", action="store_true", help="fail instead of waiting if another run holds the project"
    )
    parser.add_argument(
        "--webhook", type=_address, metavar="HOST:PORT", help="listen for provider webhooks on HOST:PORT"
    )
    parser.add_argument(
        "--executor", default="", metavar="dask://HOST:PORT", help="do local work on the workers of a Dask cluster"
    )
    parser.add_argument("--events", metavar="FILE", help="write every event to FILE, as JSON lines")


def run(args: argparse.Namespace, console: Console) -> int:
    from reelmake.model.wish import Wish
    from reelmake.session.selecting import moves

    seen = _open.snapshot(args, console, warns=True, shares=not args.dry_run)
    names = _open.selected(seen, args.shots, console)
    if args.dry_run:
        return dry_run(seen, names, console, remake=args.remake)
    wish = Wish(
        names,
        budget=_open.usd(args.budget),
        locked=args.locked,
        yes=args.yes,
        remake=args.remake,
        workers=max(0, args.jobs),
        wait=not args.no_wait,
        webhook=args.webhook,
        placeholders=args.placeholders,
        executor=_scheduler(args.executor),
        command=tuple(console.argv),
    )
    with ExitStack() as stack:
        listeners: list[Listener] = []
        if args.events:
            from reelmake.report.plain import JsonLines
            from reelmake.store.disk import explained

            with explained(f"write {args.events} (for --events)"):
                file = stack.enter_context(Path(args.events).open("w", encoding="utf-8"))
            listeners.append(JsonLines(file, console.complain).handle)
        result = carry_out(seen, wish, console, listeners)
    if not args.events and not moves(args.shots):  # the quick way out writes no events, and reads no branch
        _remember(seen.project, result, console)
    return result.status


def _scheduler(text: str) -> str:
    """HOST:PORT; "" = none is asked for. Raises Mistake."""
    from reelmake.model import wish

    try:
        return wish.scheduler(text)
    except ValueError as error:
        raise Mistake.of("RM990", f"--executor: {error}", hint="write --executor dask://10.0.0.5:8786") from None


def _address(text: str) -> tuple[str, int]:
    from reelmake.model.wish import address

    try:
        return address(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def carry_out(
    seen: Snapshot,
    wish: Wish,
    console: Console,
    listeners: Sequence[Listener] = (),
    also: Mapping[str, object] = {},
    command: str = "build",
) -> Result:
    """Builds with progress on stderr and says how it went; `also` stands in the JSON object beside the result.

    `command`: as `_progress.built` has it.
    """
    from reelmake.report import build_summary

    def offer(seen: Snapshot, plan: Plan) -> tuple[str, str]:
        from reelmake.report import plan_table as report
        from reelmake.session.project import forecast

        table = report.table(plan, seen.layout, console.paint, console.width, names=wish.shots)
        return table, report.summary(plan, seen.layout, forecast(seen, plan))

    result = _progress.built(seen, wish, console, offer, listeners, command=command)
    console.answer(
        lambda: build_summary.as_json(result) | dict(also), lambda: build_summary.text(result, console.paint_result)
    )
    open_ = seen.workspace.journal().open() if result.interrupted else ()
    closing = build_summary.closing(result, console.paint)
    _progress.ended(result, console, closing, build_summary.left_open(open_) if open_ else "")
    return result


def dry_run(seen: Snapshot, shots: Collection[str] | None, console: Console, *, remake: bool = False) -> int:
    """Shows the plan and what it costs; makes nothing."""
    from reelmake.report import plan_table as report
    from reelmake.session.project import forecast
    from reelmake.session.publishing import astray

    def text() -> str:
        table = report.table(plan, seen.layout, console.paint_result, console.width, names=shots)
        return "\n\n".join(filter(None, (table, report.summary(plan, seen.layout, seconds, lost))))

    seen, plan, _ = _open.planned(seen, shots, remake=remake)
    seconds, lost = forecast(seen, plan), astray(seen, plan)
    console.answer(lambda: report.as_json(plan, seen.layout, seconds, lost), text)
    return 0


def _remember(project: Project, result: Result, console: Console) -> None:
    """The way out of the next run that has nothing to do."""
    from reelmake.commands import _fresh
    from reelmake.report import build_summary
    from reelmake.session.fingerprint import fingerprint

    record = _fresh.place(console.argv) if console.argv[:1] == ["build"] else None
    if record is None or result.status or result.skipped or result.unpushed or project.workspace.journal().open():
        return
    again = result.again()
    stdout = (
        json_text(build_summary.as_json(again)) if console.json else build_summary.text(again, console.paint_result)
    )
    lines = [*build_summary.notes(again, console.paint), build_summary.closing(again, console.paint)]
    closing = "" if console.quiet else "".join(line + "\n" for line in lines)
    out, err = console.written(stdout + "\n" if stdout else ""), console.written(console.warned + closing)
    said: _fresh.Said = {"stdout": out, "stderr": err, "status": 0}
    if found := fingerprint(project, result):
        _fresh.note(record, texts=found.texts, files=found.files, absent=found.absent, said=said)
