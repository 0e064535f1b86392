"""Building: from a plan to what is published: approval, hold, execution, outputs in their places.

Holds the project while it works. Knows nothing of terminals: it asks through `confirm` and tells through events.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import nullcontext
from dataclasses import replace
from fractions import Fraction
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

from reelmake.errors import Busy
from reelmake.model.events import Event, Noted, RunStarted, StepDone, Waiting
from reelmake.prep.memory import GoneClips
from reelmake.session.approval import approved, budget_of, exceeds, on_record, unagreed
from reelmake.session.choosing import decided
from reelmake.session.executor import Executor, executor
from reelmake.session.gone_sources import settled
from reelmake.session.project import Snapshot, look, plan, read
from reelmake.session.publishing import failures, publish, room
from reelmake.session.rounds import CarryOut, Round, in_rounds
from reelmake.session.sharing import shared
from reelmake.world import secrets
from reelmake.world.connection import connect, shared_limits, unbound, webhooks, whereabouts

if TYPE_CHECKING:
    from reelmake.execute.runner import Outcome
    from reelmake.plan.decide import Plan
    from reelmake.plan.result import Result
    from reelmake.session.run import BuildRun
    from reelmake.wire.webhooks import Webhooks

PATIENCE = 10.0  # seconds in which providers are asked, before a run, whether they still have what it starts from


async def build(run: BuildRun) -> Result:
    """Makes what is not fresh, and shares it. Raises what `_built` does."""
    return await shared(run, await _built(run))


async def _built(run: BuildRun) -> Result:
    """Makes what is not fresh. Raises Mistake, Unwilling, Busy, and LocalTool for what is in the way of an output; all
    before anything is made, and nothing after."""
    found = plan(run.seen, run.wish.shots)
    for said in found.unasked:
        run.warn(said)
    decided(run.seen, found)
    room(run.workspace, found)
    left = {attempt.key for attempt in run.seen.journal.open()}
    ours = {decision.key for decision in found.decisions.values()} if run.wish.alone else left
    follows = not run.offline and bool(left & ours)
    if not found.todo and not found.brought and not follows:
        return publish(run, run.seen, found, None)
    hears = run.wish.webhook if run.wish.webhook and (found.pays or follows) else None
    telling = webhooks(run.seen.project.providers.values(), *hears) if hears else nullcontext()
    async with telling as inbox, executor(run) as crew:
        run, agreed = await _approved(run, found)
        try:
            async with run.workspace.hold(
                wait=run.wish.wait,
                waiting=lambda holder: run.listen(Waiting(run.elapsed, holder)),
                stopped=lambda: bool(run.stop.count),
            ):
                return await _held(run, agreed, partial(_carry_out, crew=crew, inbox=inbox))
        except Busy:
            if run.stop.count:
                raise KeyboardInterrupt from None
            raise


async def _approved(run: BuildRun, found: Plan) -> tuple[BuildRun, Plan]:
    """The run, on the project with what is wished for again of sources that are gone, and the plan that was agreed to.
    Raises Unwilling."""
    if not run.wish.locked:
        seen, found, barred = await settled(run.seen, found, run.wish.shots, PATIENCE, remake=run.wish.remake)
        if barred:
            raise barred
        run = replace(run, seen=seen)
    asked = monotonic()
    agreed = approved(run.seen, found, run.wish, run.confirm)
    return replace(run, began=run.began + monotonic() - asked), agreed  # how long a person thinks is no part of the run


async def _held(run: BuildRun, agreed: Plan, carry_out: CarryOut) -> Result:
    """The run itself, on a project that is ours."""
    run.workspace.store.sweep()
    heard: list[Noted] = []
    done: set[tuple[str, str]] = set()

    def tell(event: Event) -> None:
        if isinstance(event, Noted):
            heard.append(event)
        if isinstance(event, StepDone):
            if not event.made and (event.step, event.digest) in done:
                return  # in an earlier round, which said so
            done.add((event.step, event.digest))
        run.listen(event)

    seen = look(run.seen.project)  # another run may have made some of it while we waited
    found = plan(seen, run.wish.shots)
    if exceeds(found, agreed):
        agreed = approved(seen, found, run.wish, run.confirm)  # a file was edited, a take asked for
    elif found.pays:
        on_record(seen.journal)  # what it cannot say any more may be the order of what was agreed to
    told = replace(run, listen=tell)
    _started(run, found, agreed)
    seen, found, outcome, refusal = await in_rounds(told, Round(seen, found), agreed, carry_out)
    if not outcome.interrupted:
        run.workspace.store.sweep()  # of what was left for work that was not done
    GoneClips(run.workspace.notes).update(dict.fromkeys(outcome.gone, False))
    missing = _unmade(seen, found, outcome) if run.wish.placeholders and not outcome.interrupted else []
    shown = await _with_placeholders(told, seen, missing, carry_out) if missing else None
    result = publish(run, seen, found, outcome, heard)
    if refusal:
        raise refusal
    if shown is None:
        return result
    put, unable = (*shown.placed, *result.placed), (*result.failures, *shown.failures)
    return replace(result, outputs=shown.outputs, placed=put, failures=unable, placeholders=tuple(missing))


def _started(run: BuildRun, found: Plan, agreed: Plan) -> None:
    left = unagreed(found, agreed)
    made, cost = found.generate - len(left), agreed.cost if left else found.cost
    run.listen(RunStarted(run.elapsed, made, found.reuse, len(found.decisions), cost))


def _unmade(seen: Snapshot, found: Plan, outcome: Outcome) -> list[str]:
    """What was to be made in this run and is not there, by address, if any of it failed."""
    if not any(result.step.order for result in outcome.failed):
        return []
    there = {id for id, result in outcome.results.items() if result.take}
    clips = [pair for variant in seen.layout.shots.values() for pair in variant.clips.items()]
    steps = [(shot, found.graph.alias.get(clip.step, clip.step)) for shot, clip in clips]
    slates = seen.layout.slates
    return [shot for shot, id in steps if slates[shot].orders and id in found.decisions and id not in there]


async def _with_placeholders(run: BuildRun, seen: Snapshot, missing: Sequence[str], carry_out: CarryOut) -> Result:
    """The outputs with sketches of what is missing, each as long as its clip would have been. Orders nothing, and notes
    nothing of the sketches; what is chosen holds for the others."""
    from reelmake.plan.decide import without_orders

    slates = [seen.layout.slates[shot] for shot in missing]
    lengths = {slate.shot: slate.shown or slate.orders[0].seconds or Fraction(0) for slate in slates}
    overrides = replace(run.workspace.overrides, placeholders=lengths)
    project = read(replace(run.workspace, overrides=overrides))
    drawn = look(project)
    run, found = replace(run, seen=drawn), without_orders(plan(drawn, run.wish.shots))
    run.warn(f"placeholders are drawn for {', '.join(missing)}")
    _started(run, found, found)
    outcome = await carry_out(run, Round(drawn, found))
    shown = publish(run, drawn, plan(look(project), run.wish.shots), None)
    return replace(shown, failures=(*shown.failures, *failures(outcome, drawn.layout)))


async def _carry_out(run: BuildRun, this: Round, crew: Executor, inbox: Webhooks | None) -> Outcome:
    from reelmake.execute import runner
    from reelmake.execute.caller import Caller
    from reelmake.plan.mandate import Goal, History, Policy
    from reelmake.ports import Remotes, World

    seen, found = this.seen, this.found
    specs, workspace = seen.project.providers, run.workspace
    if workspace.overrides.offline and found.asks:
        raise RuntimeError("bug: a run that asks nobody would order something")
    needed = set() if run.wish.locked else {d.step.pool for d in found.todo if d.step.paid}
    if not run.offline:
        needed |= _followed(run, seen, needed)
    providers = {called: connect(specs[called], workspace.bindings) for called in needed}
    try:
        return await runner.run(
            Goal(found.steps, found.targets, found.graph.priority),
            Remotes(
                providers,
                limits={called: spec.limits for called, spec in specs.items()},
                gates={called: gate for called in needed if (gate := shared_limits(specs[called], workspace.root))},
                inbox=inbox,
                origins={called: whereabouts(specs[called]) for called in needed},
            ),
            World(workspace.store, seen.journal, crew.media, workspace.clock, seen.inputs),
            Caller(run.listen, run.stop, run.began),
            Policy(
                budget_of(seen.project.script, run.wish),
                run.wish.locked,
                run.wish.alone,
                () if run.offline else None,
                run.wish.sends,
                crew.places,
                crew.memory,
                frozenset(d.step.id for d in found.todo if d.step.paid),
            ),
            History(
                usual=seen.durations.usual,
                away=() if run.wish.remake else seen.made,
                elsewhere=workspace.store.elsewhere(seen.made) | found.brought,
                asked={d.key for d in found.decisions.values()} if seen.project.script.trusted else None,
                gone=GoneClips(workspace.notes).known,
            ),
        )
    finally:
        for provider in providers.values():
            await provider.close()


def _followed(run: BuildRun, seen: Snapshot, needed: Collection[str]) -> set[str]:
    """Providers at which earlier runs left orders open, and that can be asked what became of them."""
    found = set()
    left = {attempt.provider for attempt in seen.journal.open()} - set(needed)
    for called in sorted(left & seen.project.providers.keys()):
        spec = seen.project.providers[called]
        missing = secrets.lacks(spec)
        why = f"it needs {missing[0].what}" if missing else unbound([spec], run.workspace.bindings)
        if why:
            run.warn(f"{called} has an open order, but cannot be asked about it: {why}")
        else:
            found.add(called)
    return found
