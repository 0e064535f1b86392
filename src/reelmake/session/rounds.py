"""A build in rounds: what is certain is made, then the project is looked at and planned again, until nothing new comes.

The length of a shot may hang on speech that is not spoken yet, and an order that was refused may fall to its next rung:
who knows more than before takes the road again. One approval holds for all rounds; what goes beyond it is asked for
again. Knows nothing of how a round is carried out, nor of what becomes of the outputs.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from reelmake.errors import Mistake, Unbound, Unwilling
from reelmake.model.events import StepSkipped
from reelmake.model.medium import SPEECH
from reelmake.plan.decide import only
from reelmake.plan.mandate import parents
from reelmake.plan.rounds import certain, estimated, hearsay, stepwise
from reelmake.plan.waitlist import State, StepResult
from reelmake.records import dataclass
from reelmake.session.approval import approved, budget_of, exceeds, unagreed
from reelmake.session.project import Project, Snapshot, look, plan

if TYPE_CHECKING:
    from reelmake.execute.runner import Outcome
    from reelmake.plan.decide import Plan, Verdict
    from reelmake.session.run import BuildRun


@dataclass(frozen=True)
class Round:
    """The project as it is seen in a round, and what is to be made of it."""

    seen: Snapshot
    found: Plan


CarryOut = Callable[["BuildRun", Round], Awaitable["Outcome"]]


async def in_rounds(
    run: BuildRun, first: Round, agreed: Plan, carry_out: CarryOut
) -> tuple[Snapshot, Plan, Outcome, Unwilling | Mistake | None]:
    """Project and plan of the last round, what became of all of them, and why there was no further one if it would have
    gone beyond what was agreed to, or cannot be laid out; what was made by then is kept."""
    left = unagreed(first.found, agreed)
    this, done = first, await carry_out(run, replace(first, found=certain(first.found, left=left)))
    allowed = agreed.cost
    refusal: Unwilling | Mistake | None = None
    while not done.interrupted and (left or _may_go_on(this, done)):
        try:
            seen = look(run.seen.project)
        except Mistake as error:  # that only the length of a line could tell
            refusal = error
            break
        hopeless = {result.key for result in done.failed if result.key}
        if _same(seen, this.seen) and not left and not hearsay(this.found, hopeless):
            break
        found = plan(seen, run.wish.shots)
        if left and _verdicts(found) == _verdicts(this.found):
            break  # what they hang on could not be made
        further = _within(run, seen.project, done)
        whole = found if left else stepwise(found)  # of what is left nobody has heard yet what it may come to
        asked = _without(whole, seen, hopeless)
        try:
            agreed, allowed = _agreed(further, Round(seen, asked), agreed, allowed, done)
        except Unwilling as error:
            refusal = _refused(error, done)
            break
        except KeyboardInterrupt:  # instead of an answer: what was made by now is on record all the same
            done = replace(done, interrupted=True)
            break
        if run.stop.count:
            done = replace(done, interrupted=True)
            break
        this, left = Round(seen, found), unagreed(asked, agreed)
        done = done.then(await carry_out(further, replace(this, found=certain(found, hopeless, left))))
    return this.seen, this.found, _told(run, this, done), refusal


def _may_go_on(this: Round, done: Outcome) -> bool:
    """Was anything left that the next look may know more of? It listens to a line that was not here before."""
    slates = this.seen.layout.slates
    orders = (result.step.order for result in done.failed)
    ladders = (slates[order.shot] for order in orders if order is not None and order.shot in slates)
    failed = {result.key for result in done.failed}
    coming = (d.step.order for d in this.found.jobs if d.elsewhere and d.key not in failed)
    brought = any(order is not None and order.medium == SPEECH.name for order in coming)
    return brought or estimated(this.found) or any(slate.rung <= len(slate.rungs) for slate in ladders)


def _same(seen: Snapshot, before: Snapshot) -> bool:
    """Is nothing known that was not known before?"""
    now, then = seen.layout, before.layout
    return now.graph.heads == then.graph.heads and now.provisional == then.provisional


def _without(plan: Plan, seen: Snapshot, hopeless: Collection[str]) -> Plan:
    """The plan without what failed, and what hangs on that, be it for its length: none of it is tried again."""
    lost = {id for id, d in plan.decisions.items() if d.key in hopeless}
    return only(plan, lambda d: lost.isdisjoint((d.step.id, seen.layout.step(d.estimated) if d.estimated else "")))


def _verdicts(plan: Plan) -> dict[str, Verdict]:
    return {id: d.verdict for id, d in plan.decisions.items()}


def _within(run: BuildRun, project: Project, done: Outcome) -> BuildRun:
    """The run with what its budget has left. What earlier runs left open was waited for already."""
    budget = budget_of(project.script, run.wish)
    left = None if budget is None else max(Decimal(0), budget - done.cost - done.risked)
    return replace(run, wish=replace(run.wish, budget=left, alone=True))


def _agreed(run: BuildRun, this: Round, agreed: Plan, allowed: Decimal, done: Outcome) -> tuple[Plan, Decimal]:
    """The plan that was agreed to by now, and the USD of all rounds. A person is asked again for more money, with what
    is spent and what may be charged, or for something else. Raises Unwilling for what must not be carried out."""
    whole = this.found.cost + done.cost + done.risked
    if whole <= allowed and not exceeds(this.found, agreed):
        approved(this.seen, this.found, replace(run.wish, yes=True), run.confirm)
        return agreed, allowed
    given = approved(this.seen, this.found, run.wish, run.confirm)
    return given, max(given.cost + done.cost + done.risked, allowed)


def _refused(error: Unwilling, done: Outcome) -> Unwilling:
    risked = f", and ${done.risked:.2f} may be charged" if done.risked else ""
    message = (
        f"the next round of this build is not carried out (${done.cost:.2f} is spent{risked}): {error}; "
        "what was made so far is kept, and is not paid for again"
    )
    if isinstance(error, Unbound):  # which a person may allow, and build again
        return Unbound(message, wants=error.wants, span=error.span, next_steps=error.next_steps)
    return Unwilling(message, code="RM825", span=error.span, next_steps=error.next_steps)


def _told(run: BuildRun, this: Round, done: Outcome) -> Outcome:
    """With what was never carried out: it is skipped, as what hangs on something that failed is. Less what failed in an
    earlier round and is not needed any more: a further take of another rung, which a shelf has."""
    needed, known = this.found.decisions, this.found.graph.steps
    results = {id: r for id, r in done.results.items() if id in (known if r.state is State.DONE else needed)}
    if done.interrupted:
        return replace(done, results=results)
    for d in this.found.decisions.values():
        given = (results[id] for id in parents(d.step) if id in results)
        lacking = next((r.because or r.step.id for r in given if r.take is None), "")
        because = this.seen.layout.step(d.estimated) if d.estimated else lacking
        if because and d.step.id not in results:
            results[d.step.id] = StepResult(d.step, State.SKIPPED, because=because)
            run.listen(StepSkipped(run.elapsed, d.step.id, because, d.step.kind, d.step.shot, d.step.name))
    return replace(done, results=results)
