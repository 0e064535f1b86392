"""Graph and records to a plan: a verdict and a reason for every step, and what it will cost.

A plan is a forecast: what depends on something not yet made is `undecided`, for a new parent may turn out to have the
same bytes. Knows nothing of where records are kept; they are asked for by key.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import field, replace
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING

from reelmake.plan.key import Change, changes, digest, manifest
from reelmake.plan.refusals import unanswered, without_result
from reelmake.records import dataclass

if TYPE_CHECKING:
    from reelmake.model.order import Order
    from reelmake.model.step import Step
    from reelmake.model.take import Attempt, Ending, Manifest, Record, Take
    from reelmake.plan.step_graph import Graph

NOT_HERE = "made before, not here"
FETCHED = "made before, brought from another store"
DOUBTED = "what is here of it is not believed: the lock file does not name it, and nobody trusted has signed it"


class Verdict(Enum):
    FRESH = "fresh"  # a take for this very key is there, here or on a further shelf
    MISSING = "missing"  # nothing was ever made, or what was made is gone
    STALE = "stale"  # made before, from something else
    UNDECIDED = "undecided"  # depends on something that is not made yet


@dataclass(frozen=True, slots=True)
class Decision:
    """`key` and `manifest` are empty while undecided; `take` is set if fresh. `changes` if stale, or if undecided and
    changed whatever it waits for.

    `ended`: the date since which its model is no longer there, if it would have to be made all the same.
    `ordered`: the id of its job, if an earlier run has ordered it: then it is fetched, and costs nothing more.
    `again`: its clip was fetched once before, and is lost. `away`: the lock file names its take, which was
    paid for, and it is not here. `elsewhere`: its take is on a further shelf, and is brought here first.
    `estimated`: what its work, or that of what it is made from, was only guessed from ("park.say"): before that is made
    it is not carried out. `dearest`: the order that it may come to at most, where it may be another one; `besides`: USD
    of orders that may be paid for before that one, and in vain.
    """

    step: Step
    verdict: Verdict
    reason: str
    key: str = ""
    manifest: Manifest = ()
    take: Take | None = None
    changes: tuple[Change, ...] = ()
    ended: str = ""
    ordered: str = ""
    again: bool = False
    away: bool = False
    elsewhere: bool = False
    estimated: str = ""
    dearest: Order | None = None
    besides: Decimal = Decimal(0)

    @property
    def cost(self) -> Decimal | None:
        """USD that it comes to at most; None = not known."""
        if self.dearest is None or not self.step.paid:
            return self.step.cost
        return None if self.dearest.cost is None else self.dearest.cost + self.besides


@dataclass(frozen=True)
class Plan:
    """Decisions by step id, in graph order, of the steps a build of `targets` needs. `left`: takes that are not here
    and that nothing needs, so that a build does without them. `unasked`: which shared stores could not be asked, and
    why, a sentence each."""

    graph: Graph = field(repr=False)
    targets: tuple[str, ...]
    decisions: Mapping[str, Decision] = field(repr=False)
    left: tuple[Decision, ...] = field(default=(), repr=False)
    unasked: tuple[str, ...] = ()

    @property
    def steps(self) -> dict[str, Step]:
        """What a run is given."""
        return {id: d.step for id, d in self.decisions.items()}

    @property
    def jobs(self) -> list[Decision]:
        """Of all takes, also of those that are left."""
        return [*self._needed, *self.left]

    @property
    def _needed(self) -> list[Decision]:
        return [d for d in self.decisions.values() if d.step.take]

    @property
    def todo(self) -> list[Decision]:
        return [d for d in self.decisions.values() if d.verdict is not Verdict.FRESH]

    @property
    def brought(self) -> dict[str, Take]:
        """By key: what is fetched from a further shelf."""
        return {d.key: d.take for d in self.decisions.values() if d.elsewhere and d.take}

    @property
    def generate(self) -> int:
        """Takes that will be asked for; undecided ones count, for that is what to reckon with."""
        return sum(d.verdict is not Verdict.FRESH for d in self._needed)

    @property
    def reuse(self) -> int:
        return sum(d.verdict is Verdict.FRESH for d in self._needed)

    @property
    def cost(self) -> Decimal:
        """USD of what will be asked for, as far as prices are known; what is already ordered is not asked for again."""
        return sum((d.cost or Decimal(0) for d in self.todo if not d.ordered), Decimal(0))

    @property
    def reserved(self) -> Decimal:
        """USD of what is already ordered, and not yet spent."""
        return sum((d.step.cost or Decimal(0) for d in self.todo if d.ordered and not d.again), Decimal(0))

    @property
    def unpriced(self) -> list[Decision]:
        return [d for d in self.todo if d.cost is None and not d.ordered]

    @property
    def away(self) -> list[Decision]:
        """Takes that were made before and are not here, and that a build needs."""
        return [d for d in self.decisions.values() if d.away]

    @property
    def remade(self) -> Plan:
        """With what is away to be ordered again."""
        return replace(self, decisions={id: replace(d, away=False) for id, d in self.decisions.items()})

    @property
    def ended(self) -> list[Decision]:
        """What a model would have to make that is no longer there."""
        return [d for d in self.decisions.values() if d.ended]

    @property
    def asks(self) -> bool:
        """Would it ask a provider for anything, if only for what is already ordered?"""
        return any(d.step.paid for d in self.todo)

    @property
    def pays(self) -> bool:
        """Would it order anything?"""
        return any(d.step.paid and not d.ordered for d in self.todo)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of takes and orders, asked for by key. `find`: the take whose bytes are there. `record`: what was
    noted of a take, bytes or not. `file_digest`: of a file of the project, now. `locked`: the lock file, by address.

    `made`: keys of all takes that the lock file names, whichever shot for. `endings`: orders that ended without a clip,
    oldest first. `ordered`: the order that has no end yet; one without an answer may have to be sent again, so it
    counts as not sent. `delivered`: the order whose clip was kept once, at a provider that can be asked for it again.
    `elsewhere`: the take that stands on a further shelf; `whence`: whose it is and where, "" = the lock file names it.
    `doubted`: keys whose takes are here and not believed.
    """

    find: Callable[[str], Take | None]
    record: Callable[[str], Take | None]
    file_digest: Callable[[str], str]
    locked: Mapping[str, Record]
    made: Collection[str] = ()
    endings: Callable[[str], Sequence[Ending]] = lambda key: ()
    ordered: Callable[[str], Attempt | None] = lambda key: None
    delivered: Callable[[str], Attempt | None] = lambda key: None
    elsewhere: Callable[[str], Take | None] = lambda key: None
    whence: Callable[[Take], str] = lambda take: ""
    doubted: Collection[str] = ()


def decide(graph: Graph, targets: Collection[str], known: Evidence, guessed: Mapping[str, str] = {}) -> Plan:
    """What a build of these steps would do, and why. `guessed`: steps whose work is only an estimate, and what of."""
    digests: dict[str, str] = {}
    decisions: dict[str, Decision] = {}
    for id, step in graph.needed(targets).items():
        given = [i.of or i for i in step.inputs]
        if estimated := _estimated(step, guessed.get(id, ""), decisions) if guessed else "":
            before = next((i.step for i in given if i.step and decisions[i.step].estimated), "")
            why = f"its length depends on {estimated}, which is not spoken yet"
            why = f"waits for {graph.steps[before].name}" if before else why
            decisions[id] = Decision(step, Verdict.UNDECIDED, why, estimated=estimated)
            continue
        waits = next((i.step for i in given if i.step and i.step not in digests), "") if given else ""
        if waits:
            own = _own_changes(step, graph.heads[id], known)
            reason = (f"{said(own)}; " if own else "") + f"waits for {graph.steps[waits].name}"
            decisions[id] = Decision(step, Verdict.UNDECIDED, reason, changes=own)
            continue
        inputs = {
            i.label: digests[of.step] if of.step else known.file_digest(of.file)
            for i, of in zip(step.inputs, given, strict=True)
        }
        pairs = manifest(step, inputs, graph.heads[id])
        key = digest(pairs)
        here = known.find(key)
        if take := here or known.elsewhere(key):
            digests[id] = take.digest
            reason = "" if here else known.whence(take) or FETCHED
            decisions[id] = Decision(step, Verdict.FRESH, reason, key, pairs, take, elsewhere=not here)
        else:
            decisions[id] = _tried(_unmade(step, key, pairs, known), known)
    wanted = tuple(dict.fromkeys(graph.alias.get(t, t) for t in targets))
    return Plan(graph, wanted, _still_needed(decisions, wanted))


def _estimated(step: Step, own: str, decisions: Mapping[str, Decision]) -> str:
    """What its work hangs on, or that of an input, and is not made yet; "" = nothing."""
    found = (decisions[i.step].estimated for given in step.inputs for i in (given, given.keyed) if i.step)
    return own or next(filter(None, found), "")


def without_left(plan: Plan, picked: Callable[[str], int]) -> Plan:
    """The plan without takes that are not here and that nothing is made of. `picked`: the take that a shot uses."""
    used = {i.step for d in plan.decisions.values() for i in d.step.inputs}
    away = {id: d for id, d in plan.decisions.items() if (d.away or d.elsewhere) and d.step.take and id not in used}
    left = {id: d for id, d in away.items() if all(picked(shot) != d.step.take for shot in d.step.shots)}
    if not left:
        return plan
    kept = {id: d for id, d in plan.decisions.items() if id not in left}
    targets = tuple(t for t in plan.targets if t not in left)
    return replace(plan, targets=targets, decisions=kept, left=tuple(left.values()))


def without_orders(plan: Plan) -> Plan:
    """The plan without what only a provider can give, ordered or not, and without all that would be made of it."""
    return only(plan, lambda d: d.verdict is Verdict.FRESH or not d.step.paid)


def only(plan: Plan, wanted: Callable[[Decision], bool]) -> Plan:
    """The plan of what is wanted, without all that would be made of what is not."""
    kept: dict[str, Decision] = {}
    for id, d in plan.decisions.items():
        if wanted(d) and all(i.step in kept for i in d.step.inputs if i.step):
            kept[id] = d
    return replace(plan, targets=tuple(t for t in plan.targets if t in kept), decisions=kept)


def _still_needed(decisions: Mapping[str, Decision], targets: Collection[str]) -> dict[str, Decision]:
    """Without what only fresh steps would look at: a shot that is there needs no still cut from its parent any more."""
    wanted = set(targets)
    needed = {}
    for id, d in reversed(list(decisions.items())):
        if id in wanted:
            if d.verdict is Verdict.FRESH and any(i.of for i in d.step.inputs):
                loose = tuple(replace(i.keyed, label=i.label, fit=i.fit) for i in d.step.inputs)
                d = replace(d, step=replace(d.step, inputs=loose))
            needed[id] = d
            wanted.update(i.step for i in d.step.inputs if i.step)
    return dict(reversed(needed.items()))


def _unmade(step: Step, key: str, pairs: Manifest, known: Evidence) -> Decision:
    if step.order is None:
        return Decision(step, Verdict.MISSING, "not made yet", key, pairs)
    before = _before(step, known.locked)
    if before is None:
        others = any(shot in known.locked and known.locked[shot].takes for shot in step.shots)
        return Decision(step, Verdict.MISSING, "new take" if others else "never made", key, pairs)
    if before[0] == key:
        return Decision(step, Verdict.MISSING, NOT_HERE, key, pairs)
    old = known.record(before[0])
    if old is None or not old.manifest:
        return Decision(step, Verdict.STALE, "changed since it was made", key, pairs)
    differ = tuple(changes(old.manifest, pairs))
    return Decision(step, Verdict.STALE, said(differ), key, pairs, changes=differ)


def _before(step: Step, locked: Mapping[str, Record]) -> tuple[str, str] | None:
    """(key, digest) of the take that reelmake.lock has of this take number of its shots."""
    took = (locked[shot].takes.get(step.take) for shot in step.shots if shot in locked)
    return next(filter(None, took), None)


def _own_changes(step: Step, head: Manifest, known: Evidence) -> tuple[Change, ...]:
    """What differs in a shot's order from the one that was last made, whatever comes of the steps it waits for."""
    before = _before(step, known.locked)
    old = known.record(before[0]) if before else None
    if old is None:
        return ()
    open_ = {f"{word} {i.label}" for i in step.inputs if i.keyed.step for word in ("input", "fit")}
    files = [i for i in step.inputs if not i.keyed.step]
    now = [*head, *((f"input {i.label}", known.file_digest(i.keyed.file)) for i in files)]
    now += [(f"fit {i.label}", i.fit) for i in files if i.fit]
    return tuple(changes([pair for pair in old.manifest if pair[0] not in open_], now))


def _tried(d: Decision, known: Evidence) -> Decision:
    """With the order that is under way, or what became of the last one, so that nothing is ordered again unsaid."""
    if not d.step.paid:
        return d
    attempt = known.ordered(d.key)
    if attempt and not attempt.remote:
        return replace(d, reason=unanswered(attempt))
    if attempt:
        return replace(d, reason=f"already ordered: job {attempt.remote}", ordered=attempt.remote)
    if lost := known.delivered(d.key):
        reason = f"its clip is no longer in the store: job {lost.remote} is fetched again"
        return replace(d, reason=reason, ordered=lost.remote, again=True)
    if d.key in known.made:
        return replace(d, verdict=Verdict.MISSING, reason=NOT_HERE, changes=(), away=True)
    if d.key in known.doubted:
        return replace(d, reason=DOUBTED)
    if not (ended := known.endings(d.key)):
        return d
    reasons = (d.reason, without_result(ended[-1])) if d.verdict is Verdict.STALE else (without_result(ended[-1]),)
    return replace(d, reason="; ".join(reasons))


def said(differ: Collection[Change]) -> str:
    """ "prompt changed", "prompt, size and 2 more changed"."""
    labels = [c.label.removeprefix("input ") for c in differ]
    if not labels:
        return "changed since it was made"
    *first, last = labels if len(labels) <= 3 else [*labels[:2], f"{len(labels) - 2} more"]
    return f"{', '.join(first)} and {last} changed" if first else f"{last} changed"
