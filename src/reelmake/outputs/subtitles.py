"""The captions of the shots, timed by the cut to the millisecond: .srt for players and services, .vtt for web pages.

Where two shots overlap, the caption changes in the middle of the join. Knows which step leads to it; writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from reelmake.assemble.options import Option
from reelmake.assemble.timeline import address
from reelmake.diagnostics import Diagnostic
from reelmake.errors import Mistake
from reelmake.model.cut import Cut
from reelmake.model.delivery import Cue, SubtitleWork
from reelmake.model.step import Input, Step
from reelmake.model.storyboard import Output, Storyboard
from reelmake.model.time import nearest, seconds
from reelmake.outputs._film import edges

SUFFIXES = (".srt", ".vtt")
OPTIONS: Mapping[str, Option] = {}


def steps(cut: Cut, board: Storyboard, output: Output, clips: Mapping[str, Input], root: str) -> list[Step]:
    """The one step that is published at `root`/path. Raises Mistake (RM461) if no shot of the cut has a caption."""
    if not cut.entries:
        return []
    spoken = cues(cut, board)
    if not spoken:
        said = f"{output.path} would be empty: no shot of the cut has a `caption:`"
        raise Mistake([Diagnostic("RM461", said, output.span, hint="give a shot one, or remove this output")])
    suffix = output.path[-4:].lower()
    return [
        Step(
            id=f"output:{'/'.join(filter(None, (board.variant, output.path)))}",
            kind="output",
            work=SubtitleWork(suffix[1:], spoken),
            suffix=suffix,
            shots=tuple(dict.fromkeys(entry.shot for entry in cut.entries)),
            seconds=0.1,
            output=f"{root}/{output.path}",
        )
    ]


def cues(cut: Cut, board: Storyboard) -> tuple[Cue, ...]:
    """A cue for every entry whose shot has a caption; one for a shot that goes on where it was cut."""
    said = {address(board, id): _text(shot.caption) for id, shot in board.shots.items()}
    marks = [nearest(seconds(edge, cut.fps) * 1000) for edge in edges(cut)]
    found: list[Cue] = []
    for number, (entry, begin, end) in enumerate(zip(cut.entries, marks, marks[1:], strict=False)):
        text = said.get(entry.shot, "")
        if not text or end <= begin:
            continue
        if found and found[-1].end == begin and found[-1].text == text and cut.entries[number - 1].shot == entry.shot:
            found[-1] = Cue(found[-1].begin, end, text)
        else:
            found.append(Cue(begin, end, text))
    return tuple(found)


def _text(caption: str) -> str:
    """Without empty lines: they end a cue."""
    return "\n".join(line.strip() for line in caption.splitlines() if line.strip())
