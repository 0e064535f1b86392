"""What the commands do, for Python: `load`, `plan`, `build`, `takes`, `pick`, `retake`, `shoot` and their awaitable
twins. Events are typed: `reelmake.events`; errors are those of `reelmake.errors`.

    import reelmake

    board = reelmake.load("storyboard.yaml", profile="ci")
    forecast = reelmake.plan(board)
    print(forecast.generate, forecast.cost)
    result = reelmake.build(board, budget=5, on_event=print)
    print(result.outputs[0].path, result.outputs[0].frames)
    print([(take.shot, take.take, take.path) for take in reelmake.takes(board) if take.picked])
    clip = reelmake.shoot("A kite over the harbour.", seconds=4, output="kite.mp4")
    print(clip.path, clip.seconds, clip.cost)

Nothing here prints, asks or exits. Mistakes come as `errors.Mistake` with every diagnostic, refusals to spend as
`errors.Unwilling`; a step that could not be made is in `Result.failures`, a shot that could not be made is raised.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar, Unpack

from reelmake.errors import Mistake
from reelmake.execute.caller import Stop
from reelmake.model.wish import Overrides, Wish, address, usd
from reelmake.plan.decide import Plan
from reelmake.plan.result import Clip, Consequence, Result, ShotTake, shot_takes
from reelmake.prep.source_files import find
from reelmake.session import building, choosing
from reelmake.session import project as road
from reelmake.session.project import Project, Snapshot, look
from reelmake.session.run import BuildRun
from reelmake.session.workspace import Workspace

if TYPE_CHECKING:
    from reelmake.model.events import Event, Listener
    from reelmake.session.loose import ShotOptions
    from reelmake.session.shooting import Progress

P = ParamSpec("P")
T = TypeVar("T")

__all__ = [
    "Clip", "Plan", "Project", "Result",
    "abuild", "aload", "apick", "aplan", "aretake", "ashoot", "atakes",
    "build", "load", "pick", "plan", "retake", "shoot", "takes",
]  # fmt: skip


def load(
    storyboard: str | Path | None = None,
    *,
    profile: str = "",
    settings: Mapping[str, object] | None = None,
    draft: bool = False,
) -> Project:
    """Reads a storyboard (default: storyboard.yaml in this folder or a parent).

    `draft`: sketch draws every shot, whatever the storyboard says; no provider is asked and no secret is read.
    Raises Mistake with all diagnostics if it has errors; warnings are in `project.script.diagnostics`.
    """
    said = tuple((name, _as_typed(value)) for name, value in (settings or {}).items())
    found = find(None if storyboard is None else str(storyboard))
    project = road.read(Workspace(found, Overrides(profile, said, draft=draft)))
    if not project.script.ok:
        raise Mistake(project.script.diagnostics)
    return project


def plan(project: Project | str | Path | None = None, shots: str | Iterable[str] = ()) -> Plan:
    """What a build would make and reuse, and why; makes nothing. `shots`: an id or tag, or several, to narrow it to."""
    return road.plan(_seen(project), _names(shots))


def build(
    project: Project | str | Path | None = None,
    shots: str | Iterable[str] = (),
    *,
    budget: Decimal | float | str | None = None,
    yes: bool = False,
    locked: bool = False,
    remake: bool = False,
    workers: int = 0,
    wait: bool = True,
    webhook: str = "",
    placeholders: bool = False,
    on_event: Listener | None = None,
) -> Result:
    """Makes what is not fresh and cuts it. A build that would pay needs `yes` or a budget (USD), or raises Unwilling.

    `locked` refuses to generate; `remake` orders takes again that the lock file names and that are not here, for which
    it raises Unwilling else; `workers` is how many local steps run at once (0 = one a core); `wait` False raises Busy
    if another run holds the project; `webhook` is HOST:PORT at which providers may tell that a job has ended
    (ValueError if it is none); `placeholders` draws what could not be made, so that there is a film nevertheless. Not
    for use inside a running event loop: see `abuild`.
    """
    hook = address(webhook) if webhook else None
    wish = Wish(_names(shots), usd(budget), locked, yes, remake, workers, wait, webhook=hook, placeholders=placeholders)
    return run_build(BuildRun(_seen(project), wish, on_event or _silent, _nobody))


def takes(project: Project | str | Path | None = None, shots: str | Iterable[str] = ()) -> list[ShotTake]:
    """The takes of generated shots: which exist, which is used, where its clip is. `shots` narrows as in `plan`."""
    seen = _seen(project)
    return shot_takes(road.plan(seen, _names(shots)), seen.layout, seen.workspace.store.path)


def pick(project: Project | str | Path | None, shot: str, take: int) -> Consequence:
    """Chooses which take of a shot is used, for the next build to cut in; noted in reelmake.lock, and free.

    Returns what that build makes again because it depends on the shot. Raises Mistake if there is no such take.
    """
    choice = choosing.pick(_seen(project), shot, take)
    choosing.note(choice, take)
    return choice.follows


def retake(
    project: Project | str | Path | None,
    shot: str,
    *,
    keep_pick: bool = False,
    budget: Decimal | float | str | None = None,
    yes: bool = False,
    on_event: Listener | None = None,
) -> Result:
    """Asks for one more take of a shot, and uses it unless `keep_pick`; nothing else is made. Money as in `build`."""
    choice = choosing.retake(_seen(project), shot, keep_pick=keep_pick)
    wish = Wish(choice.shots, budget=usd(budget), yes=yes)
    return run_build(BuildRun(choice.then, wish, on_event or _silent, _nobody))


def _awaitable(call: Callable[P, T]) -> Callable[P, Coroutine[None, None, T]]:
    @wraps(call)
    async def awaited(*args: P.args, **named: P.kwargs) -> T:
        return await asyncio.to_thread(call, *args, **named)

    awaited.__name__ = awaited.__qualname__ = f"a{call.__name__}"
    awaited.__doc__ = f"`{call.__name__}` without blocking the loop."
    return awaited


aload, aplan, atakes, apick = _awaitable(load), _awaitable(plan), _awaitable(takes), _awaitable(pick)


async def abuild(
    project: Project | str | Path | None = None,
    shots: str | Iterable[str] = (),
    *,
    budget: Decimal | float | str | None = None,
    yes: bool = False,
    locked: bool = False,
    remake: bool = False,
    workers: int = 0,
    wait: bool = True,
    webhook: str = "",
    placeholders: bool = False,
    on_event: Listener | None = None,
    stop: Stop | None = None,
) -> Result:
    """`build` in the running loop. `stop.request()` once = start nothing new, twice = leave now; nothing is lost.

    Cancelling the task leaves paid jobs resumable at their provider; the next build goes on with them.
    """
    hook = address(webhook) if webhook else None
    wish = Wish(_names(shots), usd(budget), locked, yes, remake, workers, wait, webhook=hook, placeholders=placeholders)
    return await building.build(BuildRun(_seen(project), wish, on_event or _silent, _nobody, stop or Stop()))


async def aretake(
    project: Project | str | Path | None,
    shot: str,
    *,
    keep_pick: bool = False,
    budget: Decimal | float | str | None = None,
    yes: bool = False,
    on_event: Listener | None = None,
    stop: Stop | None = None,
) -> Result:
    """`retake` in the running loop; `stop` as in `abuild`."""
    choice = choosing.retake(_seen(project), shot, keep_pick=keep_pick)
    wish = Wish(choice.shots, budget=usd(budget), yes=yes)
    return await building.build(BuildRun(choice.then, wish, on_event or _silent, _nobody, stop or Stop()))


def shoot(
    prompt: str,
    *,
    output: str | Path | None = None,
    storyboard: str | Path | None = None,
    profile: str = "",
    budget: Decimal | float | str | None = None,
    yes: bool = False,
    on_progress: Progress | None = None,
    on_complete: Callable[[Clip], None] | None = None,
    on_error: Callable[[Exception], None] | None = None,
    on_event: Listener | None = None,
    **options: Unpack[ShotOptions],
) -> Clip:
    """Makes one shot that is in no storyboard, or finds it made; waits as long as it takes.

    The prompt is sent as given. In a project (`storyboard`, or the one of this folder or a parent) its tiers and
    providers are there, and its store; elsewhere, and with `base_url`, clips are kept in $XDG_STATE_HOME/reelmake.
    The same shot asked for again is not paid for again. One that is paid for needs `yes` or a budget (USD).

    `output` is written whole, over what was there; with `takes` of 2 or more as NAME-1.mp4, NAME-2.mp4 … `options` are
    those of ShotOptions. `on_progress(fraction, note)`: 0 to 1, or None where the provider does not say;
    `on_complete(clip)` and `on_error(error)` are called before this returns or raises. What `on_progress` or `on_event`
    raises stops nothing: it is raised when the clip is in its place.

    Raises Mistake, Unwilling, Busy, or the branch of errors.StepError that ended it; KeyboardInterrupt after Ctrl-C,
    when the job stays at its provider and the same call goes on with it. Not for use inside an event loop: `ashoot`.
    """
    from reelmake.session.shooting import Ask, wanted

    def carried_out() -> Clip:
        one = wanted(Ask(prompt, options, output, storyboard, profile, budget, yes, on_progress, on_event))
        run_build(BuildRun(one.shots.seen, one.ask.wish, one.hear, _nobody))
        return one.hand_over(one.made())

    try:
        clip = carried_out()
    except Exception as error:
        if on_error:
            on_error(error)
        raise
    if on_complete:
        on_complete(clip)
    return clip


async def ashoot(
    prompt: str,
    *,
    output: str | Path | None = None,
    storyboard: str | Path | None = None,
    profile: str = "",
    budget: Decimal | float | str | None = None,
    yes: bool = False,
    on_progress: Progress | None = None,
    on_complete: Callable[[Clip], None] | None = None,
    on_error: Callable[[Exception], None] | None = None,
    on_event: Listener | None = None,
    **options: Unpack[ShotOptions],
) -> Clip:
    """`shoot` in the running loop. Many at once (`asyncio.gather`) are made in one run, as many at a time as the
    provider's limits allow; those that come while a run goes on are made after it.

    Cancelling the task leaves a paid job at its provider; the same call goes on with it.
    """
    from reelmake.session.shooting import Ask, studio

    ask = Ask(prompt, options, output, storyboard, profile, budget, yes, on_progress, on_event)
    try:
        clip = await studio(ask).shoot(ask)
    except Exception as error:
        if on_error:
            on_error(error)
        raise
    if on_complete:
        on_complete(clip)
    return clip


def run_build(run: BuildRun) -> Result:
    """A build of its own loop; in the main thread Ctrl-C, SIGTERM and SIGHUP end it in good order."""

    async def main() -> Result:
        loop = asyncio.get_running_loop()
        if threading.current_thread() is not threading.main_thread():
            return await building.build(run)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, run.stop.request)

        def ask(seen: Snapshot, plan: Plan) -> bool | None:
            loop.remove_signal_handler(signal.SIGINT)  # while we wait for an answer, Ctrl-C ends the program at once
            try:
                return run.confirm(seen, plan)
            finally:
                loop.add_signal_handler(signal.SIGINT, run.stop.request)

        return await building.build(replace(run, confirm=ask))

    return asyncio.run(main())


def _seen(project: Project | str | Path | None) -> Snapshot:
    """As it is now."""
    return look(project if isinstance(project, Project) else load(project))


def _as_typed(value: object) -> str:
    """A setting as it would be typed behind --set."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _names(shots: str | Iterable[str]) -> tuple[str, ...]:
    """One name or many: a text is one, not its letters."""
    return (shots,) if isinstance(shots, str) else tuple(shots)


def _silent(event: Event) -> None:
    """Nobody listens."""


def _nobody(seen: Snapshot, plan: Plan) -> bool | None:
    """There is nobody to ask."""
    return None
