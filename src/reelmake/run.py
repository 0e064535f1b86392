"""A run: one build of a project, from the plan to outputs in their places and an updated lock file.

Refuses before anything is spent; holds the project while it works. Knows nothing of terminals: it asks through
`confirm` and tells through events.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from time import monotonic
from typing import TYPE_CHECKING, Any, cast

from reelmake import catalog, secrets
from reelmake.errors import Busy, LocalTool, Unwilling
from reelmake.model.events import Listener, Published, RunFinished, RunStarted, Waiting
from reelmake.model.lock import Record
from reelmake.model.storyboard import ProviderSpec
from reelmake.model.take import Take
from reelmake.plan.decide import Plan, Verdict, name
from reelmake.plan.result import Failure, OutputFile, Result
from reelmake.project import Project
from reelmake.sources import settled

if TYPE_CHECKING:
    from reelmake.execute.runner import Outcome
    from reelmake.execute.stop import Stop
    from reelmake.ports import Provider
    from reelmake.wire.webhooks import Webhooks

PATIENCE = 10.0  # seconds in which providers are asked, before a run, whether they still have what it starts from

Confirm = Callable[[Plan], bool | None]
"""Asked before a run that would pay: True = go on, False = the person said no, None = there is nobody to ask."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How a build was asked for. `shots` narrows it; `budget` in USD; `wait` False = do not wait for another run.

    `alone`: what earlier runs left open at providers is not waited for.
    """

    shots: tuple[str, ...] = ()
    budget: Decimal | None = None
    locked: bool = False
    yes: bool = False
    workers: int = 0  # of the CPU pool; 0 = as many as there are cores
    wait: bool = True
    alone: bool = False
    webhook: tuple[str, int] | None = None  # host and port at which providers may tell that jobs have ended
    command: tuple[str, ...] = ()  # as typed, for the run log


def address(text: str) -> tuple[str, int]:
    """HOST:PORT, [HOST]:PORT, or PORT alone for this machine only. Raises ValueError."""
    host, _, port = text.rpartition(":")
    if not (port.isascii() and port.isdigit() and int(port) < 65536):
        raise ValueError(f'"{text}" is not HOST:PORT')
    return host.strip("[]") or "127.0.0.1", int(port)


def refuse(project: Project, plan: Plan, wish: Wish, confirm: Confirm) -> None:
    """Raises Unwilling if this plan must not be carried out as it was asked for."""
    if wish.locked and plan.generate:
        names = ", ".join(name(d.step) for d in plan.jobs if d.verdict is not Verdict.FRESH)
        raise Unwilling(
            f"--locked, and {plan.generate} shot(s) would have to be made: {names}",
            code="RM802",
            next_steps=("reelmake plan", "reelmake build"),
        )
    if not plan.asks:
        return
    if ended := project.ended(plan):
        raise ended
    budget = budget_of(project, wish)
    needed = {d.step.pool for d in plan.todo if d.step.paid}
    for spec in (project.providers[called] for called in sorted(needed)):
        if not any(hasattr(catalog.module(spec), way) for way in ("converse", "connect")):
            raise Unwilling(
                f'this reelmake can plan but not run providers of kind "{spec.kind}"', code="RM805", span=spec.span
            )
        if missing := secrets.lacks(spec):
            raise Unwilling(
                f'provider "{spec.name}" needs ' + " and ".join(lack.what for lack in missing),
                code="RM804",
                span=spec.span,
                next_steps=[lack.remedy for lack in missing],
            )
    if not plan.pays:
        return
    if budget is not None and plan.unpriced:
        names = ", ".join(name(d.step) for d in plan.unpriced[:5])
        raise Unwilling(
            f"there is a budget, but the price of {names} is not known: set `price:` on its tier", code="RM807"
        )
    if budget is not None and plan.cost + plan.reserved > budget:
        already = f", and ${plan.reserved:.2f} is ordered already" if plan.reserved else ""
        raise Unwilling(
            f"this run would cost up to ${plan.cost:.2f}{already}; the budget is ${budget:.2f}",
            code="RM801",
            next_steps=("reelmake plan", f"reelmake build --budget {plan.cost + plan.reserved:.2f}"),
        )
    if wish.yes:
        return
    answer = confirm(plan)
    if answer is False:
        raise Unwilling("not confirmed; nothing was spent", code="RM803", next_steps=("reelmake plan",))
    if answer is None and budget is None:
        raise Unwilling(
            f"this run would pay up to ${plan.cost:.2f} and there is no terminal to ask on",
            code="RM803",
            next_steps=("reelmake plan", "reelmake build --yes", f"reelmake build --budget {plan.cost:.2f}"),
        )


def budget_of(project: Project, wish: Wish) -> Decimal | None:
    """The smaller of --budget and the storyboard's own."""
    caps = [v.board.budget for v in project.script.variants if v.board.budget is not None]
    caps += [wish.budget] if wish.budget is not None else []
    return min(caps, default=None)


async def build(project: Project, wish: Wish, listen: Listener, confirm: Confirm, stop: Stop) -> Result:
    """Makes what is not fresh. Raises Mistake, Unwilling, Busy, and LocalTool for what is in the way of an output; all
    before anything is made, and nothing after."""
    began = monotonic()
    plan = project.plan(wish.shots)
    project.room(plan)
    if not plan.todo and (wish.alone or not project.journal.open()):
        return _finish(project, plan, wish, None, listen, began)
    async with _listening(project, plan, wish) as post:
        return await _build(project, plan, wish, listen, confirm, stop, began, post)


@asynccontextmanager
async def _listening(project: Project, plan: Plan, wish: Wish) -> AsyncIterator[Webhooks | None]:
    """Hears webhooks from before anything is spent, if that is wished. Raises Unwilling if it cannot be."""
    if wish.webhook is None or not (plan.pays or project.journal.open()):
        yield None
        return
    from reelmake.wire.webhooks import Sender, Webhooks

    host, port = wish.webhook
    specs = [spec for spec in project.providers.values() if spec.webhook_secret]
    if not specs:
        raise Unwilling("--webhook, but no provider has a webhook_secret to prove itself with", code="RM820")
    for spec in specs:
        if missing := secrets.lack(spec.webhook_secret):
            steps = (missing.remedy,)
            message = f'webhooks of the provider "{spec.name}" need {missing.what}'
            raise Unwilling(message, code="RM804", span=spec.span, next_steps=steps)
    senders = [Sender(spec.name, secrets.read(spec.webhook_secret), spec.webhook_id) for spec in specs]
    post = Webhooks(host, port, senders)
    try:
        await post.open()
    except OSError as error:
        raise Unwilling(f"cannot listen at {host}:{port}: {error.strerror or error}", code="RM820") from error
    try:
        yield post
    finally:
        await post.close()


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
            plan, barred = await settled(project, plan, wish.shots, connect, PATIENCE)
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

    hold = project.hold(wait=wish.wait, waiting=waiting, stopped=lambda: bool(stop.count))
    try:
        await asyncio.to_thread(hold.__enter__)  # in a thread, so that Ctrl-C is heard while we wait
    except Busy:
        if stop.count:
            raise KeyboardInterrupt from None
        raise
    try:
        project.forget()  # another run may have made some of it while we waited
        project.store.sweep()
        agreed, plan = plan, project.plan(wish.shots)
        if plan.cost > agreed.cost or _paid(plan) - _paid(agreed):
            refuse(project, plan, wish, confirm)  # a file was edited, a take asked for: that was not agreed to
        listen(RunStarted(monotonic() - began, plan.generate, plan.reuse, len(plan.decisions), plan.cost))
        outcome = await _carry_out(project, plan, wish, listen, stop, began, post)
        project.remember_gone(dict.fromkeys(outcome.gone, False))
        return _finish(project, plan, wish, outcome, listen, began)
    finally:
        hold.__exit__(None, None, None)


async def _carry_out(
    project: Project, plan: Plan, wish: Wish, listen: Listener, stop: Stop, began: float, post: Webhooks | None
) -> Outcome:
    from reelmake.execute.runner import run
    from reelmake.media.pool import Pool

    specs = project.providers
    open_at = {attempt.provider for attempt in project.journal.open()}
    needed = {d.step.pool for d in plan.todo if d.step.paid} | (open_at & specs.keys())
    workers = wish.workers or os.cpu_count() or 1
    providers = {called: connect(specs[called]) for called in needed}
    pool = Pool(workers)
    try:
        return await run(
            plan.steps,
            plan.targets,
            priority=plan.graph.priority,
            limits={called: spec.limits for called, spec in specs.items()},
            providers=providers,
            gates={called: gate for called in needed if (gate := project.gate(called))},
            post=post,
            usual=project.usual,
            workers=workers,
            store=project.store,
            journal=project.journal,
            media=pool,
            inputs=project.inputs,
            clock=project.clock,
            listen=listen,
            budget=budget_of(project, wish),
            locked=wish.locked,
            alone=wish.alone,
            stop=stop,
            origin=began,
            gone=project.gone,
        )
    finally:
        pool.close(kill=True)
        for provider in providers.values():
            await provider.close()


def _paid(plan: Plan) -> set[str]:
    """Steps that the plan would pay for, whether their price is known or not."""
    return {d.step.id for d in plan.todo if d.step.paid}


def connect(spec: ProviderSpec) -> Provider:
    """The live provider of a spec, with its secret."""
    module, secret, spec = catalog.module(spec), secrets.read(spec.api_key), secrets.filled(catalog.addressed(spec))
    if hasattr(module, "converse"):
        from reelmake.wire.http import HttpProvider

        return HttpProvider(module.converse(spec), spec, secret)
    return cast("Provider", module.connect(spec, secret))


def _finish(
    project: Project, plan: Plan, wish: Wish, outcome: Outcome | None, listen: Listener, began: float
) -> Result:
    """Puts outputs in their places, writes the lock file and the run log."""
    takes = {id: d.take for id, d in plan.decisions.items() if d.take}
    if outcome:
        takes |= {id: r.take for id, r in outcome.results.items() if r.take}
    outputs = []
    unplaced = []
    for id, take in takes.items():
        step = plan.graph.steps[id]
        path = step.output
        if path:
            try:
                placed = project.publish(take, path)
            except LocalTool as error:
                unplaced.append(Failure(id, "", error.code, str(error), error.next_steps, step.span))
                continue
            if placed:
                seconds = float(take.facts.seconds) if take.facts.seconds is not None else None
                listen(Published(monotonic() - began, path, take.digest, take.facts.frames, seconds))
            outputs.append(_output(path, take))
    project.choices.update(lambda records: _records(project, takes, records))
    result = _result(project, plan, wish, outcome, takes, tuple(outputs), monotonic() - began)
    result = replace(result, failures=(*result.failures, *unplaced))
    if outcome:
        made_here = [(r.step.job, r.take.took) for r in outcome.made if r.step.job and r.step.job.local and r.take]
        project.learn([(job, took) for job, took in made_here if took], outcome.pace)
        project.log(_logged(project, result, wish.command))
        end = (result.generated, result.reused, len(result.failures), result.skipped, result.cost, result.interrupted)
        listen(RunFinished(result.took, *end))
    return result


def _logged(project: Project, result: Result, command: Sequence[str]) -> dict[str, Any]:
    from reelmake.model.ledger import add_up

    ledger = add_up(project.journal.moved())
    return {
        "command": list(command),
        "generated": result.generated,
        "reused": result.reused,
        "failed": len(result.failures),
        "cost_usd": float(result.cost),
        "ledger_usd": {name: float(amount) for name, amount in ledger.columns.items() if amount},
        "interrupted": result.interrupted,
        "took": round(result.took, 2),
    }


def _output(path: str, take: Take) -> OutputFile:
    seconds = float(take.facts.seconds) if take.facts.seconds is not None else None
    return OutputFile(path, take.digest, take.facts.frames, seconds)


def _result(
    project: Project,
    plan: Plan,
    wish: Wish,
    outcome: Outcome | None,
    takes: Mapping[str, Take],
    outputs: tuple[OutputFile, ...],
    took: float,
) -> Result:
    shots = [id for id in plan.decisions if plan.graph.steps[id].kind == "shot"]
    clips = {}
    if wish.shots:
        for variant in project.layout.shots.values():
            for shot, clip in variant.clips.items():
                id = plan.graph.alias.get(clip.step, clip.step)
                if id in takes and id in plan.decisions:
                    clips[shot] = str(project.store.path(takes[id]))
    if outcome is None:
        return Result(plan, outputs, 0, sum(id in takes for id in shots), clips=clips, took=took)
    made = {id for id in shots if id in outcome.results and outcome.results[id].made}
    failures = tuple(
        Failure(
            r.step.id,
            r.step.shots[0] if r.step.shots else "",
            r.error.code if r.error else "RM900",
            str(r.error),
            r.error.next_steps if r.error else (),
            r.step.span,
        )
        for r in outcome.failed
    )
    return Result(
        plan,
        outputs,
        generated=len(made),
        reused=sum(id in takes and id not in made for id in shots),
        cost=outcome.cost,
        failures=failures,
        skipped=len(outcome.skipped),
        interrupted=outcome.interrupted,
        clips=clips,
        took=took,
    )


def _records(project: Project, takes: Mapping[str, Take], before: Mapping[str, Record]) -> dict[str, Record]:
    """What the lock file shall say: old choices, and the takes that exist now of every shot this build looked at.

    A shot that is gone keeps its choices: it may have been renamed, or come back.
    """
    layout = project.layout
    records = {k: r for k, r in before.items() if k in layout.slates or r.picks or r.wishes}
    by_shot: dict[str, dict[int, Take]] = {}
    for id, take in takes.items():
        step = layout.graph.steps[id]
        if step.job:
            for shot in step.shots:
                by_shot.setdefault(shot, {})[step.job.take] = take
    for shot, made in by_shot.items():
        order = layout.shots[layout.variant_of(shot)].orders[shot]
        old = records.get(shot, Record(shot))
        kept = dict(old.takes) if old.order == order else {}
        kept |= {number: (take.key, take.digest) for number, take in made.items()}
        first = next(iter(made.values()))
        records[shot] = replace(
            old, order=order, takes=dict(sorted(kept.items())), provider=f"{first.provider} {first.model}".strip()
        )
    return records
