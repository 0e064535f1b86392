"""What commands print and the Python API returns: Result of a build, Clip and ShotStatus of a loose shot. Knows nothing
of how."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import field, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from reelmake.records import dataclass

if TYPE_CHECKING:
    from reelmake.diagnostics import Span
    from reelmake.model.events import Noted
    from reelmake.model.medium import MediumName
    from reelmake.model.step import Step
    from reelmake.model.take import Take
    from reelmake.plan.decide import Plan
    from reelmake.plan.layout import Layout

Astray = Literal["gone", "different", "blocked"]
"""An output that is made and does not stand in its place as it was made: a build puts it there again, or, where
something is in its way, cannot."""


@dataclass(frozen=True, slots=True)
class OutputFile:
    """An output in its place: `name` is its path below the project ("build/cut.mp4"), `path` where it is. `lineage`:
    that of the record of what it was made from, None if it is in that of another output, or could not be written."""

    name: str
    path: Path
    sha256: str
    frames: int | None
    seconds: float | None
    lineage: Path | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """A step that could not be made, and what to do next. `name`: what people call it."""

    step: str
    shot: str
    code: str
    message: str
    next_steps: tuple[str, ...] = ()
    span: Span | None = None  # where the storyboard says so
    name: str = ""


@dataclass(frozen=True, slots=True)
class BuildNote:
    """What came to light while something was made and should be known, though it stops nothing: a loudness that could
    not be reached, a clip that is too short. That of a take is noted again by every build that uses it.

    `step` and `shot` that it is about, "" = none by itself; `outputs`: paths of those that it is part of. `lasting`: it
    is that of a take, and not of this run alone.
    """

    message: str
    step: str = ""
    shot: str = ""
    outputs: tuple[str, ...] = ()
    lasting: bool = True


VariantState = Literal["made", "failed", "not made"]
"""Of a variant: all its outputs stand in their places; what one hangs on could not be made; the run ended before."""


@dataclass(frozen=True, slots=True)
class VariantResult:
    """How a variant of a matrix stands after a build. `outputs`: their paths below the project; `seconds`: how long the
    first is that has a length.

    `cost`: USD of its takes, each counted for the first variant that uses it; None = not known. `made`: when the latest
    output was, UTC, ISO 8601; `new`: in this run. `error`: what failed, with its code.
    """

    name: str
    state: VariantState
    outputs: tuple[str, ...]
    seconds: float | None = None
    cost: Decimal | None = Decimal(0)
    made: str = ""
    error: str = ""
    new: bool = False


@dataclass(frozen=True)
class Result:
    """What a build ended with. `generated` and `reused` count takes; `cost` is USD spent in this run.

    `notes`: what came to light, in this run and in those that made what is reused.
    `clips`: shot address -> its picked clip in the store, of every generated shot that was built; `narrowed`: was the
    build asked for some shots only? `placed`: names of the outputs that did not stand in their places before, or not
    as they were made. `draft`: every shot was drawn by the sketch. `placeholders`: addresses of shots that could not be
    made, and that the sketch drew in the outputs. `variants`: of a matrix, those that were to be built. `unpicked`: of
    how many of the takes generated and reused another one was picked. `brought`: keys of takes that came from further
    stores; `pushed`: how many were not in the shared one before; `unpushed`: how many should be there and are not.
    """

    plan: Plan = field(repr=False)
    outputs: tuple[OutputFile, ...]
    generated: int
    reused: int
    cost: Decimal = Decimal(0)
    failures: tuple[Failure, ...] = ()
    skipped: int = 0
    interrupted: bool = False
    notes: tuple[BuildNote, ...] = ()
    clips: Mapping[str, Path] = field(default_factory=dict)
    narrowed: bool = False
    took: float = 0.0
    placed: tuple[str, ...] = ()
    draft: bool = False
    placeholders: tuple[str, ...] = ()
    variants: tuple[VariantResult, ...] = ()
    brought: frozenset[str] = frozenset()
    pushed: int = 0
    unpushed: int = 0
    unpicked: int = 0

    @property
    def status(self) -> int:
        """The exit status this result deserves."""
        return 130 if self.interrupted else 1 if self.failures else 0

    @property
    def idle(self) -> bool:
        """Was there nothing to make?"""
        return not self.plan.todo

    def again(self) -> Result:
        """What the next run will end with if nothing changes."""
        whole = replace(self.plan, decisions={})
        reused = self.generated + self.reused
        notes = tuple(note for note in self.notes if note.lasting)
        variants = tuple(replace(variant, new=False) for variant in self.variants)
        idle = replace(self, plan=whole, generated=0, reused=reused, cost=Decimal(0), brought=frozenset(), pushed=0)
        return replace(idle, placed=(), notes=notes, variants=variants)


@dataclass(frozen=True, slots=True)
class Clip:
    """A take of a loose shot. `path`: where it was asked to be, else its place in the store, which is read-only.

    `sha256` of its bytes; `seconds`, `frames` and `size` (width, height) as measured; `cost`: USD that was paid for
    it, None = not known; `new`: it was paid for now, not earlier. `notes`: what there is to say of it, such as that it
    is shorter than ordered. `others`: the further takes, if there are any.
    """

    path: Path
    sha256: str
    take: int
    seconds: float | None
    frames: int | None
    size: tuple[int, int] | None
    cost: Decimal | None
    new: bool
    notes: tuple[str, ...] = ()
    others: tuple[Clip, ...] = field(default=(), repr=False)

    def read(self) -> bytes:
        """All its bytes."""
        return self.path.read_bytes()


ShotState = Literal["sent", "making", "ready", "made", "failed"]
"""Of an order: sent, and not answered yet; being made at its provider; finished there; in the store; ended without a
clip."""


@dataclass(frozen=True, slots=True)
class ShotStatus:
    """How a loose shot stands that was asked for. `state`: "sent" (nobody has answered to its order yet), "making",
    "ready" (finished at its provider, and not here yet), "made" (here), "failed" (ended without a clip).

    `progress`: 0 to 100, None where the provider does not say; `note`: its own word for the state, or why it could not
    be asked just now. `error`: why it failed, with its `code`. `path`: its clip in the store, once it is made.
    """

    id: str
    state: ShotState
    progress: float | None = None
    note: str = ""
    error: str = ""
    code: str = ""
    path: Path | None = None

    @property
    def ended(self) -> bool:
        """Is it made, or failed?"""
        return self.state in ("made", "failed")


def notes(steps: Mapping[str, Step], takes: Mapping[str, Take], heard: Iterable[Noted] = ()) -> tuple[BuildNote, ...]:
    """In the order of `steps`, which has every input before its user; then what is of no take. What several steps say
    of one shot is one note."""
    found: dict[tuple[str, str], BuildNote] = {}
    for id, step in steps.items():
        for words in takes[id].facts.notes if id in takes else ():
            note = found.get((step.noted_of, words)) or BuildNote(words, id, step.noted_of)
            outputs = dict.fromkeys((*note.outputs, *_outputs(steps, id)))
            found[note.shot, words] = replace(note, outputs=tuple(outputs))
    for event in heard:
        passing = BuildNote(event.message, event.step, event.shot, lasting=False)
        found.setdefault((event.shot, event.message), passing)
    return tuple(found.values())


def _outputs(steps: Mapping[str, Step], id: str) -> list[str]:
    """The outputs that a step leads to."""
    reached = {id}
    for step in steps.values():
        if any(given.step in reached for given in step.inputs):
            reached.add(step.id)
    return [steps[step].output for step in steps if step in reached and steps[step].output]


Back = Literal["made", "copied", "fetched", "ordered"]
"""How a take comes back once it is removed: made here again, for nothing; from a further shelf that has a copy; fetched
from its provider, which has it for now; ordered again, as another take."""


@dataclass(frozen=True, slots=True)
class Waste:
    """`takes` that may leave the store, the oldest first, each with how it comes `back`, by key. `files` go with them,
    and those that no take names any more; they come to `bytes`, of `whole` in the store.

    `spared`: takes that nothing refers to either, and that stay because they were paid for. `kept`: how many stay.
    """

    takes: tuple[Take, ...]
    back: Mapping[str, Back]
    files: tuple[Path, ...]
    bytes: int
    whole: int
    spared: tuple[Take, ...]
    kept: int


@dataclass(frozen=True, slots=True)
class ShotTake:
    """One take of one shot, still, line of speech or piece of music (`medium`). `path`: its clip, picture or sound in
    the store, read-only; None if it is not there.

    `picked`: is it the one that is used; `picked_by`: where that was chosen, "storyboard", "lock" (reelmake.lock) or
    "default". `verdict`: fresh, missing, stale or undecided; `reason`: what there is to know of one that is fresh.
    `sha256` of the clip; `cost` in USD, None = not known; `made`: UTC, ISO 8601; `seconds`: its length. `origin`: the
    address (scheme, host, port) of the provider that made it, "" = this machine, or not known.
    """

    shot: str
    take: int
    picked: bool
    picked_by: str
    verdict: str
    path: Path | None = None
    sha256: str = ""
    made: str = ""
    cost: Decimal | None = None
    seconds: float | None = None
    medium: MediumName = "clip"
    reason: str = ""
    origin: str = ""


def shot_takes(plan: Plan, layout: Layout, shown: Collection[str], path: Callable[[Take], Path]) -> list[ShotTake]:
    """Of those of the shots `shown` (addresses) that are in a plan, in the storyboard's order; shared takes stand
    under each of their shots."""
    found: dict[str, list[ShotTake]] = {}
    for d in plan.jobs:
        if (job := d.step.order) is None:
            continue
        for shot in (s for s in d.step.shots if s in shown):
            choice = layout.choice(shot)
            take = ShotTake(shot, job.take, job.take == choice.take, choice.by, d.verdict.value, medium=job.medium)
            if d.take:
                take = _made(take, d.take, None if d.elsewhere else path(d.take))
                take = replace(take, reason=d.reason, origin=d.take.origin)
            found.setdefault(shot, []).append(take)
    return [take for shot in layout.slates for take in found.get(shot, [])]


def _made(entry: ShotTake, take: Take, path: Path | None) -> ShotTake:
    seconds = None if take.facts.seconds is None else float(take.facts.seconds)
    return replace(entry, path=path, sha256=take.digest, made=take.made, cost=take.cost, seconds=seconds)


@dataclass(frozen=True, slots=True)
class Consequence:
    """What the build after a choice makes that it would not have made without it: takes by name, and their cost in
    USD at most; None = the price of one is not known."""

    takes: tuple[str, ...] = ()
    cost: Decimal | None = Decimal(0)


def consequence(before: Plan, after: Plan, chosen: Collection[str] = ()) -> Consequence:
    """Of a choice that turns one plan into the other. `chosen`: shots whose own takes do not count."""
    known = {d.step.id for d in before.jobs if d.take is None}
    made = [d for d in after.jobs if d.take is None and d.step.id not in known]
    others = [d for d in made if not set(d.step.shots) & set(chosen)]
    costs = [d.cost for d in others]
    total = None if None in costs else sum((cost for cost in costs if cost), Decimal(0))
    return Consequence(tuple(d.step.name for d in others), total)
