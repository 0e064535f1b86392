"""One picture of the whole cut: a frame of every shot with its id and length. Knows nothing of drawing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from math import ceil, sqrt
from pathlib import PurePosixPath

from reelmake.assemble.captions import edges
from reelmake.assemble.output_options import Number, Option, Seconds, chosen
from reelmake.assemble.rendition import FIT, SIZE
from reelmake.assemble.steps import output_step
from reelmake.errors import Mistake
from reelmake.model.cut import Cut, Entry
from reelmake.model.delivery import Cell, SheetWork, ThumbWork
from reelmake.model.frame import Fit, Focus, Size
from reelmake.model.step import Input, Step
from reelmake.model.storyboard import Output, Storyboard
from reelmake.model.time import clock, nearest, seconds

SUFFIXES = (".png", ".jpg")
OPTIONS: Mapping[str, Option] = {
    "size": Option("", "width and height in pixels of one picture, instead of `width`"),
    "fit": Option("crop", "how a clip of another shape is fitted: crop, pad or stretch"),
    "at": Option(
        "", "no sheet, but the one frame at this time of the cut, without titles, as large as a film", Seconds()
    ),
    "columns": Option(0, "pictures in a row; 0 = automatic", Number(0, 40)),
    "width": Option(0, "width of one picture in pixels; 0 = automatic", Number(0, 2048)),
}


def steps(cut: Cut, board: Storyboard, output: Output, clips: Mapping[str, Input], root: str) -> list[Step]:
    """A small still an entry, and the sheet that is published at `root`/path."""
    count = len(cut.entries)
    whole = board.defaults.size or SIZE
    at = chosen(OPTIONS, output, "at")
    if at is not None:
        return [_frame(cut, board, output, clips, root, at)]
    width = chosen(OPTIONS, output, "width") or (400 if count <= 60 else 256 if count <= 240 else 160)
    size = output.size or Size(width, max(2, nearest(Fraction(width * whole.height, whole.width))))
    name = board.address(output.path)
    fit = output.fit or board.defaults.fit or FIT
    stills, cells = [], []
    for n, entry in enumerate(cut.entries, 1):
        middle = entry.clip_frame((entry.frames - entry.held + entry.waits) // 2)  # of what is seen of the shot
        work = ThumbWork(middle, cut.fps, size, entry.fit or fit, focus=_focus(entry, entry.fit or fit))
        id, clip, shots = f"frame:{name}:{n:03}", clips[entry.shot], (entry.shot,)
        stills.append(Step(id, "frame", work, inputs=(clip,), shots=shots, seconds=0.2, part_of=name, ordinal=n))
        said, _, tier = entry.slate.partition(" · ")
        cells.append(Cell(said, clock(seconds(entry.frames, cut.fps)), tier))
    length = clock(seconds(cut.frames, cut.fps))
    sheet_work = SheetWork(
        title=board.title,
        note=f"{count} {'shot' if count == 1 else 'shots'} · {length} · {whole.width}×{whole.height}",
        cells=tuple(cells),
        columns=chosen(OPTIONS, output, "columns") or min(16, ceil(sqrt(count))),
        size=size,
        format=_format(output),
    )
    pictures = [Input(f"picture {n:03}", step=still.id) for n, still in enumerate(stills, 1)]
    sheet = output_step(name, f"{root}/{output.path}", sheet_work, pictures, cut.shots, 0.3 + count / 100)
    return [*stills, sheet]


def _frame(cut: Cut, board: Storyboard, output: Output, clips: Mapping[str, Input], root: str, at: Fraction) -> Step:
    """The one frame that is seen at a time; in a join, that of the entry of which more is seen. Raises Mistake."""
    number = int(at * cut.fps)
    if number >= cut.frames:
        end = clock(seconds(cut.frames, cut.fps))
        said = f"{output.path} is to show the frame at {float(at):g} s; the cut ends at {end}"
        raise Mistake.of("RM460", said, output.span)
    marks = edges(cut)
    entry = next(e for e, end in zip(cut.entries, marks[1:], strict=True) if number < end)
    frame, rate = entry.clip_place(number - entry.at), cut.fps / entry.speed
    if entry.speed == 1:  # what is seen in a frame of a film is what is due in its middle, unless it is sped
        frame, rate = 2 * frame + 1, 2 * rate
    size = output.size or board.defaults.size or SIZE
    fit = entry.fit or output.fit or board.defaults.fit or FIT
    work = ThumbWork(frame, rate, size, fit, focus=_focus(entry, fit), format=_format(output))
    clip = replace(clips[entry.shot], label="clip")
    return output_step(board.address(output.path), f"{root}/{output.path}", work, (clip,), (entry.shot,), 0.3)


def _format(output: Output) -> str:
    return PurePosixPath(output.path).suffix.lower().removeprefix(".")


def _focus(entry: Entry, fit: Fit) -> Focus | None:
    return entry.focus if fit == "crop" else None
