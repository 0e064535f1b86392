"""What the commands do, for Python: `load`, `plan`, `build`, `takes`, `pick`, `retake`, `shoot`, `status`, `download`
and their awaitable twins. Events are typed: `reelmake.events`; errors are those of `reelmake.errors`.

    import reelmake

    board = reelmake.load("storyboard.yaml", profile="ci")
    forecast = reelmake.plan(board)
    print(forecast.generate, forecast.cost)
    result = reelmake.build(board, budget=5, on_event=print)
    print(result.outputs[0].path, result.outputs[0].frames)
    print([(take.shot, take.take, take.path) for take in reelmake.takes(board) if take.picked])
    clip = reelmake.shoot("A kite over the harbour.", seconds=4, output="kite.mp4")
    print(clip.path, clip.seconds, clip.cost)
    shot = reelmake.shoot("A kite at dusk.", wait=False)
    print(reelmake.status(shot).state, reelmake.download(shot).path)

Nothing here prints, asks or exits. Mistakes come as `errors.Mistake` with every diagnostic, refusals to spend as
`errors.Unwilling`; a step that could not be made is in `Result.failures`, a shot that could not be made is raised.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Literal, ParamSpec, TypeVar, Unpack, overload

from reelmake.errors import Mistake
from reelmake.execute.caller import Stop
from reelmake.model.wish import Overrides, Wish, address, scheduler, usd
from reelmake.plan.decide import Plan
from reelmake.plan.result import Clip, Consequence, Result, ShotStatus, ShotTake, shot_takes
from reelmake.prep.source_files import find
from reelmake.session import building, choosing
from reelmake.session import project as road
from reelmake.session.blocking import run_build
from reelmake.session.project import Project, Snapshot, look
from reelmake.session.run import BuildRun
from reelmake.session.selecting import selected, shown
from reelmake.session.workspace import Workspace

if TYPE_CHECKING:
    from reelmake.model.events import Listener
    from reelmake.session.asking import ShootOptions

P = ParamSpec("P")
T = TypeVar("T")

__all__ = [
    "Clip", "Plan", "Project", "Result", "ShotStatus",
    "abuild", "adownload", "aload", "apick", "aplan", "aretake", "ashoot", "astatus", "atakes",
    "build", "download", "load", "pick", "plan", "retake", "shoot", "status", "takes",
]  # fmt: skip


def load(
    storyboard: str | Path | None = None,
    *,
    profile: str = "",
    settings: Mapping[str, object] | None = None,
    draft: bool = False,
    stills: bool = False,
    offline: bool = False,
) -> Project:
    """Reads a storyboard (default: storyboard.yaml in this folder or a parent).

    `draft`: sketch draws every shot, whatever the storyboard says; no provider is asked and no secret is read.
    `stills`: each shot's picture stands in for its clip, so that a build makes stills, speech and music only.
    `offline`: the shared store is left alone.
    Raises Mistake with all diagnostics if it has errors; warnings are in `project.script.diagnostics`.
    """
    said = tuple((name, _as_typed(value)) for name, value in (settings or {}).items())
    found = find(None if storyboard is None else str(storyboard))
    project = road.read(Workspace(found, Overrides(profile, said, draft=draft, stills=stills), alone=offline))
    if not project.script.ok:
        raise Mistake(project.script.diagnostics)
    return project


def plan(project: Project | str | Path | None = None, shots: str | Iterable[str] = ()) -> Plan:
    """What a build would make and reuse, and why; makes nothing. `shots`: what the command takes, one or several, to
    narrow it to: ids, tags, outputs, "park*", "+park", "park+", "@changed:main"."""
    seen = _seen(project)
    return road.plan(seen, selected(seen, _names(shots)))


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
    executor: str = "",
    on_event: Listener | None = None,
) -> Result:
    """Makes what is not fresh and cuts it. A build that would pay needs `yes` or a budget (USD), or raises Unwilling.

    `locked` refuses to generate; `remake` orders takes again that the lock file names and that are not here, for which
    it raises Unwilling else; `workers` is how many local steps run at once (0 = one a core); `wait` False raises Busy
    if another run holds the project; `webhook` is HOST:PORT at which providers may tell that a job has ended
    (ValueError if it is none); `placeholders` draws what could not be made, so that there is a film nevertheless;
    `executor` is dask://HOST:PORT, whose workers then do local work. Not for use inside a running event loop: see
    `abuild`.
    """
    hook, hands = address(webhook) if webhook else None, scheduler(executor)
    seen = _seen(project)
    names = selected(seen, _names(shots))
    wish = Wish(names, usd(budget), locked, yes, remake, workers, wait, webhook=hook, executor=hands)
    return run_build(BuildRun(seen, replace(wish, placeholders=placeholders), on_event or _silent, _nobody))


def takes(project: Project | str | Path | None = None, shots: str | Iterable[str] = ()) -> list[ShotTake]:
    """The takes of generated shots: which exist, which is used, where its clip is. `shots` narrows as in `plan`."""
    seen = _seen(project)
    names = selected(seen, _names(shots))
    return shot_takes(road.plan(seen, names), seen.layout, shown(seen, names), seen.workspace.store.path)


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


def _blocking(call: Callable[P, Coroutine[None, None, T]]) -> Callable[P, T]:
    @wraps(call)
    def waited(*args: P.args, **named: P.kwargs) -> T:
        return asyncio.run(call(*args, **named))

    waited.__name__ = waited.__qualname__ = call.__name__.removeprefix("a")
    return waited


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
    executor: str = "",
    on_event: Listener | None = None,
    stop: Stop | None = None,
) -> Result:
    """`build` in the running loop. `stop.request()` once = start nothing new, twice = leave now; nothing is lost.

    Cancelling the task leaves paid jobs resumable at their provider; the next build goes on with them.
    """
    hook, hands = address(webhook) if webhook else None, scheduler(executor)
    seen = _seen(project)
    names = selected(seen, _names(shots))
    wish = Wish(names, usd(budget), locked, yes, remake, workers, wait, webhook=hook, executor=hands)
    return await building.build(
        BuildRun(seen, replace(wish, placeholders=placeholders), on_event or _silent, _nobody, stop or Stop())
    )


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


@overload
def shoot(prompt: str, *, wait: Literal[True] = True, **options: Unpack[ShootOptions]) -> Clip: ...
@overload
def shoot(prompt: str, *, wait: Literal[False], **options: Unpack[ShootOptions]) -> str: ...
@overload
def shoot(prompt: str, *, wait: bool, **options: Unpack[ShootOptions]) -> Clip | str: ...
def shoot(prompt: str, *, wait: bool = True, **options: Unpack[ShootOptions]) -> Clip | str:
    """Makes one shot that is in no storyboard, or finds it made. `options`: see ShootOptions.

    The prompt is sent as given. In a project (`storyboard`, or the one of this folder or a parent) its tiers and
    providers are there, and its store; elsewhere, and with `base_url`, clips are kept in $XDG_STATE_HOME/reelmake.
    The same shot asked for again is not paid for again. One that is paid for needs `yes` or a budget (USD).

    `wait` False: returns the shot's id as soon as its provider has the order, for `status` and `download`, in this
    process or another; what this machine makes is made by then. If there is an `output`, `on_progress`, `on_complete`
    or `on_error`, a thread sees it through, and the program does not end before. Who waits is called before this
    returns or raises; then `takes` may be 2 or more, and `output` becomes NAME-1.mp4, NAME-2.mp4 … What `on_progress`
    or `on_event` raises stops nothing: it is raised when the clip is in its place.

    Raises Mistake, Unwilling, Busy, or the branch of errors.StepError that ended it; TimeoutError after `timeout`, and
    KeyboardInterrupt after Ctrl-C, when the job stays at its provider and the same call goes on with it. Not for use
    inside an event loop: `ashoot`.
    """
    from reelmake.session import shooting
    from reelmake.session.asking import Ask

    return shooting.shoot(Ask.of(prompt, options, wait=wait))


@overload
async def ashoot(prompt: str, *, wait: Literal[True] = True, **options: Unpack[ShootOptions]) -> Clip: ...
@overload
async def ashoot(prompt: str, *, wait: Literal[False], **options: Unpack[ShootOptions]) -> str: ...
@overload
async def ashoot(prompt: str, *, wait: bool, **options: Unpack[ShootOptions]) -> Clip | str: ...
async def ashoot(prompt: str, *, wait: bool = True, **options: Unpack[ShootOptions]) -> Clip | str:
    """`shoot` in the running loop. Many at once (`asyncio.gather`) are made in one run, as many at a time as the
    provider's limits allow; those that come while a run goes on are made after it. With `wait` False each is ordered by
    itself, and a task of this loop sees it through, if there is an `output` or a callback.

    Cancelling the task leaves a paid job at its provider; the same call goes on with it.
    """
    from reelmake.session import shooting
    from reelmake.session.asking import Ask

    return await shooting.ashoot(Ask.of(prompt, options, wait=wait))


async def astatus(id: str, *, storyboard: str | Path | None = None, profile: str = "") -> ShotStatus:
    """How the shot of this id stands, as `shoot(wait=False)` returned it. Asks its provider, if it is being made there.

    `storyboard`, `profile`: of the project it was ordered in, if that is not the one of this folder or a parent. Raises
    Mistake if nobody knows the id, Unwilling without the secret, NoAccess.
    """
    from reelmake.session import following

    return await following.status(following.sent_shot(id, None if storyboard is None else str(storyboard), profile))


async def adownload(
    id: str,
    *,
    output: str | Path | None = None,
    storyboard: str | Path | None = None,
    profile: str = "",
    timeout: float | None = None,
    on_progress: Callable[[ShotStatus], None] | None = None,
) -> Clip:
    """The clip of the shot of this id, in its place; waits until it is made, `timeout` seconds at most. Pays nothing.

    `storyboard`, `profile`: as in `status`. Raises Mistake if nobody knows the id, Unwilling without the secret,
    TimeoutError, or the branch of errors.StepError that it ended with. What `on_progress` raises stops nothing: it is
    raised when the clip is in its place.
    """
    from reelmake.session import following
    from reelmake.session.blocking import within

    shot = following.sent_shot(id, None if storyboard is None else str(storyboard), profile)
    async with within(timeout):
        return await following.download(shot, None if output is None else Path(output), on_progress or _silent)


status, download = _blocking(astatus), _blocking(adownload)


def _seen(project: Project | str | Path | None) -> Snapshot:
    """As it is now."""
    return look(project if isinstance(project, Project) else load(project))


def _as_typed(value: object) -> str:
    """A setting as it would be typed behind --set."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _names(shots: str | Iterable[str]) -> tuple[str, ...]:
    """One name or many: a text is one, not its letters."""
    return (shots,) if isinstance(shots, str) else tuple(shots)


def _silent(event: object) -> None:
    """Nobody listens."""


def _nobody(seen: Snapshot, plan: Plan) -> bool | None:
    """There is nobody to ask."""
    return None
