"""What a person chooses among the takes of a shot: another one of those that exist, or one more.

A choice costs nothing by itself, but shots that are made from its clip may have to be made again: that is known before
anything is written. Knows nothing of terminals, or of how a run goes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, NoReturn

from reelmake.diagnostics import Diagnostic
from reelmake.errors import Mistake
from reelmake.model.take import Record
from reelmake.plan.result import Consequence, consequence
from reelmake.records import dataclass
from reelmake.session.project import Project, Snapshot, look, plan
from reelmake.session.selecting import selected_shots

if TYPE_CHECKING:
    from reelmake.model.order import Slate
    from reelmake.plan.decide import Plan


@dataclass(frozen=True, slots=True)
class Choosing:
    """A choice that is not written yet: the shots it is for, the project as it would be then, and what follows; `also`:
    other storyboards of the folder that use the same take then, which no plan of this one has."""

    shots: tuple[str, ...]
    then: Snapshot
    follows: Consequence
    also: Sequence[str] = ()


def pick(seen: Snapshot, word: str, take: int) -> Choosing:
    """Another of the takes that exist, for the shots that a word selects. Raises Mistake if there is no such take."""
    shots = _made(seen, word)
    there_are = takes_there(seen, shots)
    for shot in shots:
        slate = seen.layout.slates[shot]
        if slate.pick is not None:
            _refuse_pinned(slate, "change `pick:` there, or remove it")
        if take not in there_are[shot]:
            there = ", ".join(map(str, sorted(there_are[shot]))) or "none"
            hint = f"existing takes: {there}; `reelmake retake {word}` asks for another"
            raise Mistake([Diagnostic("RM704", f'"{shot}" has no take {take}', slate.span, hint=hint)])
    wishes = {shot: Record(shot, picks={seen.layout.order(shot): take}) for shot in shots}
    then = look(seen.project.wishing(wishes))
    also = then.workspace.picks.followers([then.layout.order(shot) for shot in shots])
    return Choosing(shots, then, consequence(plan(seen), plan(then)), also)


def note(choice: Choosing, take: int) -> None:
    """Writes a picked take into the lock file, for the order that each shot has now."""
    layout, picks = choice.then.layout, choice.then.workspace.picks
    picks.pick({shot: layout.order(shot) for shot in choice.shots}, take)


def undecided(seen: Snapshot, shots: Iterable[str]) -> list[Diagnostic]:
    """Of which of these shots two takes are picked, on branches that were merged: nobody can know which is meant."""
    layout = seen.layout
    return seen.workspace.picks.undecided(
        {shot: layout.order(shot) for shot in shots if layout.slates[shot].pick is None}
    )


def decided(seen: Snapshot, found: Plan) -> None:
    """Raises Mistake if a plan hangs on a pick that is undecided."""
    if open_ := undecided(seen, dict.fromkeys(shot for job in found.jobs for shot in job.step.shots)):
        raise Mistake(open_)


def retake(seen: Snapshot, word: str, *, keep_pick: bool = False) -> Choosing:
    """One more take of the shots that a word selects; the new ones are used unless `keep_pick`. Raises Mistake."""
    shots = _made(seen, word)
    for shot in shots:
        slate = seen.layout.slates[shot]
        if slate.pick is not None and not keep_pick:
            _refuse_pinned(slate, "remove `pick:`, or make the take with --keep-pick")
    then = look(another_take(seen, shots, pick=not keep_pick))
    return Choosing(shots, then, consequence(plan(seen), plan(then), shots))


def _made(seen: Snapshot, word: str) -> tuple[str, ...]:
    """The shots that a word selects, less those of which there are no takes. Raises Mistake if that leaves none."""
    shots = selected_shots(seen, [word])
    made = tuple(shot for shot in shots if seen.layout.slates[shot].orders)
    if shots and not made:
        slate = seen.layout.slates[shots[0]]
        what = "a plain color" if slate.color else "footage"
        says = f'"{slate.shot}" is {what}: there is nothing to ask for again'
        raise Mistake([Diagnostic("RM707", says, slate.span)])
    return made


def another_take(seen: Snapshot, shots: Collection[str], *, pick: bool) -> Project:
    """The project as it is once one more take of each shot is wished for, and used if `pick`; nothing is written."""
    wishes, there = {}, takes_there(seen, shots)
    for shot in shots:
        order, number = seen.layout.order(shot), _another(seen, shot, there[shot])
        wishes[shot] = Record(shot, picks={order: number} if pick else {}, wishes={order: number})
    return seen.project.wishing(wishes)


def _another(seen: Snapshot, shot: str, there: Collection[int]) -> int:
    """The number of one more take; of the one that was wished for last, if nothing came of that."""
    wanted = seen.layout.choice(shot).takes
    asked = wanted > len(seen.layout.slates[shot].orders)
    return wanted if asked and wanted not in there else wanted + 1


def takes_there(seen: Snapshot, shots: Collection[str]) -> dict[str, set[int]]:
    """Numbers of the takes of each shot's present order whose clips are in the store."""
    found: dict[str, set[int]] = {shot: set() for shot in shots}
    for d in plan(seen, shots).jobs:
        for shot in d.step.shots:
            if shot in found and d.step.order and d.take:
                found[shot].add(d.step.order.take)
    return found


def _refuse_pinned(slate: Slate, hint: str) -> NoReturn:
    said = f'the storyboard itself picks take {slate.pick} of "{slate.shot}"'
    raise Mistake([Diagnostic("RM705", said, slate.spans.get("pick"), hint=hint)])
