"""What a person chooses among the takes of a shot: another one of those that exist, or one more.

A choice costs nothing by itself, but shots that are made from its clip may have to be made again: that is known before
anything is written. Knows nothing of terminals, or of how a run goes.
"""

from __future__ import annotations

from reelmake.diagnostics import Diagnostic
from reelmake.errors import Mistake
from reelmake.model.lock import Record
from reelmake.plan.shot_takes import Consequence, consequence
from reelmake.records import dataclass
from reelmake.session.project import Project


@dataclass(frozen=True, slots=True)
class Choosing:
    """A choice that is not written yet: the shots it is for, the project as it would be then, and what follows."""

    shots: tuple[str, ...]
    then: Project
    follows: Consequence


def pick(project: Project, word: str, take: int) -> Choosing:
    """Another of the takes that exist, for a shot or all shots of a tag. Raises Mistake if there is none such."""
    shots = project.addresses(word)
    for shot in shots:
        slate = project.layout.slates[shot]
        if slate.pick is not None:
            _refuse_pinned(project, shot, "change `pick:` there, or remove it")
        takes = project.takes_there(shot)
        if take not in takes:
            there = ", ".join(map(str, sorted(takes))) or "none"
            hint = f"existing takes: {there}; `reelmake retake {word}` asks for another"
            raise Mistake([Diagnostic("RM704", f'"{shot}" has no take {take}', slate.span, hint=hint)])
    then = Project(project.storyboard, project.form)
    for shot in shots:
        then.choices.wishes[shot] = Record(shot, picks={project.layout.order(shot): take})
    return Choosing(tuple(shots), then, consequence(project.plan(), then.plan()))


def retake(project: Project, word: str, *, keep_pick: bool = False) -> Choosing:
    """One more take of a shot or of all shots of a tag; the new one is used unless `keep_pick`. Raises Mistake."""
    shots = project.addresses(word)
    for shot in shots:
        slate = project.layout.slates[shot]
        if not slate.orders:
            what = "a plain color" if slate.color else "footage"
            raise Mistake([Diagnostic("RM707", f'"{shot}" is {what}: there is nothing to ask for again', slate.span)])
        if slate.pick is not None and not keep_pick:
            _refuse_pinned(project, shot, "remove `pick:`, or make the take with --keep-pick")
    then = project.another_take(shots, pick=not keep_pick)
    return Choosing(tuple(shots), then, consequence(project.plan(), then.plan(), shots))


def _refuse_pinned(project: Project, shot: str, hint: str) -> None:
    slate = project.layout.slates[shot]
    said = f'the storyboard itself picks take {slate.pick} of "{shot}"'
    raise Mistake([Diagnostic("RM705", said, slate.spans.get("pick"), hint=hint)])
