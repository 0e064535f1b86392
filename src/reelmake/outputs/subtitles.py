"""The captions of the shots, timed by the cut to the millisecond: .srt for players and services, .vtt for web pages.

Where two shots overlap, the caption changes in the middle of the join. Knows which step leads to it; writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from reelmake.assemble.captions import cues, unsaid
from reelmake.assemble.output_options import Option
from reelmake.assemble.steps import output_step
from reelmake.errors import Mistake
from reelmake.model.cut import Cut
from reelmake.model.delivery import SubtitleWork
from reelmake.model.step import Input, Step
from reelmake.model.storyboard import Output, Storyboard

SUFFIXES = (".srt", ".vtt")
OPTIONS: Mapping[str, Option] = {}


def steps(cut: Cut, board: Storyboard, output: Output, clips: Mapping[str, Input], root: str) -> list[Step]:
    """The one step that is published at `root`/path. Raises Mistake (RM461) if there is none in the cut."""
    spoken = cues(cut, board)
    if not spoken:
        said = f"{output.path} would be empty: {unsaid(board)}"
        raise Mistake.of("RM461", said, output.span, hint="give a shot one, or remove this output")
    work = SubtitleWork(output.path[-3:].lower(), spoken)
    return [output_step(board.address(output.path), f"{root}/{output.path}", work, (), cut.shots, 0.1)]
