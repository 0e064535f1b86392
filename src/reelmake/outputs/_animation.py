"""What animations have in common: a silent reel is made, and the animation of it, so nothing is rendered twice.

Knows which steps lead to one; knows nothing of ffmpeg.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from reelmake.assemble.output_options import Number, OneOf, Option, chosen
from reelmake.assemble.steps import output_step, reel_step, segment_steps
from reelmake.model.cut import Cut
from reelmake.model.segment import ReelWork
from reelmake.model.step import Input, Step
from reelmake.model.storyboard import Output, Storyboard
from reelmake.model.work import Work
from reelmake.outputs import mp4
from reelmake.records import dataclass

OPTIONS: Mapping[str, Option] = {
    "size": Option("", "width and height in pixels, instead of `width`"),
    "fit": Option("crop", "as for an mp4, where `size` is given"),
    "width": Option(480, "width in pixels; the height follows", Number(16, 4096)),
    "fps": Option(12, "frames a second", Number(1, 50)),
    "loop": Option(True, "loop for ever", OneOf((True, False))),
}


@dataclass(frozen=True, slots=True)
class Animation:
    """A kind of animation: its options, and its work, which has a field for each of them but `size` and `fit`."""

    options: Mapping[str, Option]
    work: Callable[..., Work]

    def steps(self, cut: Cut, board: Storyboard, output: Output, clips: Mapping[str, Input], root: str) -> list[Step]:
        """Segments, a silent reel, and the animation that is published at `root`/path.

        The segments are those of the storyboard's first mp4, where it has one and the animation has no size of its own:
        the same work is done once for both.
        """
        like = [o for o in board.outputs if o.path.lower().endswith(mp4.SUFFIXES) and not output.size]
        model = like[0] if like else Output(output.path, output.size, output.fit)
        reel = mp4.FILM.rendition(cut, board, model, clips, output.path)
        segments = segment_steps(reel)
        silent = reel_step(reel, ReelWork("", cut.fps, cut.frames), segments, None)
        width = output.size.width if output.size else chosen(self.options, output, "width")
        fps = Fraction(chosen(self.options, output, "fps"))
        own = {name: chosen(self.options, output, name) for name in self.options.keys() - OPTIONS.keys() | {"loop"}}
        work = self.work(width=width, fps=fps, **own)
        place, seconds = f"{root}/{output.path}", 0.5 + cut.frames / 150
        made = output_step(reel.name, place, work, (Input("reel", step=silent.id),), silent.shots, seconds)
        return [*segments, silent, made]
