"""Slates and picks to steps: one step a take, and the still that a `continue` starts from.

Knows which take of a parent its children depend on; knows nothing of keys, verdicts or ffmpeg.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction

from reelmake.model.delivery import ColorWork, FrameAt, LastFrame
from reelmake.model.medium import MEDIA
from reelmake.model.order import Order, Slate
from reelmake.model.spoken import SpeechList, SpeechTrack
from reelmake.model.step import CPU, Input, Step
from reelmake.model.take import Record
from reelmake.model.work import Work
from reelmake.plan.image_checks import Fittings
from reelmake.plan.key import order
from reelmake.records import dataclass


@dataclass(frozen=True, slots=True)
class TakeChoice:
    """Which take of a shot is used, how many are wanted, and by whom it was chosen (for people)."""

    take: int
    takes: int
    by: str  # "storyboard" | "lock" | "default"


@dataclass(frozen=True, slots=True)
class ShotSteps:
    """`steps` of all slates, parents first. `clips`: address -> its picked clip. `choices` by address. `firsts`: the
    step of a shot's first take by address; footage and colours have none."""

    steps: tuple[Step, ...]
    clips: Mapping[str, Input]
    choices: Mapping[str, TakeChoice]
    firsts: Mapping[str, Step]


def shot_steps(
    slates: Mapping[str, Slate],
    records: Mapping[str, Record],
    expected: Callable[[Order], float] | None = None,
    elsewhere: Mapping[str, tuple[int, int]] | None = None,
    fittings: Fittings | None = None,
) -> ShotSteps:
    """Steps for every slate of one variant. `expected`: how many seconds a job will take.

    `elsewhere`: order -> (take picked or 0, takes wished for or 0) of any shot, for a choice is about an order: a shot
    that was renamed, or is seen through another profile, keeps it. `fittings`: what must be fitted before it is sent.
    """
    steps: list[Step] = []
    clips: dict[str, Input] = {}
    choices: dict[str, TakeChoice] = {}
    firsts: dict[str, Step] = {}
    for slate in parents_first(slates):
        if slate.file:
            clips[slate.shot] = Input("clip", file=slate.file)
            choices[slate.shot] = TakeChoice(1, 1, "default")
            continue
        if slate.still:
            clips[slate.shot] = replace(clips[slate.still], label="clip")
            choices[slate.shot] = TakeChoice(1, 1, "default")
            continue
        if slate.color or slate.framed:
            steps.append(_free(slate, slates, clips))
            clips[slate.shot] = Input("clip", step=steps[-1].id)
            choices[slate.shot] = TakeChoice(1, 1, "default")
            continue
        before, inputs = _fitted(slate, *_inputs(slate, slates, clips), fittings or {})
        steps += before
        wanted = [*slate.orders]
        first = firsts[slate.shot] = _step(slate, wanted[0], inputs, expected)
        record, ordered = records.get(slate.shot), ""
        if elsewhere or (record and (record.picks or record.wishes)):  # else nothing was chosen of any order
            ordered = order(first)
        choice = choices[slate.shot] = _choose(slate, record, ordered, (elsewhere or {}).get(ordered, (0, 0)))
        while len(wanted) < choice.takes:
            wanted.append(wanted[-1].nth(wanted[-1].take + 1))
        takes = [first, *(_step(slate, more, inputs, expected) for more in wanted[1:])]
        steps += takes
        clips[slate.shot] = Input("clip", step=takes[choice.take - 1].id, take=choice.take)
    return ShotSteps(tuple(steps), clips, choices, firsts)


def _still(slate: Slate, id: str, work: Work, shot: str, *inputs: Input, seconds: float = 0.5) -> Step:
    """A picture that a shot is made from, of its own or of another shot."""
    kind = id.partition(":")[0]
    return Step(id=id, kind=kind, work=work, inputs=inputs, shots=(shot,), seconds=seconds, span=slate.span)


def _free(slate: Slate, slates: Mapping[str, Slate], clips: Mapping[str, Input]) -> Step:
    """A picture that costs nothing: a colour, or a frame of a clip."""
    if slate.color:
        return _still(slate, f"color:{slate.shot}", ColorWork(slate.color), slate.shot, seconds=0.1)
    parent = slates[slate.parent]
    work = LastFrame(parent.shown or parent.length) if slate.at is None else FrameAt(slate.at)
    return _still(slate, f"frame:{slate.shot}", work, slate.parent, clips[slate.parent])


def parents_first(slates: Mapping[str, Slate]) -> list[Slate]:
    """The author's order, but everything before what is made of it; compile has refused cycles."""
    done: dict[str, Slate] = {}
    for slate in slates.values():
        ways = [(slate, slate.made_of)]
        while ways:
            at, before = ways[-1]
            first = next((address for address in before if address not in done), None) if at.shot not in done else None
            if first is not None:
                ways.append((slates[first], slates[first].made_of))
            else:
                done[at.shot] = at
                ways.pop()
    return list(done.values())


def _choose(slate: Slate, record: Record | None, ordered: str, elsewhere: tuple[int, int]) -> TakeChoice:
    takes = max(len(slate.orders), record.wishes.get(ordered, 0) if record else 0, elsewhere[1])
    take, by = elsewhere[0], "lock"
    if slate.pick is not None:
        take, by = slate.pick, "storyboard"
    elif record and ordered in record.picks:
        take = record.picks[ordered]
    return TakeChoice(take, max(takes, take), by) if take else TakeChoice(1, takes, "default")


def _inputs(
    slate: Slate, slates: Mapping[str, Slate], clips: Mapping[str, Input]
) -> tuple[list[Step], tuple[Input, ...]]:
    steps: list[Step] = []
    inputs: list[Input] = []
    if slate.relation == "edit":
        inputs.append(replace(clips[slate.parent], label="image"))
    elif slate.relation == "continue":
        clip = clips[slate.parent]
        id = f"frame:{slate.parent}" + (f"#{clip.take}" if clip.take else "")
        parent = slates[slate.parent]
        still = _still(slate, id, LastFrame(parent.shown or parent.length), slate.parent, clip)
        steps.append(still)
        seen = f"{parent.shown} s" if parent.shown is not None else ""  # of a clip that is longer than what is said
        inputs.append(Input("image", step=still.id, of=clip, fit=seen))
    elif slate.relation:
        inputs.append(replace(clips[slate.parent], label="source"))
    if slate.sent and slate.said:
        listed, spoken = _speech(slate, clips)
        steps += [listed, spoken]
        inputs.append(Input("speech", step=spoken.id, of=Input("speech", step=listed.id)))
    pictures = {"image": slate.image, "last_image": slate.last_image}
    pictures |= {f"reference {n}": image for n, image in enumerate(slate.references, 1)}
    for label, image in pictures.items():
        if image is not None:
            inputs.append(replace(clips[image.still], label=label) if image.still else Input(label, file=image.file))
    return steps, tuple(inputs)


def _speech(slate: Slate, clips: Mapping[str, Input]) -> tuple[Step, Step]:
    """What is said in a clip, as one sound as long as what is ordered; and, first, the list of it that the clip is
    keyed by, for another decoder's samples must not make a paid clip again."""
    lasts = (slate.orders[0].seconds if slate.orders else None) or Fraction(0)
    begin = (slate.length or lasts) - lasts if slate.relation == "extend" else Fraction(0)
    said = [(line, at - begin) for line, at in slate.said if line in slate.sent]
    places = tuple(at for _, at in said)
    inputs = [replace(clips[line], label=f"line {n:03}") for n, (line, _) in enumerate(said, 1)]
    listed = _still(slate, f"lines:{slate.shot}", SpeechList(places, lasts), slate.shot, *inputs, seconds=0.1)
    track = SpeechTrack(places, lasts)
    return listed, _still(slate, f"voices:{slate.shot}", track, slate.shot, *inputs, Input("list", step=listed.id))


def _fitted(
    slate: Slate, steps: list[Step], inputs: tuple[Input, ...], fittings: Fittings
) -> tuple[list[Step], tuple[Input, ...]]:
    """With a step before each input that must be fitted."""
    fitted = []
    for given in inputs:
        fitting = fittings.get((slate.shot, given.label))
        if fitting is not None:
            picture = Input("picture", step=given.step, file=given.file)
            step = _still(slate, f"picture:{slate.shot}:{given.label}", fitting.work, slate.shot, picture)
            steps = [*steps, step]
            fit = ", ".join(filter(None, (given.fit, fitting.fit)))
            given = Input(given.label, step=step.id, of=given.keyed, fit=fit)
        fitted.append(given)
    return steps, tuple(fitted)


def _step(slate: Slate, job: Order, inputs: tuple[Input, ...], expected: Callable[[Order], float] | None) -> Step:
    kind = MEDIA[job.medium].kind
    return Step(
        id=f"{kind}:{slate.shot}#{job.take}",
        kind=kind,
        work=job,
        inputs=inputs,
        pool=CPU if job.local else job.provider,
        shots=(slate.shot,),
        seconds=expected(job) if expected else (float(job.seconds or 1) if job.local else MEDIA[job.medium].takes),
        span=slate.span,
    )
