"""What becomes of every entry of a cut: is it copied or encoded, why, and what of its clip is conformed.

Clips that are there are looked at once and remembered by their bytes; of others nothing is said. Knows nothing of how
that is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path

from reelmake.model.delivery import ColorWork
from reelmake.model.mix import MixWork, SoundPlacement
from reelmake.model.segment import BodyWork
from reelmake.model.step import Input, Step
from reelmake.plan.decide import Plan
from reelmake.plan.key import digest
from reelmake.ports import Inputs, Store
from reelmake.prep.findings import Finding, Findings, Question
from reelmake.records import dataclass
from reelmake.store.notes import Notes

_RULES = "4"  # a change of what is looked for is a change of the number
Find = Callable[[Input], tuple[str, Path] | None]
NAMED = 5  # shots that a line names


@dataclass(frozen=True, slots=True)
class CopyReport:
    """Of one entry in one output, less its joins. `how`: copied, partly copied, encoded, or undecided; `why` not all
    of it is copied; `conformed`: ["25 → 24 fps", "HDR → SDR"]; how many `frames` it has, and how many are copied."""

    output: str
    shot: str
    how: str
    why: str
    conformed: tuple[str, ...] = ()
    frames: int = 0
    copied: int = 0


def copy_reports(plan: Plan, inputs: Inputs, store: Store, notes: Notes) -> list[CopyReport]:
    """What becomes of every entry of the plan's cuts whose clip is there, picture and sound."""

    @cache  # each is asked for twice, by who sees it and by who hears it
    def made(step: str) -> tuple[str, Path] | None:
        d = plan.decisions.get(step)
        if d is None or d.take is None or d.elsewhere or isinstance(d.step.work, ColorWork):
            return None
        return d.take.digest, store.path(d.take)

    def find(clip: Input) -> tuple[str, Path] | None:
        return (inputs.digest(clip.file), inputs.path(clip.file)) if clip.file else made(clip.step)

    seen = Findings(notes, "treatment.json", _RULES, (int, str))
    heard = Findings(notes, "voices.json", _RULES, ())
    return _with_sound(_pictures(plan, find, seen), plan, find, heard)


def _pictures(plan: Plan, find: Find, seen: Findings) -> list[CopyReport]:
    """In the order of the graph. `find`: digest and path of a clip, None if it is a color or not made yet."""
    bodies = [(d, d.step.work) for d in plan.decisions.values() if isinstance(d.step.work, BodyWork)]
    clips = {d.step.id: clip for d, _ in bodies if (clip := find(d.step.inputs[0]))}

    def ask(id: str) -> tuple[str, Question]:
        d, (of, file) = plan.decisions[id], clips[id]
        name = d.key or digest((*plan.graph.heads[id], ("clip", of)))
        return name, Question(_looked_at, file, (d.step.work,))

    answers = seen.look_into(clips, ask)
    found: dict[tuple[str, int], CopyReport] = {}
    for d, work in bodies:
        frames = work.piece.frames
        how, why, conformed, copied = "undecided", "the clip is not made yet", tuple[str, ...](), 0
        if _is_color(plan, d.step.inputs[0]):
            how, why = "encoded", "a plain color"
        elif d.step.id in clips:
            if (finding := answers.get(d.step.id)) is None:
                continue  # whoever makes the segment says better what is wrong with the clip
            copied, why, conformed = int(finding[0]), str(finding[1]), tuple(map(str, finding[2:]))
            how = _how(copied, frames)
        _add(found, d.step, CopyReport(d.step.part_of, d.step.shots[0], how, why, conformed, frames, copied))
    return list(found.values())


def _is_color(plan: Plan, clip: Input) -> bool:
    step = plan.graph.steps.get(plan.graph.alias.get(clip.step, clip.step))
    return step is not None and isinstance(step.work, ColorWork)


def _add(found: dict[tuple[str, int], CopyReport], step: Step, part: CopyReport) -> None:
    """What is encoded in parts is told as one."""
    entry = step.part_of, step.ordinal
    if before := found.get(entry):
        frames, copied = before.frames + part.frames, before.copied + part.copied
        how = before.how if part.how == "undecided" else _how(copied, frames)
        part = replace(before, how=how, why=before.why or part.why, frames=frames, copied=copied)
    found[entry] = part


def _how(copied: int, frames: int) -> str:
    return "copied" if copied == frames else "partly copied" if copied else "encoded"


def as_json(found: list[CopyReport]) -> list[dict[str, object]]:
    return [{name: getattr(one, name) for name in CopyReport.__slots__} for one in found]


def lines(found: list[CopyReport], *, todo: bool) -> list[str]:
    """One for shots that are conformed alike, if there is anything `todo`, and one an output that copies anything."""
    alike: dict[str, tuple[dict[str, None], dict[str, None]]] = {}
    for one in found if todo else ():
        if one.conformed:
            shots, outputs = alike.setdefault(", ".join(one.conformed), ({}, {}))
            shots[one.shot] = outputs[one.output] = None
    told = [f"{_named(list(shots))}: conformed for {_named(list(to))}: {how}" for how, (shots, to) in alike.items()]
    for output in dict.fromkeys(one.output for one in found):
        made = [one for one in found if one.output == output and one.how != "undecided"]
        if any(one.copied for one in made):
            told.append(f"{output}: {_shares(made)}")
    return told


def _shares(made: list[CopyReport]) -> str:
    """ "8 of 12 clips copied as they are, 3 in part (300 of 504 frames), 1 encoded: a title is over it (park)"."""
    whole, partly, encoded = ([o for o in made if o.how == how] for how in ("copied", "partly copied", "encoded"))
    clips = f" of {len(made)} clips copied"
    said = [f"{len(whole)}{clips} as they are"] if whole else []
    if partly:
        frames = f"({sum(o.copied for o in partly)} of {sum(o.frames for o in partly)} frames)"
        said.append(f"{len(partly)}{'' if whole else clips} in part {frames}")
    if encoded:
        why: dict[str, dict[str, None]] = {}
        for one in encoded:
            why.setdefault(one.why, {})[one.shot] = None
        said.append(f"{len(encoded)} encoded: " + ", ".join(f"{w} ({_named(list(shots))})" for w, shots in why.items()))
    return ", ".join(said)


def _named(shots: list[str]) -> str:
    """The first of many, and how many more."""
    return ", ".join(shots[:NAMED]) + (f" and {len(shots) - NAMED} more" if len(shots) > NAMED else "")


def _looked_at(clip: Path, work: BodyWork) -> Finding:
    """How many frames are copied, why not all of them, and how the clip is conformed."""
    from reelmake.assemble.conform import said
    from reelmake.media.material import told
    from reelmake.media.verbatim import share

    copied, why = 0, "the output asks for it, or the picture is changed"
    if work.copy:
        found = share(work, clip)
        copied, why = len(found.run.packets), found.why
    elif work.piece.title:
        why = "a title is over it"
    elif work.piece.insets:
        why = "an inset is over it"
    elif work.piece.reverse:
        why = "it runs backwards"
    elif work.piece.fades:
        why = "it fades"
    elif work.piece.slate:
        why = "its slate is burnt in"
    return [copied, why, *said(told(clip), work.picture)]


def _with_sound(found: list[CopyReport], plan: Plan, find: Find, heard: Findings) -> list[CopyReport]:
    """The same, and what becomes of the sound of each clip that is heard in its output; of what cannot be read nothing
    is said: whoever mixes it says it better."""
    steps = [d.step for d in plan.decisions.values()]
    shots = {(s.part_of, *_source(s.inputs[0])): s.shots[0] for s in steps if isinstance(s.work, BodyWork)}
    asked = list[tuple[tuple[str, str], tuple[str, Path], SoundPlacement, Fraction]]()
    for step in steps:
        if not isinstance(step.work, MixWork) or step.work.stem:
            continue
        clips = [i for i in step.inputs if i.label.startswith("clip ")]
        for place, clip in zip(step.work.places, clips, strict=True):
            shot, there = shots.get((step.part_of, *_source(clip))), find(clip)
            if shot is not None and there is not None:
                asked.append(((step.part_of, shot), there, place, step.work.fps))

    def ask(number: int) -> tuple[str, Question]:
        _, (of, file), place, fps = asked[number]
        return f"{of} {place.start} {place.frames} {place.speed} {fps}", Question(_listened_to, file, (place, fps))

    words: dict[tuple[str, str], dict[str, None]] = {}
    for number, said in heard.look_into(range(len(asked)), ask).items():
        words.setdefault(asked[number][0], {}).update(dict.fromkeys(map(str, said)))
    return [
        replace(e, conformed=(*e.conformed, *more)) if (more := words.get((e.output, e.shot))) else e for e in found
    ]


def _source(clip: Input) -> tuple[str, str]:
    return clip.step, clip.file


def _listened_to(clip: Path, place: SoundPlacement, fps: Fraction) -> Finding:
    from reelmake.assemble.conform import heard
    from reelmake.media.material import voice

    return list(heard(voice(clip), place, fps))
