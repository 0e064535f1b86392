"""From the Cut to steps: segments, the mix and the reel of one output.

A body segment depends on its own clip alone, so it is made while later shots are still on their way; a join depends on
two clips. Every output module (outputs/) builds its own list from these and ends it with the step that is published:
`steps(cut, board, output, clips, root)`. Knows nothing of ffmpeg and of which kinds of output there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import count, product

from reelmake.assemble.captions import Shown, Standing, printed, shown
from reelmake.assemble.insets import inlays, seen
from reelmake.assemble.rendition import FIT, Rendition
from reelmake.assemble.titles import fadings, parts, titles
from reelmake.model.cut import Entry
from reelmake.model.frame import Size
from reelmake.model.overlay import NOTHING, Overlay
from reelmake.model.segment import BodyWork, JoinWork, Piece, ReelWork
from reelmake.model.step import Input, Step
from reelmake.model.work import Work

PIXELS = 1280 * 720
FRAMES = 30  # of so many pixels that a core encodes in a second, as measured
Read = tuple[str, Input]
"""An input of a segment, and the shot that it shows, "" = none."""


def segment_steps(reel: Rendition) -> list[Step]:
    """Bodies and joins in the order they are seen; the parts of a body have its number and a letter."""
    steps: list[Step] = []
    numbers = count(1)
    said = shown(reel.spoken, reel.cut.fps, _standing(reel) if reel.spoken else [])
    for index, entry in enumerate(reel.cut.entries):
        join = reel.cut.joins[index] if index < len(reel.cut.joins) else None
        body = parts(reel.cut, index)
        ordinal = next(numbers) if body else 0
        for (first, frames), letter in zip(body, _letters() if len(body) > 1 else ("",), strict=False):
            piece = _piece(reel, index, first, frames)
            over = _over(reel, said, entry.at + first, frames)
            copy = reel.copy and piece.bare and over == NOTHING
            leaves = join and first + frames == entry.frames - join.frames and not entry.reverse
            handle = join.frames if join and leaves else 0
            work = BodyWork(piece, reel.picture, copy, over, handle)
            read = _read(reel, index, "clip", first, frames)
            steps.append(_segment(reel, ordinal, letter, work, [*read, *_laid(reel, over)], frames))
        if join:
            entering = reel.cut.entries[index + 1]
            leaving = _piece(reel, index, entry.frames - join.frames, join.frames)
            behind = _piece(reel, index + 1, 0, join.frames)
            over = _over(reel, said, entering.at, join.frames)
            blend = JoinWork(join.name, join.params, leaving, behind, reel.picture, over)
            read = _read(reel, index, "leaving", entry.frames - join.frames, join.frames)
            read += _read(reel, index + 1, "entering", 0, join.frames)
            steps.append(_segment(reel, next(numbers), "", blend, [*read, *_laid(reel, over)], 2 * join.frames))
    return steps


def _letters() -> Iterator[str]:
    """a to z, then aa to zz, and so on."""
    for length in count(1):
        yield from map("".join, product("abcdefghijklmnopqrstuvwxyz", repeat=length))


def output_step(
    name: str, place: str, work: Work, inputs: Iterable[Input], shots: tuple[str, ...], seconds: float = 0.2
) -> Step:
    """The step of an output that is called `name` and published at `place`, a path below the project."""
    return Step(
        id=f"output:{name}",
        kind="output",
        work=work,
        inputs=tuple(inputs),
        shots=shots,
        seconds=seconds,
        output=place,
        part_of=name,
    )


def reel_step(reel: Rendition, work: ReelWork, segments: list[Step], sound: Step | None, output: str = "") -> Step:
    """The step that joins the segments, with the sound or silent; published as `output` if that is not ""."""
    inputs = [Input(f"segment {n:03}", step=step.id) for n, step in enumerate(segments, 1)]
    if sound:
        inputs.append(Input("sound", step=sound.id))
    return Step(
        id=f"reel:{reel.name}",
        kind="reel",
        part_of=reel.name,
        work=work,
        inputs=tuple(inputs),
        shots=reel.cut.shots,
        seconds=0.2 + len(segments) / 200,
        output=output,
    )


def _segment(
    reel: Rendition, ordinal: int, letter: str, work: BodyWork | JoinWork, read: list[Read], frames: int
) -> Step:
    size = reel.picture.size
    return Step(
        id=f"segment:{reel.name}:{ordinal:03}{letter}",
        kind="segment",
        part_of=reel.name,
        ordinal=ordinal,
        work=work,
        inputs=tuple(given for _, given in read),
        shots=tuple(dict.fromkeys(shot for shot, _ in read if shot)),
        seconds=0.4 + frames / FRAMES * (size.width * size.height / PIXELS),
    )


def _read(reel: Rendition, index: int, label: str, first: int, count: int) -> list[Read]:
    """What is read for frames [first, first + count) of an entry: its clip, as `label`, and what lies over it."""
    entry = reel.cut.entries[index]
    clip = reel.clips[entry.shot]
    read = [(entry.shot, clip if clip.label == label else replace(clip, label=label))]
    for number, words in enumerate(titles(reel.cut, index, first, count), 1):
        nth = f" {number}" if number > 1 else ""
        read += _files((f"{label} font{nth}", words.lettering.font), (f"{label} logo{nth}", words.lettering.logo))
    read += _files((f"{label} look", entry.look))
    for number, (inset, _, _) in enumerate(seen(entry, first, count), 1):
        name = f"{label} inset {number}"
        read += [(inset.shot, replace(reel.clips[inset.shot], label=name)), *_files((f"{name} look", inset.look))]
    return read


def _files(*named: tuple[str, str]) -> list[Read]:
    return [("", Input(label, file=file)) for label, file in named if file]


def _standing(reel: Rendition) -> list[Standing]:
    """Every title of the cut, but for end cards: those end captions."""
    found = []
    for index, entry in enumerate(reel.cut.entries):
        for words in titles(reel.cut, index, 0, entry.frames):
            if words.lettering.style != "end-card":
                first = entry.at + words.first
                still = replace(words, first=0, frames=0, raised=bool(_slate(reel, entry)))
                found.append((first, first + words.frames, still))
    return found


def _slate(reel: Rendition, entry: Entry) -> str:
    """What is burnt in at the top of an entry, "" = nothing."""
    slated = entry.local if reel.slate is None else reel.slate
    return entry.slate if slated else ""


def _over(reel: Rendition, said: Sequence[Shown], first: int, count: int) -> Overlay:
    """What lies over frames [first, first + count) of the cut."""
    captions = printed(said, reel.lettering, first, count)
    if not (captions or reel.watermark or reel.letterbox):
        return NOTHING
    shape = Fraction(reel.picture.size.width, reel.picture.size.height)
    bars = reel.letterbox if reel.letterbox != shape else None
    within = bars is not None and (captions != () or reel.watermark is not None)
    side = (reel.lettering.position or "bottom") if captions else ""
    apart = reel.watermark is not None and side != "" and reel.watermark.corner.startswith(side)
    return Overlay(bars, captions, reel.watermark, inside=within, apart=apart)


def _laid(reel: Rendition, over: Overlay) -> list[Read]:
    """What is read for an overlay."""
    font = reel.lettering.font if over.captions else ""
    others = [(f"beside font {n}", other) for n, other in enumerate(over.fonts, 1)]
    others += [(f"beside logo {n}", other) for n, other in enumerate(over.logos, 1)]
    return _files(("caption font", font), *others, ("watermark", over.mark.image if over.mark else ""))


def _piece(reel: Rendition, index: int, first: int, count: int) -> Piece:
    """Frames [first, first + count) of an entry."""
    entry = reel.cut.entries[index]
    seen, begin = entry, first
    if entry.reverse:  # the same frames as of an entry that stands the other way round
        move = replace(entry.move, begin=entry.move.end, end=entry.move.begin) if entry.move else None
        seen = replace(entry, waits=entry.held, held=entry.waits, move=move)
        begin = entry.frames - first - count
    fit = entry.fit or reel.fit or FIT
    start = seen.start - seen.waits
    still = start + seen.frames - seen.held
    said = titles(reel.cut, index, first, count)
    return Piece(
        start=start + begin,
        frames=count,
        fit=fit,
        focus=entry.focus if fit == "crop" and not _same_shape(entry, reel.picture.size) else None,
        move=seen.move,
        whole=entry.whole if entry.move else 0,
        look=bool(entry.look),
        speed=entry.speed,
        until=still if seen.held and begin + count > still - start else None,
        since=seen.start if begin < seen.waits else None,
        title=said[0] if said else None,
        titles=said[1:],
        slate=_slate(reel, entry),
        insets=inlays(entry, first, count, reel.fit or FIT),
        reverse=entry.reverse,
        fades=fadings(reel.cut, index, first, count),
    )


def _same_shape(entry: Entry, size: Size) -> bool:
    """Was the shot ordered in the shape of the picture? Then nothing is cropped, and a focus is ignored."""
    shot = entry.order.size if entry.order is not None else None
    return shot is not None and shot.width * size.height == shot.height * size.width
