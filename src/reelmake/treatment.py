"""What becomes of every entry of a cut: is it copied or encoded, why, and what of its clip is conformed.

Clips that are there are looked at once and remembered by their bytes; of others nothing is said. Knows nothing of how
that is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from reelmake.errors import LocalTool
from reelmake.model.cut import BodyWork
from reelmake.model.step import Input
from reelmake.plan.decide import Plan
from reelmake.plan.key import digest, head
from reelmake.store.notes import Notes

_NOTE = "treatment.json"
Place = Callable[[Input], tuple[str, Path] | None]
NAMED = 5  # shots that a line names


@dataclass(frozen=True, slots=True)
class Treatment:
    """Of one entry in one output. `how`: copied, encoded, or undecided; `conformed`: ["25 → 24 fps", "HDR → SDR"]."""

    output: str
    shot: str
    how: str
    why: str
    conformed: tuple[str, ...] = ()


def treatments(plan: Plan, find: Place, notes: Notes) -> list[Treatment]:
    """In the order of the graph. `find`: digest and path of a clip, None if it is not made yet."""
    known, seen = notes.read(_NOTE), {}
    found = []
    for d in plan.decisions.values():
        if not isinstance(d.step.work, BodyWork):
            continue
        output, clip = d.step.id.split(":")[1], find(d.step.inputs[0])
        if clip is None:
            found.append(Treatment(output, d.step.shots[0], "undecided", "the clip is not made yet"))
            continue
        name = digest((*head(d.step), ("clip", clip[0])))
        try:
            seen[name] = known.get(name) or list(_looked_at(d.step.work, clip[1]))
        except LocalTool:
            continue  # whoever makes the segment says it better
        why, *conformed = seen[name]
        found.append(Treatment(output, d.step.shots[0], "encoded" if why else "copied", why, tuple(conformed)))
    if seen != known:
        notes.write(_NOTE, seen)
    return found


def as_json(found: list[Treatment]) -> list[dict[str, object]]:
    return [asdict(one) for one in found]


def lines(found: list[Treatment]) -> list[str]:
    """One for shots that are conformed alike, and one an output that copies anything."""
    alike: dict[str, dict[str, None]] = {}
    for one in found:
        if one.conformed:
            alike.setdefault(", ".join(one.conformed), {})[one.shot] = None
    told: dict[str, None] = {f"{_named(list(shots))}: conformed: {how}": None for how, shots in alike.items()}
    for output in dict.fromkeys(one.output for one in found):
        copied, encoded = (sum(o.output == output and o.how == how for o in found) for how in ("copied", "encoded"))
        if copied:
            told[f"{output}: {copied} of {copied + encoded} clips copied as they are"] = None
    return list(told)


def _named(shots: list[str]) -> str:
    """The first of many, and how many more."""
    return ", ".join(shots[:NAMED]) + (f" and {len(shots) - NAMED} more" if len(shots) > NAMED else "")


def _looked_at(work: BodyWork, clip: Path) -> Iterator[str]:
    from reelmake.assemble.conform import said
    from reelmake.media.probe import material
    from reelmake.media.verbatim import hindrance

    if work.copy:
        yield hindrance(work, clip)
    elif work.piece.title:
        yield "a title lies over it"
    elif work.piece.slate:
        yield "its slate is burnt in"
    else:
        yield "the output asks for it, or its picture is changed"
    yield from said(material(clip), work.picture)
