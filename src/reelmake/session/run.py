"""A run: one build of a project, from its plan to what is published: green light, hold, execute, publish.

Holds the project while it works. Knows nothing of terminals: it asks through `confirm` and tells through events.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from contextlib import nullcontext
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING

from reelmake.errors import Busy, Unwilling
from reelmake.model.events import Event, Listener, Noted, RunStarted, Waiting, Warned
from reelmake.model.wish import Wish
from reelmake.plan.decide import Plan
from reelmake.plan.result import Result
from reelmake.session.approval import Confirm, budget_of, exceeds, refuse
from reelmake.session.gone_sources import settled
from reelmake.session.project import Project
from reelmake.session.publishing import failures, publish, room
from reelmake.world import secrets
from reelmake.world.connection import connect, unbound, webhooks

if TYPE_CHECKING:
    from reelmake.execute.outcome import Outcome
    from reelmake.execute.stop import Stop
    from reelmake.wire.webhooks import Webhooks

PATIENCE = 10.0  # seconds in which providers are asked, before a run, whether they still have what it starts from


async def build(project: Project, wish: Wish, listen: Listener, confirm: Confirm, stop: Stop) -> Result:
    """Makes what is not fresh. Raises Mistake, Unwilling, Busy, and LocalTool for what is in the way of an output; all
    before anything is made, and nothing after."""
    began = monotonic()
    plan = project.plan(wish.shots)
    room(project, plan)
    follows = not _apart(project, wish) and not wish.alone and bool(project.journal.open())
    if not plan.todo and not plan.brought and not follows:
        return publish(project, plan, wish, None, listen, began)
    hears = wish.webhook if wish.webhook and (plan.pays or follows) else None
    async with webhooks(project.providers.values(), *hears) if hears else nullcontext() as post:
        return await _build(project, plan, wish, listen, confirm, stop, began, post)


async def _build(
    project: Project,
    plan: Plan,
    wish: Wish,
    listen: Listener,
    confirm: Confirm,
    stop: Stop,
    began: float,
    post: Webhooks | None,
) -> Result:
    wishes = dict(project.choices.wishes)
    try:
        if not wish.locked:
            plan, barred = await settled(project, plan, wish.shots, PATIENCE)
            if barred:
                raise barred
        asked = monotonic()
        refuse(project, plan, wish, confirm)
        began += monotonic() - asked  # how long a person thinks about the price is no part of the run
    except Unwilling:
        project.choices.wishes = wishes
        project.forget()
        raise

    def waiting(holder: str) -> None:
        listen(Waiting(monotonic() - began, holder))

    try:
        async with project.hold(wait=wish.wait, waiting=waiting, stopped=lambda: bool(stop.count)):
            return await _held(project, plan, wish, listen, confirm, stop, began, post)
    except Busy:
        if stop.count:
            raise KeyboardInterrupt from None
        raise


async def _held(
    project: Project,
    agreed: Plan,
    wish: Wish,
    listen: Listener,
    confirm: Confirm,
    stop: Stop,
    began: float,
    post: Webhooks | None,
) -> Result:
    """The run itself, on a project that is ours."""
    project.forget()  # another run may have made some of it while we waited
    project.store.sweep()
    plan = project.plan(wish.shots)
    if exceeds(plan, agreed):
        refuse(project, plan, wish, confirm)  # a file was edited, a take asked for: that was not agreed to
    heard: list[Noted] = []

    def tell(event: Event) -> None:
        if isinstance(event, Noted):
            heard.append(event)
        listen(event)

    listen(RunStarted(monotonic() - began, plan.generate, plan.reuse, len(plan.decisions), plan.cost))
    outcome = await _carry_out(project, plan, wish, tell, stop, began, post)
    if not outcome.interrupted:
        project.store.sweep()  # of what was left for work that was not done
    project.losses.update(dict.fromkeys(outcome.gone, False))
    missing = _unmade(project, plan, outcome) if wish.placeholders and not outcome.interrupted else []
    shown = await _with_placeholders(project, missing, wish, tell, stop, began) if missing else None
    result = publish(project, plan, wish, outcome, listen, began, heard)
    if shown is None:
        return result
    put, unable = (*shown.placed, *result.placed), (*result.failures, *shown.failures)
    return replace(result, outputs=shown.outputs, placed=put, failures=unable, placeholders=tuple(missing))


def _unmade(project: Project, plan: Plan, outcome: Outcome) -> list[str]:
    """Shots of this run without a clip, by address, if any of them failed."""
    if not any(result.step.order for result in outcome.failed):
        return []
    there = {id for id, d in plan.decisions.items() if d.take}
    there |= {id for id, result in outcome.results.items() if result.take}
    clips = [found for variant in project.layout.shots.values() for found in variant.clips.items()]
    steps = [(shot, plan.graph.alias.get(clip.step, clip.step)) for shot, clip in clips]
    return [shot for shot, id in steps if id in plan.decisions and id not in there]


async def _with_placeholders(
    project: Project, missing: Sequence[str], wish: Wish, listen: Listener, stop: Stop, began: float
) -> Result:
    """The outputs with sketches of what is missing. Orders nothing, and notes nothing of the sketches."""
    then = project.with_placeholders(missing)
    plan = then.plan(wish.shots)
    listen(Warned(monotonic() - began, "", "", f"placeholders are drawn for {', '.join(missing)}"))
    listen(RunStarted(monotonic() - began, plan.generate, plan.reuse, len(plan.decisions), plan.cost))
    outcome = await _carry_out(then, plan, wish, listen, stop, began, None)
    then.forget()
    shown = publish(then, then.plan(wish.shots), wish, None, listen, began)
    return replace(shown, failures=(*shown.failures, *failures(outcome)))


async def _carry_out(
    project: Project, plan: Plan, wish: Wish, listen: Listener, stop: Stop, began: float, post: Webhooks | None
) -> Outcome:
    from reelmake.execute.caller import Caller
    from reelmake.execute.runner import run
    from reelmake.media.free_memory import spare
    from reelmake.media.pool import Pool
    from reelmake.plan.goal import Goal
    from reelmake.plan.history import History
    from reelmake.plan.policy import Policy
    from reelmake.ports import Remotes, World

    specs = project.providers
    if project.form.placeholders and plan.pays:
        raise RuntimeError("bug: a film with placeholders would order something")
    needed = {d.step.pool for d in plan.todo if d.step.paid}
    if not _apart(project, wish):
        needed |= _followed(project, needed, lambda said: listen(Warned(monotonic() - began, "", "", said)))
    workers = wish.workers or os.cpu_count() or 1
    providers = {called: connect(specs[called], project.bindings) for called in needed}
    pool = Pool(workers)
    made = project.choices.made()
    try:
        return await run(
            Goal(plan.steps, plan.targets, plan.graph.priority),
            Remotes(
                providers,
                limits={called: spec.limits for called, spec in specs.items()},
                gates={called: gate for called in needed if (gate := project.gate(called))},
                inbox=post,
            ),
            World(project.store, project.journal, pool, project.clock, project.inputs),
            Caller(listen, stop, began),
            Policy(budget_of(project, wish), wish.locked, wish.alone, _apart(project, wish), workers, spare()),
            History(
                usual=project.usual,
                away=() if wish.remake else made,
                elsewhere=project.store.elsewhere(made),
                gone=project.gone,
            ),
        )
    finally:
        pool.close(kill=True)
        for provider in providers.values():
            await provider.close()


def _apart(project: Project, wish: Wish) -> bool:
    """Is nobody to be asked for anything, not even for what earlier runs ordered?"""
    return wish.locked or project.form.draft or bool(project.form.placeholders)


def _followed(project: Project, needed: Collection[str], warn: Callable[[str], None]) -> set[str]:
    """Providers at which earlier runs left orders open, and that can be asked what became of them."""
    found = set()
    left = {attempt.provider for attempt in project.journal.open()} - set(needed)
    for called in sorted(left & project.providers.keys()):
        spec = project.providers[called]
        missing = secrets.lacks(spec)
        why = f"it needs {missing[0].what}" if missing else unbound([spec], project.bindings)
        if why:
            warn(f"{called} has an open order and is not asked for it: {why}")
        else:
            found.add(called)
    return found
